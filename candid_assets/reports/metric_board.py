"""The metric board: of every metric its last value, target, status and the periods before it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric, Registry
from candid_assets.number_format import measured, period
from candid_assets.reports.charts import Trend, sparklines
from candid_assets.sql import qualified

PERIODS: Final = 24
"""Periods that a trend line shows at most, the newest ones."""
PREFERRED: Final = ("month", "week", "day", "quarter", "year")
STATUSES: Final = {
    "off_target": "off target",
    "near_target": "near target",
    "on_target": "on target",
    "no_target": "no target",
    "no_data": "no data",
}
"""Statuses in the order in which they want attention, and how they read."""
WANTING: Final = frozenset({"off_target", "near_target"})
_ORDER: Final = tuple(STATUSES)


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric on the board."""

    metric: Metric
    grain: str
    periods: tuple[date, ...]
    trend: Trend
    status: str
    shapes: str = ""
    """The trend as `charts.sparklines` draws it."""

    @property
    def _last(self) -> int | None:
        """Index of the last period that has a value."""
        known = [i for i, v in enumerate(self.trend.values) if v is not None]
        return known[-1] if known else None

    @property
    def value(self) -> str:
        """The last value there is."""
        last = self._last
        return measured(None if last is None else self.trend.values[last], self.metric.unit)

    @property
    def period(self) -> str:
        """The period of the last value."""
        last = self._last
        return "" if last is None else period(self.periods[last], self.grain)

    @property
    def since(self) -> str:
        """The first period shown."""
        return period(self.periods[0], self.grain) if self.periods else ""

    @property
    def silent(self) -> int:
        """How many periods after the last value have none."""
        last = self._last
        return 0 if last is None else len(self.periods) - 1 - last

    @property
    def target(self) -> str:
        """The target with the side on which it is good to be; nothing where there is none."""
        if self.trend.target is None:
            return ""
        side = {"up": "≥ ", "down": "≤ "}.get(self.metric.direction, "")
        return side + measured(self.trend.target, self.metric.unit)

    @property
    def status_label(self) -> str:
        """The status as people read it."""
        return STATUSES[self.status]

    @property
    def words(self) -> str:
        """What the picture shows, for who cannot see it."""
        known = [v for v in self.trend.values if v is not None]
        if not known:
            return f"{self.metric.label}: no values"
        low, high = (measured(v, self.metric.unit) for v in (min(known), max(known)))
        gaps = len(self.trend.values) - len(known)
        missing = f", {gaps} without data" if gaps else ""
        aim = f", target {self.target}" if self.target else ""
        return (
            f"{self.metric.label} by {self.grain} from {self.since}: last {self.value}"
            f" in {self.period}, lowest {low}, highest {high}{aim}{missing}"
        )


@dataclass(frozen=True, slots=True)
class Spoke:
    """The metrics of one spoke, those that want attention first."""

    name: str
    lines: tuple[MetricLine, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many metrics have each status."""
        return Counter(line.status for line in self.lines)

    @property
    def wanting(self) -> tuple[MetricLine, ...]:
        """The metrics that are off target or near it."""
        return tuple(line for line in self.lines if line.status in WANTING)

    @property
    def fine(self) -> tuple[MetricLine, ...]:
        """The metrics that are on target or have no target."""
        return tuple(line for line in self.lines if line.status not in WANTING)

    @property
    def summary(self) -> str:
        """The number of metrics of each status, such as `3 on target, 1 off target`."""
        return ", ".join(f"{n} {STATUSES[s]}" for s in _ORDER if (n := self.counts[s]))


def read_board(
    connection: duckdb.DuckDBPyConnection,
    registry: Registry,
    spokes: Sequence[str] | None = None,
    *,
    today: date,
) -> tuple[Spoke, ...]:
    """Return the board of some spokes or all, from the ready tables.

    A period that is not over `today` is left out where an earlier one is there: a month's target
    says nothing of its first days. A metric whose table was never built is on it, without data.
    """
    metrics = [m for m in registry.metrics if spokes is None or m.spoke in spokes]
    if not metrics:
        return ()
    rows = _values(connection, metrics, today)
    lines = [_line(m, rows[m.name]) for m in metrics]
    drawn = sparklines([line.trend for line in lines])
    by_spoke: dict[str, list[MetricLine]] = {}
    for line, shapes in zip(lines, drawn, strict=True):
        whole = MetricLine(line.metric, line.grain, line.periods, line.trend, line.status, shapes)
        by_spoke.setdefault(line.metric.spoke, []).append(whole)
    return tuple(
        Spoke(name, tuple(sorted(of, key=lambda line: _ORDER.index(line.status))))
        for name, of in by_spoke.items()
    )


Row = tuple[date, Decimal | None, Decimal | None, str]


def shown_grain(metric: Metric) -> str:
    """Return the grain that the board shows: a month where there is one."""
    return next(g for g in PREFERRED if g in metric.grains)


def _values(
    connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric], today: date
) -> dict[str, list[Row]]:
    """Return the newest periods of each metric's total, the oldest first."""
    tables = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables()"
            " where schema_name = 'ready' and database_name = current_database()"
        ).fetchall()
    }
    over: dict[str, list[Row]] = {}
    running: dict[str, list[Row]] = {}
    for table in sorted({m.table for m in metrics} & tables):
        for metric, is_over, *row in connection.execute(
            "select metric, period_start < date_trunc(grain, $today::date) as is_over,"
            f' period_start, "value", target, status from {qualified("ready", table)}'
            " semi join (select unnest($metrics) as metric, unnest($grains) as grain)"
            " using (metric, grain) where dimension = $total"
            " qualify row_number() over ("
            "partition by metric, is_over order by period_start desc) <= $most"
            " order by metric, period_start",
            {
                "metrics": [m.name for m in metrics],
                "grains": [shown_grain(m) for m in metrics],
                "total": TOTAL,
                "most": PERIODS,
                "today": today,
            },
        ).fetchall():
            (over if is_over else running).setdefault(metric, []).append(tuple(row))
    return {m.name: over.get(m.name) or running.get(m.name, []) for m in metrics}


def _line(metric: Metric, rows: Sequence[Row]) -> MetricLine:
    """Return a metric's line; what counts is the last period that has a value."""
    known = [row for row in rows if row[1] is not None]
    last = known[-1] if known else None
    return MetricLine(
        metric=metric,
        grain=shown_grain(metric),
        periods=tuple(row[0] for row in rows),
        trend=Trend(tuple(row[1] for row in rows), last[2] if last else None),
        status=last[3] if last else "no_data",
    )
