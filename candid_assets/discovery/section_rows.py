"""Rows that head a section of a table: one text on a row of its own, over the lines below it."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from candid_assets.cleaning.sections_sql import SECTION_COLUMNS
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.headings import are_numbered, is_numbered
from candid_assets.discovery.naming import identifier
from candid_assets.discovery.summary_words import summary_lead

_USUAL: Final = 0.8
"""A cell is one that rows of data have where at least this part of them has it."""
_FEWEST_USUAL: Final = 2
_PAGE: Final = re.compile(
    r"\W*(?:halaman|hal|hlm|page)\b\W*\d+(?:\W*(?:(?:dari|of)\b\W*)?\d+)?\W*"
    r"|[-–—] ?\d{1,4} ?[-–—]"
)
"""What ends a page: `Halaman 2 dari 3`, `- 2 -`."""
_LABEL: Final = re.compile(r"([^\W\d_][^:]{1,24}?)\s*:\s*\S")
"""What a heading says that it is: `Sales : Budi`."""


@dataclass(frozen=True, slots=True)
class Sections:
    """The headings of a table's sections."""

    place: int = 0
    """The column in which they stand, counted from 1; 0 where there are none."""
    rows: tuple[int, ...] = ()
    name: str = "section"
    """What to call the column of headings; blank where they are ends of pages, and no lines'."""


def is_merged_heading(grid: Grid, row: int, places: Sequence[int]) -> bool:
    """Return whether cleaning drops a row as a heading by its merges alone."""
    filled = grid.filled(row)
    if len(filled) != 1 or grid.kind(row, filled[0]) != "t":
        return False
    spans = [
        range(left + 1, right + 1)
        for top, _, left, right in grid.merges
        if top == row - 1 and left == filled[0] - 1
    ]
    covered = {place for span in spans for place in span if place in places}
    return len(covered | set(filled)) >= max(SECTION_COLUMNS, len(places) // 2 + 1)


def find_sections(
    grid: Grid, rows: Sequence[int], places: Sequence[int], repeated: Collection[int] = ()
) -> Sections:
    """Return the headings among a table's rows.

    A heading is the one text of its row, over a row of data or another heading. What stands in its
    column in rows of data is of another kind, or every row stands below one of several headings, or
    the header is repeated right below one: else a line whose other cells nobody has filled in yet
    would be taken for one.

    Args:
        grid: The tab.
        rows: The rows below the header that are not blank, in their order.
        places: The table's columns, counted from 1.
        repeated: Rows that repeat the header.
    """
    if len(places) < SECTION_COLUMNS:
        return Sections()
    alone = [row for row in rows if _is_alone(grid, row, places)]
    numbered = [row for row in alone if len(grid.filled(row)) > 1]
    others = [row for row in rows if row not in alone]
    if numbered and are_numbered(grid, others, grid.filled(numbered[0])[0]):
        # A line of a table of classes A and B that nobody has finished heads nothing.
        alone = [row for row in alone if row not in numbered]
    common = Counter(grid.filled(row)[-1] for row in alone).most_common(1)
    data = [r for r in rows if len(set(grid.filled(r)) & set(places)) > 1 and r not in alone]
    if not common or len(data) < SECTION_COLUMNS:
        return Sections()
    titles = [row for row in alone if _next_filled(grid, row) in repeated]
    place = grid.filled(titles[0])[-1] if titles else common[0][0]
    headings = [row for row in alone if grid.filled(row)[-1] == place]
    page_rows = [row for row in headings if _is_page(grid, row, place)]
    headings = _over_data(rows, set(headings), set(data))
    if headings and set(headings) <= set(page_rows):
        name, headings = "", page_rows
    elif titles or (len(headings) > 1 and all(is_numbered(grid, row) for row in headings)):
        name = _name(grid, headings, place)
    else:
        return _unnumbered(grid, rows, places, place, headings, data)
    return Sections(place, tuple(headings), name)


def _unnumbered(
    grid: Grid,
    rows: Sequence[int],
    places: Sequence[int],
    place: int,
    headings: Sequence[int],
    data: Sequence[int],
) -> Sections:
    """Return the headings where what stands in their column in rows of data is of another kind."""
    first = bool(headings) and headings[0] == rows[0]
    if not headings or (len(headings) < 2 and not first) or len(headings) * 2 > len(data) + 2:
        return Sections()
    lines = [row for row in data if summary_lead(grid.first_text(row, places[-1])) is None]
    usual = sum(
        sum(grid.kind(row, p) != "-" for row in lines) >= _USUAL * len(lines)
        for p in places
        if p != place
    )
    below = first and len(headings) > 1
    if usual < _FEWEST_USUAL or not (below or _is_unlike(grid, headings, data, place)):
        return Sections()
    return Sections(place, tuple(headings), _name(grid, headings, place))


def _next_filled(grid: Grid, row: int) -> int:
    """Return the next row that is not blank, 0 below the last one."""
    return next((r for r in range(row + 1, grid.rows + 1) if grid.filled(r)), 0)


def _is_alone(grid: Grid, row: int, places: Sequence[int]) -> bool:
    """Whether a row has one text of the table, or its number and one, and it sums nothing up."""
    filled = grid.filled(row)
    if len(filled) != 1 and not is_numbered(grid, row):
        return False
    place = filled[-1]
    if not set(filled) <= set(places) or grid.kind(row, place) != "t":
        return False
    if _is_page(grid, row, place):
        return True
    return grid.shape(row, place) in "wcy" and summary_lead(grid.text(row, place)) is None


def _is_page(grid: Grid, row: int, place: int) -> bool:
    """Whether a text is nothing but the number of a page."""
    return _PAGE.fullmatch(" ".join(grid.text(row, place).lower().split())) is not None


def _over_data(rows: Sequence[int], headings: set[int], data: set[int]) -> list[int]:
    """Return the headings below which a row of data comes next, or another heading of one."""
    kept: list[int] = []
    below = 0
    for row in reversed(rows):
        if row in headings and (below in data or (kept and below == kept[-1])):
            kept.append(row)
        below = row
    return kept[::-1]


def _is_unlike(grid: Grid, headings: Sequence[int], data: Sequence[int], place: int) -> bool:
    """Whether no row of data has a text as the headings' in their column."""
    ours = {grid.shape(row, place) for row in headings}
    shapes = Counter(shape for row in data if (shape := grid.shape(row, place)) != "-")
    return sum(shapes[shape] for shape in ours) <= (1 - _USUAL) / 2 * len(data)


def _name(grid: Grid, headings: Sequence[int], place: int) -> str:
    """Return a name for the column: what every heading says that it is, else `section`."""
    labels = {
        match[1].lower() if (match := _LABEL.match(grid.text(row, place))) else ""
        for row in headings
    }
    label = labels.pop() if len(labels) == 1 else ""
    return identifier(label, digit_prefix="section_") or "section"
