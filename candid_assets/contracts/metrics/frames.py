"""The SQL of metrics over the same cubes: a row for every member in every period."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from candid_assets.contracts.metrics.cubes import Cube, listed
from candid_assets.contracts.metrics.declarations import GRAINS, TOTAL, Input
from candid_assets.contracts.metrics.reach import STEPS
from candid_assets.contracts.metrics.words import Grain
from candid_assets.sql import literals


@dataclass(slots=True)
class MetricFrame:
    """The columns of metrics over the same cubes, side by side."""

    name: str
    cubes: tuple[Cube, ...]
    grains: set[Grain] = field(default_factory=set)
    dimensions: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Column to its expression."""

    def steps(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the SELECT of each step."""
        yield f"{self.name}_periods", self._periods()
        yield f"{self.name}_members", self._members()
        yield f"{self.name}_frame", self._frame()

    def _periods(self) -> str:
        spans = "\n        union all\n        ".join(
            f"select first_day, last_day from {c.name}_span" for c in self.cubes
        )
        grains = listed([f"('{g}')" for g in GRAINS if g in self.grains], 8)
        early = "".join(
            f"\n    union\n    select g.grain, cast(date_trunc(g.grain, d.day) as date)"
            f" as period_start\n    from {c.name}_early as d\n    cross join (\n        values"
            f"\n        {grains}\n    ) as g (grain)"
            for c in self.cubes
        )
        known = [f"('{g}', interval {STEPS[g]})" for g in GRAINS if g in self.grains]
        series = "date_trunc(g.grain, min(span.first_day)), max(span.last_day), g.step"
        return (
            f"select\n        g.grain,\n        cast(unnest(generate_series(\n            {series}"
            f"\n        )) as date) as period_start\n    from (\n        {spans}\n    ) as span"
            f"\n    cross join (\n        values\n        {listed(known, 8)}"
            f"\n    ) as g (grain, step)\n    group by g.grain, g.step{early}"
        )

    def _members(self) -> str:
        wanted = literals([TOTAL, *self.dimensions])
        return "\n    union\n    ".join(
            f"select distinct dimension, member\n    from {c.name}_totals"
            f"\n    where dimension in ({wanted})"
            for c in self.cubes
        )

    def _frame(self) -> str:
        columns = ["p.grain", "p.period_start", "m.dimension", "m.member"]
        columns += [f"{expr} as {name}" for name, expr in self.columns.items()]
        sql = f"select\n        {listed(columns, 8)}\n    from {self.name}_periods as p"
        sql += f"\n    cross join {self.name}_members as m"
        for cube in self.cubes:
            name = cube.name
            sql += (
                f"\n    left join {name}_totals as {name}_any"
                f"\n        on\n            p.grain = {name}_any.grain"
                f"\n            and p.period_start = {name}_any.period_start"
                f"\n            and {name}_any.dimension = '{TOTAL}'"
                f"\n    left join {name}_recorded"
                f"\n        on\n            p.grain = {name}_recorded.grain"
                f"\n            and p.period_start = {name}_recorded.period_start"
                f"\n    left join {name}_totals"
                f"\n        on\n            p.grain = {name}_totals.grain"
                f"\n            and p.period_start = {name}_totals.period_start"
                f"\n            and m.dimension = {name}_totals.dimension"
                f"\n            and m.member = {name}_totals.member"
            )
        return sql

    def column(self, cube: Cube, total: str, one: Input) -> str:
        """Return the frame's column of an input.

        Without a row it is 0 where the source is known to reach over the period, and the fill
        value, else null, where it is not. A balance without a row is not known.
        """
        source = f"{cube.name}_totals.{total}"
        has_rows = f"{cube.name}_any.grain is not null"
        has_none = f"{cube.name}_recorded.grain is not null"
        if one.measure.aggregation == "sum":
            has_none = f"({cube.name}_any.grain is null and {has_none})"
            has_rows = f"{cube.name}_any.{one.measure.name}__known > 0"
        known = has_rows if cube.at else f"{has_rows} or {has_none}"
        if one.measure.aggregation in {"min", "max"}:
            name, expr = total, source
        elif one.fill is None:
            name = total
            expr = f"case\n            when {known} then coalesce({source}, 0)\n        end"
        else:
            name = f"{total}__or_{str(one.fill).replace('-', 'minus_')}"
            expr = f"coalesce({source}, {one.fill})"
            if one.fill:
                expr = (
                    f"case\n            when {known} then coalesce({source}, 0)"
                    f"\n            else {one.fill}\n        end"
                )
        self.columns[name] = expr
        return name
