"""The lineage of a column: the columns it is computed from, and values made by the query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from candid_assets.names import Layer
from candid_assets.source_kinds.registry import SOURCES

MadeKind = Literal["constant", "generated"]


class ColumnRef(NamedTuple):
    """One column of a table, or one header of a tab."""

    layer: Layer
    table: str
    column: str

    def __str__(self) -> str:
        """Return `layer.table.column`, or `sheets/table.header`."""
        between = "/" if self.layer in SOURCES else "."
        return f"{self.layer}{between}{self.table}.{self.column}"


class Made(NamedTuple):
    """A value that comes from no column: a constant, or generated row by row."""

    kind: MadeKind
    sql: str
    """The SQL that makes it, or a description of what cleaning adds."""


@dataclass(frozen=True, slots=True)
class ColumnSources:
    """Where one column's values come from."""

    values: frozenset[ColumnRef] = frozenset()
    """Columns that the value is computed from."""
    order: frozenset[ColumnRef] = frozenset()
    """Columns that partition or order the rows a window function looks at."""
    made: frozenset[Made] = frozenset()

    def __or__(self, other: "ColumnSources") -> "ColumnSources":
        """Return the sources of both."""
        return ColumnSources(
            self.values | other.values, self.order | other.order, self.made | other.made
        )


def merged(parts: Iterable[ColumnSources]) -> ColumnSources:
    """Return all sources together."""
    sources = ColumnSources()
    for part in parts:
        sources = sources | part
    return sources


@dataclass(frozen=True, slots=True)
class TableLineage:
    """Where the columns of one table come from."""

    columns: Mapping[str, ColumnSources] = field(default_factory=dict)
    rows: frozenset[ColumnRef] = frozenset()
    """Columns that decide which rows there are: keys of joins and groups, and filters."""
    exact: bool = True
    """False where the SQL could not be followed and every column of every input is named."""
