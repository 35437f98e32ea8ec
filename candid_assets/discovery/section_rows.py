"""Rows that head a section of a table: one text, merged over most of its columns."""

from collections.abc import Sequence

from candid_assets.cleaning.drop_rules import SECTION_COLUMNS
from candid_assets.discovery.grid import Grid


def is_section(grid: Grid, row: int, places: Sequence[int]) -> bool:
    """Return whether cleaning drops a row as the heading of a section."""
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
