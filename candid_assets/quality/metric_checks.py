"""The check of every metric: it has values, keeps to its bounds and makes no silent jump."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.contracts.metrics.metricflow import Grain
from candid_assets.names import metric_check
from candid_assets.sql import qualified
from candid_assets.warehouse.check_results import MAX_SAMPLES, CheckResult, Sample

COVERED = Decimal("0.9")
"""Share of a period's days that the data must reach for it to be compared with others."""


@dataclass(frozen=True, slots=True)
class _ValueFacts:
    """Number, lowest and highest of one metric's values."""

    values: int = 0
    low: Decimal | None = None
    high: Decimal | None = None


def metric_promise(metric: Metric) -> str:
    """Return what a metric's check asserts, in words."""
    parts = [f"{metric.label} has values"]
    if metric.minimum is not None:
        parts.append(f"none below {_shown(metric.minimum)}")
    if metric.maximum is not None:
        parts.append(f"none above {_shown(metric.maximum)}")
    if metric.jump:
        how = "falls" if metric.jump.drop_only else "moves"
        parts.append(
            f"the total {how} by at most {metric.jump.limit:.0%} from {metric.jump.grain} "
            f"to {metric.jump.grain}"
        )
    return ", ".join(parts) + "."


def check_metrics(
    connection: duckdb.DuckDBPyConnection, table: str, metrics: Sequence[Metric]
) -> Iterator[CheckResult]:
    """Yield one result for each metric whose values a ready table holds.

    None of them stops the table: a number that looks wrong is looked at, not hidden.
    """
    if not metrics:
        return
    relation = qualified("ready", table)
    rows = connection.execute(
        f"select metric, count(value), min(value), max(value) from {relation} group by metric"
    ).fetchall()
    facts = {row[0]: _ValueFacts(*row[1:]) for row in rows}
    spans = {key: _span(connection, key) for key in {k for m in metrics for k in _times(m)}}
    totals = _totals(connection, relation)
    for metric in metrics:
        values = facts.get(metric.name, _ValueFacts())
        wrong, samples = _bounds(connection, relation, metric, values)
        jumps = list(_jumps(metric, totals, [spans[k] for k in _times(metric)]))
        broken = [*wrong, *(text for text, _ in jumps)]
        yield CheckResult(
            name=metric_check(metric.name),
            layer="ready",
            table=table,
            passed=not broken,
            message="; ".join(broken[:MAX_SAMPLES]) or metric_promise(metric),
            severity="error" if wrong else "warning",
            blocking=False,
            counts={"values": values.values, "jumps": len(jumps), "unexpected_count": len(broken)},
            samples=(*samples, *(sample for _, sample in jumps))[:MAX_SAMPLES],
        )


def _times(metric: Metric) -> tuple[tuple[str, str, Grain], ...]:
    """Return relation, time expression and granularity of each of a metric's inputs."""
    times: dict[tuple[str, str, Grain], None] = {}
    for one in metric.inputs.values():
        source = one.measure.source
        time = source.times[one.measure.time]
        grain = source.granularities[one.measure.time]
        times[source.relation, time.expr, grain] = None
    return tuple(times)


def _span(
    connection: duckdb.DuckDBPyConnection, key: tuple[str, str, Grain]
) -> tuple[date, date] | None:
    """Return the first and the last day of a table's rows."""
    relation, expr, grain = key
    row = connection.execute(
        f"select min(cast({expr} as date)), max(cast({expr} as date)) from {relation}"
    ).fetchone()
    if row is None or row[0] is None:
        return None
    return row[0], _end(row[1], grain) if grain != "day" else row[1]


def _end(start: date, grain: Grain) -> date:
    """Return the last day of the period that begins with a day."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(grain)
    if months is None:
        return start + timedelta(days=6 if grain == "week" else 0)
    later = start.year * 12 + start.month - 1 + months
    return date(later // 12, later % 12 + 1, 1) - timedelta(days=1)


def _bounds(
    connection: duckdb.DuckDBPyConnection, relation: str, metric: Metric, values: _ValueFacts
) -> tuple[list[str], tuple[Sample, ...]]:
    """Return the problems of a metric's values, and samples of those out of bounds."""
    if not values.values:
        return [f"{metric.label} has no value in any period"], ()
    tests = []
    if metric.minimum is not None and values.low is not None and values.low < metric.minimum:
        tests.append((f"value < {metric.minimum:f}", f"below {_shown(metric.minimum)}"))
    if metric.maximum is not None and values.high is not None and values.high > metric.maximum:
        tests.append((f"value > {metric.maximum:f}", f"above {_shown(metric.maximum)}"))
    said, samples = [], []
    for condition, words in tests:
        rows = connection.execute(
            f"select grain, period_start, dimension, member, value from {relation}"
            f" where metric = ? and {condition} order by all",
            [metric.name],
        ).fetchall()
        said.append(f"{len(rows):,} values of {metric.label} lie {words}")
        samples += [
            Sample("value", _shown(v), detail=f"{words}: {g} {start}, {dimension} {member}")
            for g, start, dimension, member, v in rows[:MAX_SAMPLES]
        ]
    return said, tuple(samples)


def _totals(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> dict[tuple[str, str], list[tuple[date, Decimal]]]:
    """Return the known values of the undivided metrics by metric and grain, in order of time."""
    totals: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    rows = connection.execute(
        f"select metric, grain, period_start, value from {relation}"
        " where dimension = ? and value is not null order by period_start",
        [TOTAL],
    )
    for metric, grain, start, value in rows.fetchall():
        totals.setdefault((metric, grain), []).append((start, value))
    return totals


def _jumps(
    metric: Metric,
    totals: Mapping[tuple[str, str], Sequence[tuple[date, Decimal]]],
    spans: Sequence[tuple[date, date] | None],
) -> Iterator[tuple[str, Sample]]:
    """Yield the changes of the total that are too large; periods without a value are skipped."""
    jump, known = metric.jump, [span for span in spans if span]
    if jump is None or not known:
        return
    first, last = max(s[0] for s in known), min(s[1] for s in known)
    rows = totals.get((metric.name, jump.grain), ())
    whole = [(start, value) for start, value in rows if _covered(start, jump.grain, first, last)]
    for (before, former), (start, value) in pairwise(whole):
        if former == 0:
            continue
        change = (value - former) / abs(former)
        if change < -jump.limit or (change > jump.limit and not jump.drop_only):
            movement = f"{'fell' if change < 0 else 'rose'} by {abs(change):.0%}"
            text = f"{metric.label} {movement} from {before} to {start}"
            detail = f"{jump.grain} {start}: {_shown(former)} before; limit {jump.limit:.0%}"
            yield text, Sample("value", _shown(value), detail=detail)


def _covered(start: date, grain: Grain, first: date, last: date) -> bool:
    """Whether the data reach over nearly all of a period."""
    end = _end(start, grain)
    days = (min(end, last) - max(start, first)).days + 1
    return days >= COVERED * ((end - start).days + 1)


def _shown(value: Decimal) -> str:
    """Return a number as a person reads it."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
