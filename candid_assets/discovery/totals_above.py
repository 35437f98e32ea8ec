"""Asks about totals above a header that say another sum than the lines below have."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.keys import is_counter
from candid_assets.discovery.numbers_above import NEAR, number_of
from candid_assets.discovery.office_words import words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractQuestion, Damage
from candid_assets.discovery.read_source import grid_of
from candid_assets.discovery.sum_doubts import LINES_STAND, columns_by_place, lines_are_right
from candid_assets.names import column_letter

_TOTAL: Final = re.compile(r"(?:grand |sub ?)?(?:total|jumlah|jml|ttl)\b")
_TOTAL_WORDS: Final = frozenset(
    ("grand", "sub", "subtotal", "total", "jumlah", "jml", "ttl", "rp", "idr", "rupiah")
)
_FIRST_ROWS: Final = 15
_FEWEST: Final = 4
"""Fewer numbers below are near a total by chance."""
_NEARLY: Final = 0.3
"""How far a total may be from the sum of the lines to be meant as it."""


def totals_above(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about each total above the header of a tab that disagrees with its lines.

    Where a tab holds several tables, the total above one may be that of another.
    """
    if "tableInTab" in table.options:
        return
    amounts = [c for c in table.columns if _is_amount(c)]
    for member in group.members:
        grid = grid_of(member.tab, member.extract)
        sums = _sums(grid, member, [c.header for c in amounts])
        for row in range(max(1, member.layout.header_row - _FIRST_ROWS), member.layout.header_row):
            for label, place, stated in _stated(grid, row):
                column = _disagreeing(label, stated, sums, member)
                if column:
                    cell = f"{column_letter(place)}{row}"
                    columns = columns_by_place(table, group, member)
                    yield _question(table, member, cell, stated, column, sums, columns)


def _is_amount(column: ColumnProposal) -> bool:
    numeric = column.logical in {"number", "integer"} and column.key_position is None
    return numeric and not is_counter(column)


def _sums(grid: Grid, member: TableTab, headers: list[str]) -> dict[int, float]:
    """Return the sum of each amount of a tab by its place."""
    sums = {}
    for place in member.layout.places:
        if member.layout.headers[place - 1] not in headers:
            continue
        values = [number_of(grid, row, place) for row in member.data_rows]
        numbers = [number for number in values if number is not None]
        if len(numbers) >= _FEWEST:
            sums[place] = sum(numbers)
    return sums


def _stated(grid: Grid, row: int) -> Iterator[tuple[str, int, float]]:
    """Yield each total of a row: its label, and the place and number of the cell right of it."""
    filled = grid.filled(row)
    for label, place in pairwise(filled):
        text = grid.text(row, label).lower().strip()
        number = number_of(grid, row, place)
        if number and grid.kind(row, label) == "t" and _TOTAL.match(text):
            yield text, place, number


def _disagreeing(
    label: str, stated: float, sums: Mapping[int, float], member: TableTab
) -> int | None:
    """Return the place of the column whose sum a total nearly is, None where it is that of any."""
    if any(abs(stated - total) <= NEAR * max(abs(total), 1.0) for total in sums.values()):
        return None
    more = words_of(label) - _TOTAL_WORDS
    places = [p for p in sums if not more or more & words_of(member.layout.headers[p - 1])]
    near = [p for p in places if abs(stated - sums[p]) <= _NEARLY * abs(sums[p])]
    return min(near, key=lambda p: abs(stated - sums[p]), default=None)


def _question(
    table: TableProposal,
    member: TableTab,
    cell: str,
    stated: float,
    place: int,
    sums: Mapping[int, float],
    columns: Mapping[int, ColumnProposal],
) -> ContractQuestion:
    letter, rows = column_letter(place), member.data_rows
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"{cell} says {stated:,.10g}, but the lines of {member.layout.headers[place - 1]} add up"
        f" to {sums[place]:,.10g}. Which is right?",
        LINES_STAND,
        (lines_are_right(table, columns.get(place), cell, member.tab.title),),
        member.tab.title,
        (cell, f"{letter}{rows[0]}:{letter}{rows[-1]}"),
    )
