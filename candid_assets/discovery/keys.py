"""The key of a table, where the rows support one."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import duckdb

from candid_assets.contracts.header_text import PARENT_HEADER
from candid_assets.discovery.chance_keys import ask_of_chance, columns_by_chance, is_code, is_remark
from candid_assets.discovery.column_stats import (
    ColumnStats,
    blank_cells,
    column_stats,
    row_count,
)
from candid_assets.discovery.office_words import MONEY_WORDS, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.value_rules import (
    add_enumeration,
    add_minimum,
    add_required,
    listed_values,
)
from candid_assets.names import column_letter
from candid_assets.sql import quoted

_NEARLY: Final = 0.98
_NEARLY_ROWS: Final = 20
"""A column or set that so many rows have their own of may be the key; it is a question."""
_COMPOSITE_ROWS: Final = 10
_COMPOSITE_COLUMNS: Final = 7
_COUNTERS: Final = frozenset({"no", "nomor", "num", "number", "nr", "urut", "urutan"})


def add_rules(connection: duckdb.DuckDBPyConnection, table: TableProposal, number: int) -> None:
    """Propose required columns, the key, enumerations and ranges from the rehearsed rows."""
    relation = f"temp.distinct_{number}"
    names = ", ".join(quoted(column.name) for column in table.columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE distinct_{number} AS "
        f"SELECT DISTINCT _member, {names} FROM temp.rehearsed_{number}"
    )
    stats = column_stats(connection, relation, table.columns)
    rows = row_count(connection, f"SELECT count(*) FROM {relation}")
    values = listed_values(connection, relation, table.columns, stats, rows)
    for column in table.columns:
        add_required(column, table.rows)
        add_minimum(column, stats[column.name])
        if column.name in values:
            add_enumeration(column, stats[column.name], values[column.name])
    # What lines under others have in common with no other line, the next ones may have.
    if not any(column.header == PARENT_HEADER for column in table.line_columns):
        _key(connection, relation, table, stats, rows)
    connection.execute(f"DROP TABLE {relation}")


def ask_of_broken_key(table: TableProposal, reasons: Counter[tuple[str, str]]) -> bool:
    """Ask about a key of several columns where it would quarantine rows; return whether it would.

    It was chosen by rows without a fault. A row that has one (an error in an amount) and repeats
    the key of another shows that rows have it in common. So do equal rows below two headings.

    Args:
        table: The proposal.
        reasons: Rows that would go to quarantine, by column and reason.
    """
    columns = [column for column in table.columns if column.key_position is not None]
    broken = sum(count for (_, reason), count in reasons.items() if reason == "duplicate_key")
    if not broken or (len(columns) < 2 and "sectionColumn" not in table.options):
        return False
    for column in columns:
        column.key_position = None
        column.notes = [
            note for note in column.notes if not note.startswith(("composite key: ", "key: "))
        ]
    _ask(table, columns, table.rows - broken, table.rows, ("_member",) * table.title_in_key)
    table.title_in_key = False
    return True


def _key(  # noqa: C901 - the ways to a key, the best first
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: TableProposal,
    stats: dict[str, ColumnStats],
    rows: int,
) -> None:
    """Mark the key: a column of codes, else any column of names or days, else two or three.

    Where the tabs of a family repeat one another's, the tab's title is part of the key.
    """
    if rows < 2:
        return
    whole = [c for c in table.columns if not c.blocked and not c.optional]
    kept = relation.replace("distinct", "rehearsed")
    every = row_count(connection, f"SELECT count(*) FROM {kept}")
    scopes: list[tuple[tuple[str, ...], dict[str, ColumnStats]]] = [((), stats)]
    if len(table.titles) > 1:
        inside = ("_member",)
        scopes.append((inside, column_stats(connection, relation, table.columns, inside)))
    numbered = any(is_code(c) and _is_nearly_own(c, stats[c.name], rows) for c in whole)
    by_chance = columns_by_chance(connection, relation, table, whole, every, numbered=numbered)
    doubted = {c.name for c in by_chance}
    alike = [c for c in whole if c.name not in doubted]
    for nearly in (False, True):
        mark = _ask if nearly else _mark
        alone = {s: _best(table, alike, known, (rows, every), nearly) for s, known in scopes}
        for scope, best in alone.items():
            if best is not None and _rank(best) < 3:
                mark(table, [best], dict(scopes)[scope][best.name].distinct, rows, scope)
                return
        unsure = None if nearly else _best(table, by_chance, stats, (rows, every), nearly)
        fit = [c for c in whole if c is not unsure and _fits(c, table, nearly)]
        for scope, _ in scopes:
            several = _composite(connection, relation, fit, stats, (rows, every), scope, nearly)
            if several:
                mark(table, *several, rows, scope)
                return
        if unsure is not None:
            ask_of_chance(table, unsure, every)
            return
        for scope, best in alone.items():
            if best is not None:
                mark(table, [best], dict(scopes)[scope][best.name].distinct, rows, scope)
                return


def _fits(column: ColumnProposal, table: TableProposal, nearly: bool) -> bool:
    """Whether a column may be part of a key, for it is blank in no row, or nearly none."""
    return _nearly(column, table) and (nearly or not blank_cells(column, table.rows))


def _ask(
    table: TableProposal,
    columns: Sequence[ColumnProposal],
    own: int,
    rows: int,
    scope: tuple[str, ...],
) -> None:
    """Ask about a key that some rows break, which may be right."""
    names = " and ".join(c.name for c in columns)
    inside = " in their tab" if scope else ""
    columns[0].notes.append(
        f"is {names} the key? {own:,} of {rows:,} rows have their own{inside}; "
        "primaryKey: true would quarantine the others"
    )
    when = f"yes: the other {rows - own:,} are mistakes and go to quarantine"
    named = [*([table.title_column] if scope else []), *(c.name for c in columns)]
    table.questions.append(
        ContractQuestion(
            Damage.WRONG_SUMS,
            f"Does {names} name one row each? {own:,} of {rows:,} rows have their own{inside}.",
            "There is no key: rows that are typed twice count twice.",
            tuple(ContractAnswer(when, "primaryKey", True, name) for name in named),
            cells=tuple(column_letter(c.place) for c in columns),
        )
    )


def _best(
    table: TableProposal,
    columns: Sequence[ColumnProposal],
    stats: dict[str, ColumnStats],
    rows: tuple[int, int],
    nearly: bool,
) -> ColumnProposal | None:
    """Return the column that suits best as the key by itself, or nearly."""
    single = [c for c in columns if _alone(c, stats[c.name], rows, table, nearly)]
    return min(single, key=lambda c: (_rank(c), c.place), default=None)


def _mark(
    table: TableProposal,
    columns: Sequence[ColumnProposal],
    own: int,
    rows: int,
    scope: tuple[str, ...],
) -> None:
    table.title_in_key = bool(scope)
    for position, column in enumerate(columns, start=1):
        column.key_position = position
        what = "key" if len(columns) == 1 and not scope else "composite key"
        column.notes.append(f"{what}: {own:,} of {rows:,} rows have their own")
        column.enum = ()
        column.guess.options.pop("synonyms", None)


def is_counter(column: ColumnProposal) -> bool:
    """Whether a column only counts the rows of its tab."""
    words = words_of(column.header)
    return words <= _COUNTERS and column.logical == "integer"


def _rank(column: ColumnProposal) -> int:
    """Return how well a column suits as the key, best first; 3 is only for want of another."""
    if is_counter(column):
        return 3
    if is_code(column):
        return 0
    return 2 if column.logical == "date" else 1


def _alone(
    column: ColumnProposal,
    stats: ColumnStats,
    rows: tuple[int, int],
    table: TableProposal,
    nearly: bool,
) -> bool:
    """Whether a column identifies the rows by itself, and not by chance.

    `rows` are those that differ, and all: a code may stand twice where the whole row does.
    """
    if column.logical not in {"string", "integer", "date"}:
        return False
    different, every = rows
    codes = is_code(column)
    early = column in table.columns[:3]
    if nearly:
        suits = codes or (column.logical == "date" and early)
        return suits and _nearly(column, table) and stats.distinct >= _least(stats.filled)
    if stats.distinct != (different if codes else every) or blank_cells(column, table.rows):
        return False
    if codes or is_counter(column):
        return True
    named = column.logical == "date" or (column.logical == "string" and stats.longest <= 80)
    named = named and not is_remark(column)
    return every >= 5 and early and named


def _composite(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    stats: dict[str, ColumnStats],
    counts_of: tuple[int, int],
    scope: tuple[str, ...],
    nearly: bool,
) -> tuple[list[ColumnProposal], int] | None:
    """Return the fewest columns that together identify the rows, and how many rows they do."""
    rows, every = counts_of
    if rows < _COMPOSITE_ROWS or (every > rows and not nearly):
        return None
    fit = [c for c in columns if _may_join(c, stats[c.name])]
    fit = sorted(fit, key=lambda c: (not (is_code(c) or c.logical == "date"), c.place))
    fit = fit[:_COMPOSITE_COLUMNS]
    for size in (2, 3):
        sets = list(combinations(fit, size))
        sets = [s for s in sets if scope or _product(s, stats) >= rows]
        if not sets:
            continue
        counts = ", ".join(
            f"count(DISTINCT ({', '.join([*scope, *(quoted(c.name) for c in chosen)])}))"
            for chosen in sets
        )
        totals = connection.execute(f"SELECT {counts} FROM {relation}").fetchone() or ()
        counted = list(zip(sets, totals, strict=True))
        for chosen, count in counted:
            named = sum(is_code(c) or c.logical == "date" for c in chosen)
            if count == rows or (nearly and named and count >= _least(rows)):
                return sorted(chosen, key=lambda c: c.place), count
    return None


def _is_nearly_own(column: ColumnProposal, stats: ColumnStats, rows: int) -> bool:
    """Whether nearly all rows have a value of their own in a column, but not all."""
    return column.logical in {"string", "integer"} and _least(rows) <= stats.distinct < rows


def _nearly(column: ColumnProposal, table: TableProposal) -> bool:
    """Whether nearly no row lacks the column."""
    blank = blank_cells(column, table.rows)
    return blank == 0 or (table.rows >= _NEARLY_ROWS and blank <= table.rows - _least(table.rows))


def _least(rows: int) -> int:
    """Return how many rows a key must identify: all of a few, nearly all of many."""
    return rows if rows < _NEARLY_ROWS else min(rows - 1, int(_NEARLY * rows))


def _may_join(column: ColumnProposal, stats: ColumnStats) -> bool:
    if column.logical == "integer":
        return is_code(column) and not is_counter(column)
    if column.logical == "string":
        return stats.longest <= 60 and not words_of(column.header) & MONEY_WORDS
    return column.logical in {"date", "timestamp", "time"}


def _product(columns: Sequence[ColumnProposal], stats: dict[str, ColumnStats]) -> int:
    product = 1
    for column in columns:
        product *= max(stats[column.name].distinct, 1)
    return product
