"""The steps that metrics share in SQL: rows of a table, their periods, and totals of each.

A cube is one semantic model read by one of its time dimensions. Rows are aggregated for each
grain on its own, because distinct counts and balances of days do not add up to those of months.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from candid_assets.contracts.metrics.declarations import GRAINS, TOTAL, Input, Registry, Source
from candid_assets.contracts.metrics.words import Grain


def listed(items: list[str], indent: int) -> str:
    """Return items as SQL lists them, one a line."""
    return (",\n" + " " * indent).join(items)


@dataclass(slots=True)
class Cube:
    """The SQL of one semantic model by one of its time dimensions, for a group of metrics."""

    name: str
    source: Source
    time: str
    at: str | None
    registry: Registry
    grains: set[Grain] = field(default_factory=set)
    dimensions: list[str] = field(default_factory=list)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    """Measure and filter to the name of the column that aggregates it."""
    inputs: dict[str, Input] = field(default_factory=dict)
    numbered: str = ""
    """A column more, which tells the source's rows apart: `rowid as source_row`."""

    def add(self, metric: str, alias: str, one: Input) -> str:
        """Return the column of an input; inputs that are the same share one."""
        key = (one.measure.name, one.filter)
        if key not in self.columns:
            plain = one.measure.name if not one.filter else ""
            named = f"{metric}__{one.measure.name if alias == 'value' else alias}"
            self.columns[key] = plain or named
            self.inputs[self.columns[key]] = one
        return self.columns[key]

    def steps(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the SELECT of each step."""
        yield self.name, self._rows()
        yield f"{self.name}_by_period", self._by_period()
        yield f"{self.name}_totals", self._totals()
        if self.recorded_by:
            yield f"{self.name}_written", self._written()

    @property
    def recorded_by(self) -> str | None:
        """SQL of the day on which a row became known, where its time may lie ahead."""
        return self.source.recorded_by.get(self.time)

    def listed_grains(self) -> list[str]:
        """Return the grains as rows of SQL."""
        return [f"('{grain}')" for grain in GRAINS if grain in self.grains]

    @property
    def joins(self) -> list[str]:
        """Entities whose dimensions are used."""
        used = {name.partition("__")[0] for name in self._used() if "__" in name}
        return sorted(used)

    def _used(self) -> list[str]:
        """Return the dimensions that are grouped by or filtered with."""
        filters = " ".join(i.filter for i in self.inputs.values())
        words = set("".join(c if c.isalnum() or c == "_" else " " for c in filters).split())
        known = [*self.source.dimensions]
        for entity in self.source.entities:
            owner = next((s for s in self.registry.sources if s.primary == entity), None)
            if owner is not None and owner is not self.source:
                known += [f"{entity}__{name}" for name in owner.dimensions]
        return [name for name in known if name in words or name in self.dimensions]

    def _own(self) -> list[str]:
        return [name for name in self._used() if "__" not in name]

    def _measures(self) -> dict[str, str]:
        return {i.measure.name: i.measure.expr for i in self.inputs.values()}

    def summed(self) -> list[str]:
        """Return the measures that are sums: a sum of blanks is not known, rather than 0."""
        sums = {i.measure.name: i.measure for i in self.inputs.values()}
        return [name for name, measure in sums.items() if measure.aggregation == "sum"]

    def _rows(self) -> str:
        columns = [f"cast({self.source.times[self.time].expr} as date) as day"]
        columns += [f"{self.source.entities[e].expr} as {e}__key" for e in self.joins]
        for name in self._own():
            expr = self.source.dimensions[name].expr
            grouped = f"coalesce({expr}, 'Unknown')" if name in self.dimensions else expr
            columns.append(grouped if grouped == name else f"{grouped} as {name}")
        for name, expr in self._measures().items():
            columns.append(expr if expr == name else f"{expr} as {name}")
        columns += [self.numbered] if self.numbered else []
        time = self.source.times[self.time].expr
        return (
            f"select\n        {listed(columns, 8)}\n    from {self.source.relation}"
            f"\n    where {time} is not null"
        )

    def _written(self) -> str:
        return (
            f"select cast({self.recorded_by} as date) as day\n    from {self.source.relation}"
            f"\n    where {self.recorded_by} is not null"
        )

    def _by_period(self) -> str:
        grains = ", ".join(f"('{g}')" for g in GRAINS if g in self.grains)
        period = "date_trunc(g.grain, r.day)"
        columns = ["g.grain", f"cast({period} as date) as period_start"]
        columns += [f"r.{name}" for name in [*self._own(), *self._measures()]]
        columns += [f"r.{self.numbered.rpartition(' ')[2]}"] if self.numbered else []
        joined = [name for name in self._used() if "__" in name]
        columns += [f"coalesce(j_{n.partition('__')[0]}.{n}, 'Unknown') as {n}" for n in joined]
        sql = f"select\n        {listed(columns, 8)}\n    from {self.name} as r"
        sql += f"\n    cross join (values {grains}) as g (grain)"
        for entity in self.joins:
            owner = self.registry.joined(f"{entity}__")
            wanted = [n for n in joined if n.startswith(f"{entity}__")]
            parts = [f"{owner.entities[entity].expr} as {entity}__key"]
            parts += [f"{owner.dimensions[n.partition('__')[2]].expr} as {n}" for n in wanted]
            sql += (
                f"\n    left join (\n        select {', '.join(parts)}"
                f"\n        from {owner.relation}\n    ) as j_{entity}"
                f"\n        on r.{entity}__key = j_{entity}.{entity}__key"
            )
        if self.at:
            sql += f"\n    qualify r.day = {self.at}(r.day) over (partition by g.grain, {period})"
        return sql

    def _totals(self) -> str:
        columns = ["grain", "period_start"]
        if self.dimensions:
            for column, shown in (("dimension", "'{}'"), ("member", "{}")):
                whens = [
                    f"\n            when grouping({d}) = 0 then {shown.format(d)}"
                    for d in self.dimensions
                ]
                rest = f"\n            else '{TOTAL}'\n        end as {column}"
                columns.append(f"case{''.join(whens)}{rest}")
        else:
            columns += [f"'{TOTAL}' as dimension", f"'{TOTAL}' as member"]
        columns += [f"{_aggregate(one)} as {name}" for name, one in self.inputs.items()]
        columns += [f"count({name}) as {name}__known" for name in self.summed()]
        sets = ["(grain, period_start)"]
        sets += [f"(grain, period_start, {d})" for d in self.dimensions]
        group = f"grouping sets (\n        {listed(sets, 8)}\n    )"
        group = group if self.dimensions else "grain, period_start"
        return (
            f"select\n        {listed(columns, 8)}\n    from {self.name}_by_period"
            f"\n    group by {group}"
        )


def _aggregate(one: Input) -> str:
    """Return the aggregation of an input in SQL."""
    name, only = one.measure.name, f" filter (where {one.filter})" if one.filter else ""
    match one.measure.aggregation:
        case "count_distinct":
            return f"count(distinct {name}){only}"
        case "sum_boolean":
            condition = f"{name} and ({one.filter})" if one.filter else name
            return f"count(*) filter (where {condition})"
        case aggregation:
            return f"{aggregation}({name}){only}"
