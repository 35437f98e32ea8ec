"""Finds tables that stand beside each other in one tab, with a blank column between them."""

from collections.abc import Sequence
from typing import Final

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.header_candidates import Candidate

_SAME: Final = 0.6
"""The part of a block's headers that another block has too, where both are tables of their own."""
_TITLED: Final = 4
"""Rows above a header among which each table's own title is looked for."""


def tables_beside(
    grid: Grid, best: Candidate, blocks: Sequence[list[int]], main: list[int]
) -> list[list[int]]:
    """Return the blocks of columns that are tables of their own beside the main one.

    Args:
        grid: The tab.
        best: The header that all of them share.
        blocks: Runs of columns without a blank one.
        main: The block with most cells.
    """
    return [b for b in blocks if b is not main and _is_table(grid, best, b, main)]


def _is_table(grid: Grid, best: Candidate, block: list[int], main: list[int]) -> bool:
    ours, theirs = _headers(best, main), _headers(best, block)
    if len(theirs) < 2:
        return False
    same = sum(header in ours for header in theirs)
    return same >= max(_SAME * len(theirs), 2) or _are_titled(grid, best, block, main)


def _headers(best: Candidate, block: Sequence[int]) -> list[str]:
    return [text for p in block if (text := normalise(best.texts[p - 1]))]


def _are_titled(grid: Grid, best: Candidate, block: list[int], main: list[int]) -> bool:
    """Whether a row above the header has a title over the first column of each block."""
    starts = {block[0], main[0]}
    rows = range(max(best.row - _TITLED, 1), best.row)
    return any(starts == {p for p in grid.filled(r) if p in {*block, *main}} for r in rows)
