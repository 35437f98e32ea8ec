"""Columns whose values differ in every row by chance: of a few rows any name or day may."""

from collections.abc import Iterator, Sequence
from typing import Final

import duckdb

from candid_assets.discovery.office_words import CODE_WORDS, REMARK_WORDS, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.names import column_letter
from candid_assets.sql import quoted

_NAMES: Final = 20
"""Rows from which on names that all differ are no chance, where the rows are no events."""
_DAYS: Final = 10
_REGULAR: Final = 0.75
"""The part of the gaps between days that are alike where something is noted every day or month."""


def is_code(column: ColumnProposal) -> bool:
    """Whether a column's header is that of codes."""
    return bool(words_of(column.header) & CODE_WORDS)


def is_remark(column: ColumnProposal) -> bool:
    """Whether a column holds what somebody wrote about a row, which names no row."""
    return bool(words_of(column.header) & REMARK_WORDS)


def may_be_chance(column: ColumnProposal, table: TableProposal, rows: int) -> bool:
    """Whether the values of a column may differ by chance in a table of so many rows.

    Names may do so in any list of events, which has days; tomorrow the same customer comes again.
    """
    if is_code(column):
        return False
    if column.logical == "date":
        return rows < _DAYS
    if column.logical != "string" or rows < _NAMES:
        return column.logical == "string"
    return any(c.logical in {"date", "timestamp"} for c in table.columns)


def columns_by_chance(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: TableProposal,
    columns: Sequence[ColumnProposal],
    rows: int,
    *,
    numbered: bool,
) -> list[ColumnProposal]:
    """Return the columns whose values may differ by chance.

    Args:
        connection: Where the relation is.
        relation: The rehearsed rows that differ.
        table: The table.
        columns: Its columns that may be the key.
        rows: How many rows it has.
        numbered: Whether nearly all rows have a number of their own: days of their own, too, they
            have by chance then.
    """
    chosen = [c for c in columns if may_be_chance(c, table, rows)]
    days = [c for c in columns if c.logical == "date" and c not in chosen]
    return chosen + (days if numbered else list(_days_by_chance(connection, relation, days)))


def _days_by_chance(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[ColumnProposal]
) -> Iterator[ColumnProposal]:
    """Yield the columns of days whose days come at no regular distance.

    A list of what happens now and then has a day of its own in each row by chance; what is noted
    every day, week or month, or on working days, has one by its nature.
    """
    for column in columns:
        name = quoted(column.name)
        alike = connection.execute(
            f"""WITH days AS (SELECT DISTINCT _member, {name} AS d FROM {relation}),
            gaps AS (
                SELECT d - lag(d) OVER (PARTITION BY _member ORDER BY d) AS gap FROM days
            )
            SELECT greatest(
                count(*) FILTER (gap = (SELECT mode(gap) FROM gaps)),
                count(*) FILTER (gap BETWEEN 28 AND 31)
            ) >= {_REGULAR} * count(gap) FROM gaps"""
        ).fetchone()
        if alike != (True,):
            yield column


def ask_of_chance(table: TableProposal, column: ColumnProposal, rows: int) -> None:
    """Ask whether a column that differs in every row is the key."""
    name = column.name
    column.notes.append(f"is {name} the key? Each of {rows:,} rows has its own, maybe by chance")
    table.questions.append(
        ContractQuestion(
            Damage.WRONG_SUMS,
            f"Does {name} name one row each? Each of the {rows:,} rows has its own, which"
            " may be chance.",
            "There is no key: rows that are typed twice count twice.",
            (
                ContractAnswer(
                    "yes: rows of one name are mistakes", "primaryKey", True, column.name
                ),
            ),
            cells=(column_letter(column.place),),
        )
    )
