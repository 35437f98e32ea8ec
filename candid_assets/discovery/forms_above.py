"""Tells a form above a table from a table of its own."""

from typing import Final

from candid_assets.discovery.grid import Grid, runs
from candid_assets.discovery.table_layout import TableLayout

_FEWEST: Final = 3
"""Rows from which on labels beside values of one kind are a table."""
_MOST: Final = 6
"""Lines that a form beside a letterhead has at most, without the first."""


def is_form(grid: Grid, layout: TableLayout) -> bool:
    """Return whether what stands above a table is rather a form: labels beside values of any kind.

    Args:
        grid: What stands there, alone.
        layout: It, as a table.
    """
    rows = [r for r in range(layout.first_row, layout.last_row + 1) if grid.filled(r)]
    if len(layout.places) > 2:
        return len(rows) <= _MOST and _is_torn(grid, layout, len(rows))
    return len(rows) < _FEWEST or any(
        grid.shape(row, layout.places[-1]) not in "nd" for row in rows
    )


def _is_torn(grid: Grid, layout: TableLayout, rows: int) -> bool:
    """Whether blank columns divide a few lines, and the first of them holds values already."""
    row = layout.header_row
    merged = {
        place
        for top, bottom, left, right in grid.merges
        if top < row <= bottom
        for place in range(left + 1, right + 1)
    }
    torn = len(runs(sorted(merged.union(layout.places)))) > 1
    typed = any(grid.shape(row, p) in "ndc" for p in layout.places)
    return torn and (typed or 1 < rows < _FEWEST)
