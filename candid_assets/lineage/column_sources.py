"""What lineage says of a column: the columns behind it, and what was made on the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from candid_assets.names import Layer
from candid_assets.source_kinds.registry import SOURCES

MadeKind = Literal["constant", "generated"]


class ColumnRef(NamedTuple):
    """One column of one table; of a tab in the layer `sheets` it is the header."""

    layer: Layer
    table: str
    column: str

    def __str__(self) -> str:
        """Return `layer.table.column`, or `sheets/table.header`."""
        between = "/" if self.layer in SOURCES else "."
        return f"{self.layer}{between}{self.table}.{self.column}"


class Made(NamedTuple):
    """What a value is where it comes from no column: a constant, or made row by row."""

    kind: MadeKind
    sql: str
    """The SQL that makes it, or words for what cleaning adds."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where one column's values come from."""

    values: frozenset[ColumnRef] = frozenset()
    """Columns that the value is computed from."""
    order: frozenset[ColumnRef] = frozenset()
    """Columns that partition or order the rows a window function looks at."""
    made: frozenset[Made] = frozenset()

    def __or__(self, other: "Sources") -> "Sources":
        """Return both together."""
        return Sources(self.values | other.values, self.order | other.order, self.made | other.made)


def merged(parts: Iterable[Sources]) -> Sources:
    """Return all sources together."""
    found = Sources()
    for part in parts:
        found = found | part
    return found


@dataclass(frozen=True, slots=True)
class TableLineage:
    """Where the columns of one table come from."""

    columns: Mapping[str, Sources] = field(default_factory=dict)
    rows: frozenset[ColumnRef] = frozenset()
    """Columns that decide which rows there are: keys of joins and groups, and filters."""
    exact: bool = True
    """False where the SQL could not be followed and every column of every input is named."""
