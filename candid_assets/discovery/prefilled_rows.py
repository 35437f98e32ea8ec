"""Finds rows that a sheet was prepared with and nobody has typed in yet.

A prepared row holds nothing but what a template puts there: a row number, an unticked checkbox, a
default status, a formula that gives 0, the days of a month by themselves. Where typing ends, such
rows follow each other to the end of the table, and every other column is blank in all of them.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from candid_assets.contracts.custom_properties import ANY_CELL
from candid_assets.discovery.grid import Grid

_FEWEST: Final = 3
"""Fewer rows at the end of a table may be data that lacks some cells."""
_TYPED: Final = 0.5
"""A column is typed in where at least this part of the rows above has a cell."""
_COUNTED: Final = re.compile(r"(.*?)(\d{1,15})")
_NOTHING: Final = frozenset({"0", "FALSE"})


def find_prefilled(
    grid: Grid, rows: Sequence[int], places: Sequence[int]
) -> tuple[int, Mapping[int, str]] | None:
    """Return how many rows of data were typed in, and what each column shows in those below.

    None where no rows at the end were prepared. A column that is not named is blank there; one
    whose text differs from row to row, as a number of the row does, has `ANY_CELL`.
    """
    if len(rows) <= _FEWEST:
        return None
    last = grid.filled(rows[-1])
    shown = [p for p in places if p in last]
    typed = [p for p in places if p not in last]
    if not shown or not typed:
        return None
    first = len(rows) - 1
    while first and _follows(grid, rows[first - 1], rows[first], shown, typed):
        first -= 1
    above, below = rows[:first], rows[first:]
    if len(below) < _FEWEST:
        return None
    cells = {p: _cell(grid, p, above, below) for p in shown}
    filled = [sum(grid.kind(r, p) != "-" for r in above) for p in typed]
    if above and (max(filled) < _TYPED * len(above) or _are_typed(grid, below, cells)):
        return None
    return (first, cells) if above or _is_template(cells, typed) else None


def _follows(grid: Grid, row: int, below: int, shown: Sequence[int], typed: Sequence[int]) -> bool:
    """Whether a row is prepared as the one below it is."""
    if any(grid.kind(row, p) != "-" for p in typed):
        return False
    return all(
        grid.text(row, p) == grid.text(below, p)
        or _next(grid.text(row, p), grid.kind(row, p)) == grid.text(below, p)
        for p in shown
    )


def _are_typed(grid: Grid, rows: Sequence[int], cells: Mapping[int, str]) -> bool:
    """Whether somebody has typed the rows after all, though little is known of them yet.

    They count themselves and name something beside it (`T12` and `Toko 12`), or follow each other
    by days on each of which there was something, or nothing: no sales.
    """
    counted = [p for p, cell in cells.items() if cell == ANY_CELL]
    days = [p for p in counted if grid.text(rows[0], p) != grid.text(rows[-1], p)]
    if any(grid.kind(rows[0], p) == "d" for p in days):
        return len(days) < len(cells)
    named = [p for p in counted if all(grid.shape(row, p) in "wl" for row in rows)]
    return len(counted) > 1 and bool(named)


def _next(text: str, kind: str) -> str:
    """Return the next day, or the text with the number at its end raised by one, width kept."""
    if kind == "d":
        try:
            return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
        except ValueError:
            return ""
    match = _COUNTED.fullmatch(text)
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}d}" if match else ""


def _cell(grid: Grid, place: int, above: Sequence[int], below: Sequence[int]) -> str:
    """Return what a column shows in prepared rows."""
    text, kind = grid.text(below[0], place), grid.kind(below[0], place)
    if any(grid.text(a, place) != grid.text(b, place) for a, b in pairwise(below)):
        return ANY_CELL
    carried = kind == "n" and bool(above) and text == grid.text(above[-1], place)
    # Today's date, and a balance that formulas carry down, are others tomorrow.
    return ANY_CELL if text not in _NOTHING and (carried or kind in "ds") else text


def _is_template(cells: Mapping[int, str], typed: Sequence[int]) -> bool:
    """Whether a table in which nothing was typed yet is sure to be one."""
    return (
        len(typed) >= len(cells)
        and bool(_NOTHING & set(cells.values()))
        and _NOTHING | {ANY_CELL} >= set(cells.values())
    )


def is_prefilled(grid: Grid, row: int, places: Sequence[int], cells: Mapping[int, str]) -> bool:
    """Return whether a row holds nothing but what the table was prepared with."""
    for place in places:
        text = grid.text(row, place)
        if text and cells.get(place) not in {ANY_CELL, text}:
            return False
    return True
