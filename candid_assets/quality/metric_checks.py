"""The check of every metric: it has values, keeps to its bounds and makes no silent jump."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.names import metric_check
from candid_assets.sql import qualified
from candid_assets.warehouse.check_results import MAX_SAMPLES, CheckResult, Sample


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
    totals = _totals(connection, relation)
    for metric in metrics:
        values = facts.get(metric.name, _ValueFacts())
        wrong, samples = _bounds(connection, relation, metric, values)
        jumps = list(_jumps(metric, totals))
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
    """Return the values of complete periods of the undivided metrics, in order of time."""
    totals: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    rows = connection.execute(
        f"select metric, grain, period_start, value from {relation}"
        " where dimension = ? and value is not null and is_complete order by period_start",
        [TOTAL],
    )
    for metric, grain, start, value in rows.fetchall():
        totals.setdefault((metric, grain), []).append((start, value))
    return totals


def _jumps(
    metric: Metric,
    totals: Mapping[tuple[str, str], Sequence[tuple[date, Decimal]]],
) -> Iterator[tuple[str, Sample]]:
    """Yield the changes of the total that are too large, from one whole period to the next."""
    jump = metric.jump
    if jump is None:
        return
    for (before, former), (start, value) in pairwise(totals.get((metric.name, jump.grain), ())):
        if former == 0:
            continue
        change = (value - former) / abs(former)
        if change < -jump.limit or (change > jump.limit and not jump.drop_only):
            movement = f"{'fell' if change < 0 else 'rose'} by {abs(change):.0%}"
            text = f"{metric.label} {movement} from {before} to {start}"
            detail = f"{jump.grain} {start}: {_shown(former)} before; limit {jump.limit:.0%}"
            yield text, Sample("value", _shown(value), detail=detail)


def _shown(value: Decimal) -> str:
    """Return a number as a person reads it."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
