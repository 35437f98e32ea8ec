"""The cells of a tab, whatever blanks trail."""

from collections.abc import Iterable, Sequence

from candid_assets.sandbox.workbook import Cell


def without_trailing_blanks(rows: Iterable[Sequence[Cell]]) -> list[list[Cell]]:
    """Return rows without the blank cells at their ends and the blank rows at the tab's end."""
    cut = [list(row) for row in rows]
    for row in cut:
        while row and row[-1] is None:
            row.pop()
    while cut and not cut[-1]:
        cut.pop()
    return cut
