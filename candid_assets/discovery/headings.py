"""Rows that number what stands beside or below them: `II` beside `Beton`, weeks 1 to 4."""

import re
from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.sections_sql import NUMBERED
from candid_assets.discovery.grid import LONG, Grid, is_spelled_day
from candid_assets.discovery.summary_words import summary_lead

_NUMBERED: Final = re.compile(NUMBERED)
_FACT: Final = re.compile(r"[^\W\d][^:]*\s?:(?:\s.*)?")
"""A label of a form, with its value or without: `Nama Barang : Semen`, `Periode:`."""


def is_numbered(grid: Grid, row: int) -> bool:
    """Return whether a row is a Roman figure or a letter beside words, and nothing else."""
    places = grid.filled(row)
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    number, words = (grid.text(row, p) for p in places)
    return bool(_NUMBERED.fullmatch(number)) and grid.shape(row, places[1]) in "wc" and words != ""


def are_numbered(grid: Grid, rows: Sequence[int], place: int) -> bool:
    """Return whether a good part of rows have letters or Roman figures in a column."""
    return 4 * sum(bool(_NUMBERED.fullmatch(grid.text(r, place))) for r in rows) >= len(rows)


def counts(grid: Grid, row: int) -> bool:
    """Return whether a row counts from 1 below one name, as the weeks of a month do.

    The name is merged over all of it, or others stand to the left of it and none above the rest.
    """
    places = grid.filled(row)
    if row < 2 or not all(grid.text(row, p) == str(n) for n, p in enumerate(places, 1)):
        return False
    above = set(grid.filled(row - 1))
    span = (row - 2, row - 1, places[0] - 1, places[-1])
    alone = min(above, default=places[0]) < places[0] and above & {*places} == {places[0]}
    return len(places) > 1 and (span in grid.merges or (alone and len(places) > 2))


def is_framed(grid: Grid, row: int, last: int) -> bool:
    """Return whether names are merged down to a row, beside others that are merged over its cells.

    No row between is data then, whatever stands in it: a rate below the name of a tax.
    """
    places = grid.filled(row)
    down = sum(m[:2] == (row - 1, last) and m[3] - m[2] == 1 for m in grid.merges)
    over = any(m[:2] == (row - 1, row) and m[3] - m[2] > 1 for m in grid.merges)
    return down > 1 and over and all(grid.kind(row, p) == "t" for p in places)


def is_noted(grid: Grid, row: int) -> bool:
    """Return whether the one text of a row sums others up or is a sentence."""
    if len(grid.filled(row)) != 1:
        return False
    lead = grid.first_text(row, grid.width)
    return summary_lead(lead) is not None or len(lead) > LONG


def states_fact(grid: Grid, row: int) -> bool:
    """Return whether a row is a fact of the report: a label with a colon, or a word and a date."""
    places = grid.filled(row)
    texts = [grid.text(row, p) for p in places]
    if any(map(_FACT.fullmatch, texts)):
        return True
    if len(places) != 2 or grid.shape(row, places[0]) not in "wl":
        return False
    return grid.shape(row, places[1]) in "nd" or is_spelled_day(texts[1])
