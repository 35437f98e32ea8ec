"""Rules on the values of one column, where the rows support them: required, a minimum, a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from candid_assets.discovery.column_stats import ColumnStats, blank_cells
from candid_assets.discovery.office_words import CODE_WORDS, OPEN_WORDS, words_of
from candid_assets.discovery.proposal import ColumnProposal
from candid_assets.sql import quoted

_ENUM_VALUES: Final = 10
_ENUM_ROWS: Final = 30
_COUNTED_AT_ONCE: Final = 64
_PROSE: Final = re.compile(r"[,;!?]\s|\w{5,}\.\s|(?:\S+\s+){3,}\S")
"""Texts with a comma or an end of a sentence within, or of four words, are written, not chosen."""
_FIGURE: Final = re.compile(r"\d")
"""Codes with figures go on: there will be others than those seen so far."""


def add_required(column: ColumnProposal, rows: int) -> None:
    """Propose that a column has a value in every row."""
    if rows >= 3 and blank_cells(column, rows) == 0 and not column.optional:
        column.required = True
        column.notes.append("never blank")


def add_minimum(column: ColumnProposal, stats: ColumnStats) -> None:
    """Propose that a column's numbers are not below 0."""
    if column.minimum is not None:
        return
    if column.logical in {"number", "integer"} and stats.filled >= 20 and stats.least >= 0:
        column.minimum = 0
        column.notes.append(f"least {stats.least:,} of {stats.filled:,}")


def listed_values(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    stats: Mapping[str, ColumnStats],
    rows: int,
) -> dict[str, dict[str, int]]:
    """Return the values of each column that may have a list of them, most frequent first.

    Args:
        connection: Where the relation is.
        relation: The rehearsed rows.
        columns: All columns.
        stats: What they hold.
        rows: How many rows there are.
    """
    names = [c.name for c in columns if _may_be_listed(c, stats[c.name], rows)]
    counted: dict[str, dict[str, int]] = {}
    for start in range(0, len(names), _COUNTED_AT_ONCE):
        part = names[start : start + _COUNTED_AT_ONCE]
        counts = ", ".join(f"histogram({quoted(name)})" for name in part)
        line = connection.execute(f"SELECT {counts} FROM {relation}").fetchone() or ()
        for name, values in zip(part, line, strict=True):
            by_count = sorted((values or {}).items(), key=lambda item: (-item[1], item[0]))
            counted[name] = dict(by_count)
    return counted


def _may_be_listed(column: ColumnProposal, stats: ColumnStats, rows: int) -> bool:
    if column.logical != "string" or rows < _ENUM_ROWS or words_of(column.header) & OPEN_WORDS:
        return False
    if not 2 <= stats.distinct <= 2 * _ENUM_VALUES or stats.longest > 40:
        return False
    return not column.guess.options.keys() - {"blankWords", "faultWords", "guarded"}


def add_enumeration(column: ColumnProposal, stats: ColumnStats, values: Mapping[str, int]) -> None:
    """Propose the values that a column of text may have, and other spellings of them.

    Args:
        column: One of `listed_values`.
        stats: What it holds.
        values: In how many rows each value stands, most frequent first.
    """
    spelled: dict[str, str] = {}
    counts: dict[str, int] = {}
    exact = column.facts.exact_text
    if exact and any(value != value.strip() or not value for value in values):
        return
    for value, count in values.items():
        kept = value if exact else spelled.setdefault(value.lower(), value)
        counts[kept] = counts.get(kept, 0) + count
    if any(_PROSE.search(value) for value in counts):
        return
    numbered = words_of(column.header) & CODE_WORDS and all(map(_FIGURE.search, counts))
    few = not 2 <= len(counts) <= _ENUM_VALUES or min(counts.values()) < 3
    if numbered or few or stats.filled < 5 * len(counts):
        return
    column.enum = tuple(sorted(counts))
    variants = {v.lower(): spelled[v.lower()] for v in values if v not in counts}
    if variants:
        column.guess.options["synonyms"] = variants
    column.notes.append(f"{len(counts)} values in {stats.filled:,} cells")
