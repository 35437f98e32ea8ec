"""Tells tables that stand beside each other in one tab from one table with a blank column."""

from itertools import pairwise
from typing import Final

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.table_layout import TableLayout

_SAME: Final = 0.6
"""The part of a block's headers that another block has too, where both are tables of their own."""
_TITLED: Final = 4
"""Rows above a header among which each table's own title is looked for."""
_LEADS: Final = frozenset(
    {"no", "nomor", "kode", "id", "sku", "nama", "tgl", "tanggal", "date", "name", "code", "item"}
)
"""Headers with which tables begin."""
_LONGER: Final = 2
"""Rows by which the right one goes on below the left one at least, where nothing else differs."""
_SHORTER: Final = 0.6
"""The part of the left one's rows of which the right one has fewer, where nothing else differs."""


def stand_apart(grid: Grid, left: TableLayout, right: TableLayout) -> bool:
    """Return whether two blocks of columns are tables of their own.

    They are where their headers stand in different rows or are mostly the same, where each has a
    title over its first column, where they begin with the same header, or where both have all their
    rows and one ends before the other.
    """
    if left.header_row != right.header_row:
        return True
    if are_alike(left, right) or _are_titled(grid, left, right):
        return True
    starts = [_headers(layout)[:1] for layout in (left, right)]
    if starts[0] == starts[1]:
        return True
    # A lone `Nama` or `Tgl` begins a table, as `Tgl Bayar` does not.
    begins = all(start in _LEADS for start in starts[1])
    return differ_in_length(grid, left, right, 1 if begins else _SHORTER)


def differ_in_length(
    grid: Grid, left: TableLayout, right: TableLayout, share: float = _SHORTER
) -> bool:
    """Return whether two blocks have all their rows, and one ends before the other.

    Args:
        grid: The tab.
        left: The left one.
        right: The right one.
        share: The part of the left one's rows of which the right one has fewer.
    """
    ours, theirs = (_length(grid, layout) for layout in (left, right))
    return 0 < ours <= theirs - _LONGER or 0 < theirs < share * ours


def are_alike(left: TableLayout, right: TableLayout) -> bool:
    """Return whether most headers of one table are those of another."""
    ours, theirs = _headers(left), _headers(right)
    same = sum(header in ours for header in theirs)
    return same >= max(_SAME * len(theirs), 2)


def _headers(layout: TableLayout) -> list[str]:
    return [normalise(layout.headers[p - 1]) for p in layout.places if p not in layout.blank]


def _are_titled(grid: Grid, left: TableLayout, right: TableLayout) -> bool:
    """Whether a row above the header has a title over the first column of each block."""
    starts = {left.places[0], right.places[0]}
    both = {*left.places, *right.places}
    header = left.header_row
    rows = range(max(header - _TITLED, 1), header)
    return any(starts == {p for p in grid.filled(r) if p in both} for r in rows)


def _length(grid: Grid, layout: TableLayout) -> int:
    """Return how many rows a table has; 0 where one is blank, or its first cell is."""
    inside = set(layout.places)
    below = range(layout.first_row, grid.rows + 1)
    rows = [r for r in below if inside & set(grid.filled(r))]
    whole = rows == list(range(layout.first_row, layout.first_row + len(rows)))
    named = all(layout.places[0] in grid.filled(row) for row in rows)
    return len(rows) if whole and named else 0


def starts_of_titled(grid: Grid, layout: TableLayout) -> list[int]:
    """Return the first columns of tables that touch, each under a title merged over all of it.

    Such titles over one table are the names of its groups. Tables of their own each count their
    rows, or the right one goes on where the left one has ended; none are returned otherwise.
    """
    row, first, last = layout.header_row, layout.places[0], layout.places[-1]
    starts = [p for p in grid.filled(row) if first <= p <= last]
    if layout.header_rows != 2 or len(starts) < 2 or starts[0] != first:
        return []
    blocks = list(zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True))
    titles = {(left + 1, right) for top, _, left, right in grid.merges if top == row - 1}
    named = all(grid.text(row + 1, p) for p in range(first, last + 1))
    if not named or any(block not in titles for block in blocks):
        return []
    below = range(layout.first_row, layout.last_row + 1)
    bodies = [[r for r in below if _holds(grid, r, block)] for block in blocks]
    counted = [
        len(rows) > _LONGER
        and [grid.text(r, start) for r in rows] == [str(n) for n in range(1, len(rows) + 1)]
        for start, rows in zip(starts, bodies, strict=True)
    ]
    longer = [len(right) >= len(left) + _LONGER > _LONGER for left, right in pairwise(bodies)]
    return starts if all(counted) or all(longer) else []


def _holds(grid: Grid, row: int, block: tuple[int, int]) -> bool:
    return any(block[0] <= place <= block[1] for place in grid.filled(row))
