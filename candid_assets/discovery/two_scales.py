"""Columns of amounts in two scales: some in rupiah, some in thousands or millions of it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import duckdb

from candid_assets.discovery.locale_misreads import Place
from candid_assets.discovery.office_words import MONEY_WORDS, QUANTITY_WORDS, words_of
from candid_assets.discovery.proposal import Blocked, ColumnProposal, TableProposal
from candid_assets.sql import literal, value_rows

_AMOUNTS: Final = MONEY_WORDS | {"total", "subtotal", "nilai", "value"}
_SCALES: Final = {1000: "a thousand", 1_000_000: "a million"}
_GAP: Final = 8
"""No amount lies between two scales: the least of one is so many times the most of the other."""
_FEWEST: Final = 3
_ALIKE: Final = 0.9
_APART: Final = 500
"""The most of a column in two scales is at least so many times its least."""
_NAMED: Final = 50
_NUMBER_CELLS: Final = (
    "SELECT tab, place, member, row_number, abs(try_cast(content AS DOUBLE)) AS v "
    "FROM temp.found_cells WHERE kind IN ('n', 'm')"
)


def read_amounts(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[int, TableProposal]
) -> set[tuple[int, int]]:
    """Return the columns of amounts that lie far apart, by numbers of table and column.

    Makes `temp.found_amounts` of the columns that hold texts: what these are worth. All are read by
    one statement, for their parser takes longer to plan than to run.

    Args:
        connection: Where `temp.found_cells` is, with the macros of cleaning.
        tables: The tables, by their numbers.
    """
    wanted = [
        (number, index, column)
        for number, table in tables.items()
        for index, column in enumerate(table.columns)
        if _may_have_two(column)
    ]
    texts = [
        (f"{number}", f"{index}", literal(column.guess.options.get("notation", "id")))
        for number, index, column in wanted
        if column.facts.text
    ]
    if texts:
        _read_texts(connection, texts)
    by_relation: dict[str, set[tuple[int, int]]] = {}
    for number, index, column in wanted:
        by_relation.setdefault(_amounts_of(column), set()).add((number, index))
    apart: set[tuple[int, int]] = set()
    for amounts, asked in by_relation.items():
        by_scale = connection.execute(
            f"SELECT tab, place FROM {amounts} WHERE v > 0 GROUP BY ALL "
            f"HAVING max(v) >= {_APART} * min(v)"
        )
        apart |= asked & set(by_scale.fetchall())
    return apart


def _amounts_of(column: ColumnProposal) -> str:
    """Return the relation that has what the cells of a column of amounts are worth."""
    return "temp.found_amounts" if column.facts.text else f"({_NUMBER_CELLS})"


def _read_texts(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[str, str, str]]
) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE found_amounts AS SELECT tab, place, member, row_number, "
        "abs(try_cast(read_number(text, kind, notation).digits AS DOUBLE)) AS v FROM ("
        "SELECT *, without_guard(clean_text(content), kind) AS text FROM temp.found_cells "
        f"INNER JOIN ({value_rows(wanted)}) AS wanted (tab, place, notation) "
        "USING (tab, place) WHERE kind IN ('n', 'm', 't'))"
    )


def two_scales(
    connection: duckdb.DuckDBPyConnection,
    column: tuple[int, int],
    proposed: ColumnProposal,
    place: Place,
) -> list[Blocked]:
    """Return the cells that are too small, one item for each tab; none where there is one scale.

    A minimum is proposed for the column, which keeps those cells out.

    Args:
        connection: Where `temp.found_cells` is, and `temp.found_amounts` for texts.
        column: The table's and the column's number.
        proposed: The column.
        place: Title of a tab and letter of a column, by their numbers.
    """
    rows = connection.execute(
        f"SELECT member, row_number, v FROM {_amounts_of(proposed)} "
        "WHERE tab = ? AND place = ? AND v > 0 ORDER BY member, row_number",
        list(column),
    ).fetchall()
    split = _split(sorted(value for _, _, value in rows))
    if split is None:
        return []
    least, scale = split
    small = [(member, row) for member, row, value in rows if value < least]
    reason = (
        f"two scales: {len(small):,} of {len(rows):,} amounts are about {_SCALES[scale]} times "
        "smaller than the others; correct the cells, then remove the minimum that keeps them out"
    )
    proposed.minimum = 10 ** (len(str(int(least))) - 1)
    blocked = []
    for member in dict.fromkeys(member for member, _ in small):
        title, letter = place(member, column[1])
        cells = [f"{letter}{row}" for m, row in small if m == member]
        blocked.append(Blocked(proposed.name, title, reason, tuple(cells[:_NAMED]), len(cells)))
    return blocked


def _may_have_two(column: ColumnProposal) -> bool:
    """Whether a column holds amounts, and enough of them."""
    words = words_of(column.header)
    if column.logical not in {"number", "integer"} or not words & _AMOUNTS:
        return False
    return not words & QUANTITY_WORDS and column.guess.fitting >= 2 * _FEWEST


def _split(values: Sequence[float]) -> tuple[float, int] | None:
    """Return the least amount of the greater scale, and how far the scales are apart."""
    gaps = [(high / low, index) for index, (low, high) in enumerate(pairwise(values), 1)]
    gap, first = max(gaps, default=(0.0, 0))
    low, high = values[:first], values[first:]
    if gap < _GAP or min(len(low), len(high)) < _FEWEST or _median(low) >= 1000:
        return None
    for scale in _SCALES:
        alike = sum(low[0] / 2 <= value / scale <= 2 * low[-1] for value in high)
        back = sum(high[0] / 2 <= value * scale <= 2 * high[-1] for value in low)
        if alike >= _ALIKE * len(high) and back >= _ALIKE * len(low):
            return high[0], scale
    return None


def _median(values: Sequence[float]) -> float:
    return values[len(values) // 2]
