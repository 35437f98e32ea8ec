"""Compiles metrics to one SELECT that a person can read and DuckDB can run.

Rows of a table, their periods and totals (`cubes.py`), then a frame: every member in every period
between the first and the last day of the data, so that a period in which the source has rows but
the member none is 0, and a period in which the source has no row at all is null. Values are
DECIMAL(38,6): sums of money and counts are exact; whatever divides is brought to one fraction of
exact sums, which is divided in whole numbers and rounded once, half away from zero, at the sixth
decimal.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from candid_assets.contracts.exact_division import WHOLE_RATIO
from candid_assets.contracts.metrics.completeness import FINAL, VALUE_TYPE, completeness_steps
from candid_assets.contracts.metrics.cubes import Cube, listed
from candid_assets.contracts.metrics.declarations import TOTAL, Input, Metric, Registry
from candid_assets.contracts.metrics.fraction import fraction
from candid_assets.contracts.metrics.frames import MetricFrame
from candid_assets.contracts.metrics.reach import STEPS, reach_steps
from candid_assets.contracts.metrics.spans import span_steps
from candid_assets.sql import literal, literals

_WORD = re.compile(r"'[^']*'|[a-z_][a-z0-9_]*")


@dataclass(slots=True)
class _Plan:
    """The shared steps of a group of metrics, and the column of each metric's inputs."""

    registry: Registry
    cubes: dict[tuple[str, str, str | None], Cube] = field(default_factory=dict)
    frames: dict[tuple[str, ...], MetricFrame] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Metric and alias to the column of its frame."""
    framed: dict[str, MetricFrame] = field(default_factory=dict)

    def cube(self, one: Input) -> Cube:
        """Return the cube of an input's measure."""
        measure = one.measure
        key = (measure.source.name, measure.time, measure.at)
        if key not in self.cubes:
            name = measure.source.name
            times = {t for s, t, _ in self.cubes if s == name}
            name += f"_by_{measure.time}" if times - {measure.time} else ""
            name += {"max": "_at_end", "min": "_at_start", None: ""}[measure.at]
            self.cubes[key] = Cube(name, measure.source, measure.time, measure.at, self.registry)
        return self.cubes[key]

    def add(self, metric: Metric) -> None:
        """Add a metric to its cubes and frame."""
        grains = set(metric.grains)
        if metric.type == "cumulative":
            grains.add("day")
        used: dict[str, tuple[Cube, str, Input]] = {}
        for alias, one in metric.inputs.items():
            cube = self.cube(one)
            cube.grains |= grains
            cube.dimensions += [d for d in metric.dimensions if d not in cube.dimensions]
            used[alias] = (cube, cube.add(metric.name, alias, one), one)
        cubes = {cube.name: cube for cube, _, _ in used.values()}
        key = tuple(sorted(cubes))
        frame = self.frames.setdefault(
            key, MetricFrame("_and_".join(key), tuple(cubes[k] for k in key))
        )
        frame.grains |= grains
        frame.dimensions += [d for d in metric.dimensions if d not in frame.dimensions]
        for alias, (cube, total, one) in used.items():
            self.places[metric.name, alias] = frame.column(cube, total, one)
        self.framed[metric.name] = frame


def compile_metrics(registry: Registry, metrics: Sequence[Metric]) -> str:
    """Return one SELECT with the values of the metrics, as `ready.metrics_<spoke>` has them."""
    plan = _Plan(registry)
    for metric in metrics:
        plan.add(metric)
    steps: list[tuple[str, str]] = []
    for cube in plan.cubes.values():
        steps += [*cube.steps(), *span_steps(cube.name)]
        each = cube.source.granularities[cube.time]
        steps += reach_steps(cube.name, each, listed(cube.listed_grains(), 8))
        if cube.recorded_by:
            written = f"{cube.name}_written"
            steps += [*span_steps(written), *reach_steps(written, "day", "")]
    for frame in plan.frames.values():
        steps += frame.steps()
    for metric in metrics:
        if metric.type == "cumulative":
            steps.append((f"{metric.name}_running", _running(plan, metric)))
    measured = "\n    union all\n    ".join(_measured(plan, metric) for metric in metrics)
    steps += [("measured", measured), ("fractions", _FRACTIONS), ("valued", _VALUED)]
    steps.append(("goals", _goals(metrics)))
    steps += completeness_steps(registry, {m.name: _reach(plan, m) for m in metrics})
    ctes = ",\n\n".join(f"{name} as (\n    {sql}\n)" for name, sql in steps)
    return f"with {ctes}\n\n{FINAL}"


def compiled_inputs(registry: Registry, metrics: Sequence[Metric]) -> tuple[tuple[str, str], ...]:
    """Return the tables that the SELECT reads as (layer, table), in the order of their names."""
    plan = _Plan(registry)
    for metric in metrics:
        plan.add(metric)
    tables = {(c.source.layer, c.source.table) for c in plan.cubes.values()}
    if registry.worked_days:
        tables.add((registry.worked_days.layer, registry.worked_days.table))
    for cube in plan.cubes.values():
        joined = [registry.joined(f"{entity}__") for entity in cube.joins]
        tables |= {(source.layer, source.table) for source in joined}
    return tuple(sorted(tables))


def _measured(plan: _Plan, metric: Metric) -> str:
    """Return the SELECT of one metric's values."""
    named = f"'{metric.name}' as metric"
    frame = plan.framed[metric.name]
    if metric.type == "cumulative":
        grains = ", ".join(f"('{g}')" for g in metric.grains)
        return (
            f"select\n        {named}, g.grain,\n        cast(date_trunc(g.grain, r.day) as date)"
            f" as period_start,\n        r.dimension, r.member,"
            f"\n        cast(last(r.running order by r.day) as {VALUE_TYPE}) as above,"
            f"\n        cast(1 as {VALUE_TYPE}) as below"
            f"\n    from {metric.name}_running as r\n    cross join (values {grains}) as g (grain)"
            "\n    group by g.grain, date_trunc(g.grain, r.day), r.dimension, r.member"
        )
    offsets = sorted({i.offset for i in metric.inputs.values() if i.offset})
    columns = {}
    for alias, one in metric.inputs.items():
        place = plan.places[metric.name, alias]
        table = f"before_{offsets.index(one.offset)}." if one.offset else "f."
        columns[alias] = f"{table}{place}" if offsets else place
    parts = fraction(metric.expr)
    above, below = (
        _WORD.sub(lambda w: columns.get(w[0], w[0]), p) for p in (parts.above, parts.below)
    )
    prefix = "f." if offsets else ""
    keys = ", ".join(f"{prefix}{key}" for key in ("grain", "period_start", "dimension", "member"))
    sql = (
        f"select\n        {named}, {keys},\n        cast({above} as {VALUE_TYPE}) as above,"
        f"\n        cast({below} as {VALUE_TYPE}) as below"
    )
    sql += f"\n    from {frame.name}_frame" + (" as f" if offsets else "")
    for number, (count, unit) in enumerate(offsets):
        before = f"before_{number}"
        sql += (
            f"\n    left join {frame.name}_frame as {before}"
            f"\n        on\n            f.grain = {before}.grain"
            f"\n            and f.period_start - interval {count} {unit} = {before}.period_start"
            f"\n            and f.dimension = {before}.dimension"
            f"\n            and f.member = {before}.member"
        )
    only = []
    if frame.grains - set(metric.grains):
        only.append(f"{prefix}grain in ({literals(list(metric.grains))})")
    if set(frame.dimensions) - set(metric.dimensions):
        only.append(f"{prefix}dimension in ({literals([TOTAL, *metric.dimensions])})")
    return sql + ("\n    where " + " and ".join(only) if only else "")


def _running(plan: _Plan, metric: Metric) -> str:
    """Return the SELECT of a cumulative metric day by day; a period has its last day's value."""
    frame, column = plan.framed[metric.name], plan.places[metric.name, "value"]
    parts, stretch = ["dimension", "member"], ""
    if metric.to_date:
        parts.append(f"date_trunc('{metric.to_date}', period_start)")
    if metric.window_days:
        days = metric.window_days - 1
        stretch = f"\n            range between interval {days} days preceding and current row"
    sql = (
        "select\n        dimension, member, period_start as day,"
        f"\n        sum({column}) over (\n            partition by {', '.join(parts)}"
        f"\n            order by period_start{stretch}\n        ) as running"
        f"\n    from {frame.name}_frame\n    where grain = 'day'"
    )
    if set(frame.dimensions) - set(metric.dimensions):
        sql += f" and dimension in ({literals([TOTAL, *metric.dimensions])})"
    return sql


def _reach(plan: _Plan, metric: Metric) -> str:
    """Return the SELECT of the days between which a metric's periods are whole."""
    starts, cubes = [], {}
    for one in metric.inputs.values():
        cube = plan.cube(one)
        cubes[cube.name] = cube
        if cube.at is None:
            start = f"{cube.name}_reach.starts_on"
            back = f"{one.offset[0]} {one.offset[1]}" if one.offset else ""
            back = f"{metric.window_days - 1} days" if metric.window_days else back
            starts.append(f"cast({start} + interval {back} as date)" if back else start)
    if metric.to_date and starts:
        unit, start = metric.to_date, starts.pop()
        # A year whose first month has rows is told from its start.
        before = f"cast({start} - interval {31 if unit == 'year' else 1} day as date)"
        starts.append(f"cast(date_trunc('{unit}', {before}) + interval {STEPS[unit]} as date)")
    names = sorted(cubes)
    known = [*names, *(f"{name}_written" for name in names if cubes[name].recorded_by)]
    latest = f"greatest({', '.join(dict.fromkeys(starts))})" if starts else "cast(null as date)"
    ends_on, last_days = (
        [f"{name}_reach.{column}" for name in known] for column in ("ends_on", "last_day")
    )
    first_days = [f"{name}_reach.first_day" for name in names]
    by_end = "true" if metric.type == "cumulative" else "false"
    return (
        f"select\n        '{metric.name}' as metric,\n        {latest} as starts_on,"
        f"\n        least({', '.join(ends_on)}) as ends_on,"
        f"\n        greatest({', '.join(first_days)}) as first_day,"
        f"\n        least({', '.join(last_days)}) as last_day,\n        {by_end} as by_end"
        f"\n    from {known[0]}_reach"
        + "".join(f"\n    cross join {name}_reach" for name in known[1:])
    )


def _goals(metrics: Sequence[Metric]) -> str:
    """Return the SELECT of each metric's levels for each of its grains, and of its bounds."""
    rows = []
    for m in metrics:
        for grain in m.grains:
            levels = f"{_number(m.target.get(grain))}, {_number(m.warning.get(grain))}"
            bounds = f"{_number(m.minimum)}, {_number(m.maximum)}"
            whole = "true" if m.target_of_members else "false"
            rows.append(
                f"('{m.name}', '{grain}', interval {STEPS[grain]}, {literal(m.unit)},"
                f" '{m.direction}', {levels}, {whole}, {bounds}, '{m.grows}')"
            )
    columns = (
        "metric, grain, step, unit, direction, target, warning, holds_for_members,"
        " minimum, maximum, grows"
    )
    return (
        f"select {columns}\n    from (\n        values\n        {listed(rows, 8)}"
        f"\n    ) as declared (\n        {columns}\n    )"
    )


def _number(level: Decimal | None) -> str:
    return "null" if level is None else f"{level:f}"


_FRACTIONS = """\
select
        metric, grain, period_start, dimension, member,
        cast(1000000 * above as hugeint) as above,
        cast(1000000 * nullif(below, 0) as hugeint) as below
    from measured"""

_VALUED = f"""\
select
        metric, grain, period_start, dimension, member,
        cast(
            cast(
                {WHOLE_RATIO.format(above="above", below="below", twice=2_000_000)}
                as decimal(32, 0)
            ) * 0.000001
            as {VALUE_TYPE}
        ) as value
    from fractions"""
