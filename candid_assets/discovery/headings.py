"""Rows that number what stands beside or below them: `II` beside `Beton`, weeks 1 to 4."""

import re
from typing import Final

from candid_assets.cleaning.sections_sql import NUMBERED
from candid_assets.discovery.grid import LONG, Grid
from candid_assets.discovery.summary_words import summary_lead

_NUMBERED: Final = re.compile(NUMBERED)


def is_numbered(grid: Grid, row: int) -> bool:
    """Return whether a row is a Roman figure or a letter beside words, and nothing else."""
    places = grid.filled(row)
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    number, words = (grid.text(row, p) for p in places)
    return bool(_NUMBERED.fullmatch(number)) and grid.shape(row, places[1]) in "wc" and words != ""


def counts(grid: Grid, row: int) -> bool:
    """Return whether the cells of a row count from 1, as the weeks of a month below its name."""
    figures = [grid.text(row, p) for p in grid.filled(row)]
    return len(figures) > 1 and figures == [str(n + 1) for n in range(len(figures))]


def is_noted(grid: Grid, row: int) -> bool:
    """Return whether the one text of a row sums others up or is a sentence."""
    lead = grid.first_text(row, grid.width)
    return len(grid.filled(row)) == 1 and (summary_lead(lead) is not None or len(lead) > LONG)
