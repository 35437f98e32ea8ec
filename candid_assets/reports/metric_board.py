"""The metric board: of every metric its last value, target, status and the periods before it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric, Registry
from candid_assets.number_format import measured, measured_apart, period
from candid_assets.reports.charts import Trend, sparklines
from candid_assets.sql import qualified

PERIODS: Final = 24
"""Periods that a trend line shows at most, the newest ones."""
PREFERRED: Final = ("month", "week", "day", "quarter", "year")
STATUSES: Final = {
    "invalid": "cannot be right",
    "off_target": "off target",
    "near_target": "near target",
    "on_target": "on target",
    "incomplete": "still running",
    "no_target": "no target",
    "no_data": "no data",
}
"""Statuses in the order in which they want attention, and how they read."""
WANTING: Final = frozenset({"invalid", "off_target", "near_target"})
_ORDER: Final = tuple(STATUSES)


@dataclass(frozen=True, slots=True)
class RunningPeriod:
    """The period after the last complete one, as far as its data reach."""

    metric: Metric
    grain: str
    start: date
    number: Decimal | None
    so_far: Decimal | None
    """The target's share of the worked days that the data reach, where the value grows by days."""

    @property
    def words(self) -> str:
        """What it came to until now: `Mar 2026 so far: Rp7, target until now ≥ Rp33`."""
        value, level = measured_apart(self.number, self.so_far, self.metric.unit)
        aim = "" if self.so_far is None else f", target until now {_side(self.metric)}{level}"
        return f"{period(self.start, self.grain)} so far: {value}{aim}"


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
    running: RunningPeriod | None = None

    @property
    def _last(self) -> int | None:
        """Index of the last period that has a value."""
        known = [i for i, v in enumerate(self.trend.values) if v is not None]
        return known[-1] if known else None

    @property
    def value(self) -> str:
        """The last value there is."""
        return measured_apart(self._number, self.trend.target, self.metric.unit)[0]

    @property
    def _number(self) -> Decimal | float | None:
        return None if self._last is None else self.trend.values[self._last]

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
        level = measured_apart(self._number, self.trend.target, self.metric.unit)[1]
        return _side(self.metric) + level

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
        running = f"; {self.running.words}" if self.running else ""
        return (
            f"{self.metric.label} by {self.grain} from {self.since}: last {self.value}"
            f" in {self.period}, lowest {low}, highest {high}{aim}{missing}{running}"
        )


def _side(metric: Metric) -> str:
    """Return the side of a target on which it is good to be."""
    return {"up": "≥ ", "down": "≤ "}.get(metric.direction, "")


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

    What counts is the last complete period, and one that is not over `today` is none: a month's
    target says nothing of its first days. The period after it is `running`. A metric whose table
    was never built is on the board, without data.
    """
    metrics = [m for m in registry.metrics if spokes is None or m.spoke in spokes]
    if not metrics:
        return ()
    rows, running = _values(connection, metrics, today)
    lines = [_line(m, rows[m.name], running.get(m.name)) for m in metrics]
    drawn = sparklines([line.trend for line in lines])
    by_spoke: dict[str, list[MetricLine]] = {}
    for line, shapes in zip(lines, drawn, strict=True):
        by_spoke.setdefault(line.metric.spoke, []).append(replace(line, shapes=shapes))
    return tuple(
        Spoke(name, tuple(sorted(of, key=lambda line: _ORDER.index(line.status))))
        for name, of in by_spoke.items()
    )


Row = tuple[date, Decimal | None, Decimal | None, str, Decimal | None]
"""First day, value, target, status and the target so far."""


def shown_grain(metric: Metric) -> str:
    """Return the grain that the board shows: a month where there is one."""
    return next(g for g in PREFERRED if g in metric.grains)


def _values(
    connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric], today: date
) -> tuple[dict[str, list[Row]], dict[str, Row]]:
    """Return the newest complete periods of each metric's total, and the one that runs after them.

    The periods are in their order; where none is complete, the others stand in their place.
    """
    tables = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_columns() where column_name = 'is_complete'"
            " and schema_name = 'ready' and database_name = current_database()"
        ).fetchall()
    }
    over: dict[str, list[Row]] = {}
    running: dict[str, list[Row]] = {}
    for table in sorted({m.table for m in metrics} & tables):
        for metric, is_over, *row in connection.execute(
            "select metric,"
            " is_complete and period_start < date_trunc(grain, $today::date) as is_over,"
            ' period_start, "value", target, status, target_so_far'
            f" from {qualified('ready', table)}"
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
    after = {}
    for name, rows in running.items():
        reached = [r for r in rows if r[1] is not None and r[0] <= today]
        if over.get(name) and reached and reached[-1][0] > over[name][-1][0]:
            after[name] = reached[-1]
    still = {name: [_running(row) for row in rows] for name, rows in running.items()}
    return {m.name: over.get(m.name) or still.get(m.name, []) for m in metrics}, after


def _running(row: Row) -> Row:
    """Return a period as one that still runs, whatever its table took the day to be."""
    start, value, target, status, so_far = row
    judged = status in {"invalid", "no_data"}
    return start, value, target, status if judged else "incomplete", so_far


def _line(metric: Metric, rows: Sequence[Row], running: Row | None) -> MetricLine:
    """Return a metric's line; what counts is the last period that has a value."""
    grain = shown_grain(metric)
    known = [row for row in rows if row[1] is not None]
    last = known[-1] if known else None
    return MetricLine(
        metric=metric,
        grain=grain,
        periods=tuple(row[0] for row in rows),
        trend=Trend(tuple(row[1] for row in rows), last[2] if last else None),
        status=last[3] if last else "no_data",
        running=RunningPeriod(metric, grain, running[0], running[1], running[4])
        if running
        else None,
    )
