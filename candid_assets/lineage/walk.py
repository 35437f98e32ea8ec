"""Walks the lineage of a catalog from one column, up to the sheets or down to what it reaches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_types import ColumnRef, Made
from candid_assets.source_kinds.registry import SOURCES

EdgeKind = Literal["value", "order"]


@dataclass(frozen=True, slots=True)
class Edge:
    """One column that another is computed from, or by whose order it is chosen."""

    source: ColumnRef
    target: ColumnRef
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Upstream:
    """Everything a column comes from."""

    column: ColumnRef
    edges: tuple[Edge, ...]
    headers: tuple[ColumnRef, ...]
    """The sheets' headers that its values come from."""
    made: tuple[tuple[ColumnRef, Made], ...]
    """Constants and generated values, each with the column in which it is made."""
    rows: tuple[ColumnRef, ...]
    """Columns that decide which rows stand behind the value: keys, groups and filters."""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Downstream:
    """Everything that a change of a column reaches."""

    column: ColumnRef
    edges: tuple[Edge, ...]
    columns: tuple[ColumnRef, ...]
    """Columns computed from it, directly or through others."""
    rows_of: tuple[Table, ...]
    """Tables whose rows it chooses or orders, itself or through a column computed from it."""
    reached: tuple[Table, ...]
    """Every table that may change, those that only read such a table included."""


def walk_up(lineage: CatalogLineage, column: ColumnRef) -> Upstream:
    """Return everything that a column comes from, down to headers, constants and row numbers."""
    edges: list[Edge] = []
    made: set[tuple[ColumnRef, Made]] = set()
    rows: set[ColumnRef] = set()
    exact = True
    waiting, seen = [column], {column}
    while waiting:
        here = waiting.pop()
        table = lineage.of((here.layer, here.table))
        sources = table.columns.get(here.column)
        if sources is None:
            continue
        exact = exact and table.exact
        rows |= table.rows
        made |= {(here, item) for item in sources.made}
        by_kind: tuple[tuple[EdgeKind, Iterable[ColumnRef]], ...] = (
            ("value", sources.values),
            ("order", sources.order - sources.values),
        )
        for kind, refs in by_kind:
            for source in sorted(refs):
                edges.append(Edge(source, here, kind))
                if kind == "value" and source not in seen:
                    seen.add(source)
                    waiting.append(source)
    headers = tuple(sorted(ref for ref in seen if ref.layer in SOURCES))
    return Upstream(column, tuple(edges), headers, tuple(sorted(made)), tuple(sorted(rows)), exact)


def walk_down(lineage: CatalogLineage, column: ColumnRef) -> Downstream:
    """Return everything that a change of a column's values, or of its header, reaches."""
    edges: list[Edge] = []
    rows_of: set[Table] = set()
    waiting, seen = [column], {column}
    while waiting:
        here = waiting.pop()
        for reader in lineage.readers((here.layer, here.table)):
            table = lineage.of(reader)
            if here in table.rows or any(here in s.order for s in table.columns.values()):
                rows_of.add(reader)
            for name, sources in table.columns.items():
                if here in sources.values or here in sources.order:
                    target = ColumnRef(*reader, name)
                    kind: EdgeKind = "value" if here in sources.values else "order"
                    edges.append(Edge(here, target, kind))
                    if kind == "value" and target not in seen:
                        seen.add(target)
                        waiting.append(target)
    columns = tuple(sorted(seen - {column}))
    changed = {(ref.layer, ref.table) for ref in columns} | rows_of
    reached = changed.union(*(tables_from(lineage.readers, table) for table in rows_of))
    return Downstream(column, tuple(edges), columns, tuple(sorted(rows_of)), tuple(sorted(reached)))


def tables_from(step: Callable[[Table], Iterable[Table]], table: Table) -> set[Table]:
    """Return every table that is reached from one by a step, itself left out."""
    reached: set[Table] = set()
    waiting = [table]
    while waiting:
        for other in step(waiting.pop()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached
