"""What the columns of a table hold in its rehearsed rows, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from candid_assets.discovery.proposal import ColumnProposal
from candid_assets.sql import quoted

_COUNTED_AT_ONCE: Final = 8
_FEW_ROWS: Final = 5_000
_OF_FEW_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class ColumnStats:
    """What the cells of a column are, once they are cleaned."""

    filled: int
    distinct: int
    least: Any
    longest: int


def column_stats(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    scope: tuple[str, ...] = (),
) -> dict[str, ColumnStats]:
    """Return what the columns hold; with a scope, values are distinct within it.

    Each count of distinct values has a hash table of its own, so that only some columns are counted
    at once. Of few rows a list costs a quarter of that.
    """
    few = not scope and row_count(connection, f"SELECT count(*) FROM {relation}") <= _FEW_ROWS
    step = _OF_FEW_AT_ONCE if few else _COUNTED_AT_ONCE
    stats: dict[str, ColumnStats] = {}
    for start in range(0, len(columns), step):
        stats |= _counted(connection, relation, columns[start : start + step], scope, few)
    return stats


def _counted(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    scope: tuple[str, ...],
    few: bool,
) -> dict[str, ColumnStats]:
    lines = []
    for column in columns:
        name = quoted(column.name)
        least = f"min({name})" if column.logical in {"number", "integer"} else "NULL"
        longest = f"max(length({name}))" if column.logical == "string" else "0"
        own = f"count(DISTINCT ({', '.join([*scope, name])})) FILTER ({name} IS NOT NULL)"
        own = f"list_unique(list({name}))" if few else own
        lines.append(f"{{a: count({name}), b: {own}, c: {least}, d: {longest}}}")
    counts = connection.execute(f"SELECT {', '.join(lines)} FROM {relation}").fetchone() or ()
    return {
        column.name: ColumnStats(f["a"], f["b"] or 0, f["c"], f["d"] or 0)
        for column, f in zip(columns, counts, strict=True)
    }


def row_count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number that a query gives."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def blank_cells(column: ColumnProposal, rows: int) -> int:
    """Return how many rows of data have nothing in a column, words that mean it included."""
    facts = column.facts
    words = facts.dashes + facts.nothing if column.logical == "string" else facts.blank_words
    return rows - (facts.cells - words) - column.filled_cells
