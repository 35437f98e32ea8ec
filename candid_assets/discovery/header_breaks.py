"""Rows below a table's first row with which another table of the tab begins."""

import re
from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.form_cells import BETWEEN, is_label
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.office_words import HEADER_WORDS, words_of
from candid_assets.discovery.summary_words import summary_lead

_MOST_HEADER_ROWS: Final = 3
_FIGURE: Final = re.compile(r"\d")
_SHORTEST: Final = 4
"""The fewest letters of a title's words in front of its first figure by which it is found again."""


def header_breaks(grid: Grid) -> list[int]:
    """Return the rows at which another table begins: its title, its form or its header.

    Each stands above a header unlike the first: words that headers have, below a blank row or a
    title, right above numbers or days; or nothing but such words, where rows above have numbers or
    days or where a title is merged over all of them. The tab's first header begins none.
    """
    filled = [r for r in range(1, grid.rows + 1) if grid.filled(r)]
    heads = [r for r in filled if _is_head(grid, r)]
    starts: list[int] = []
    for row in heads[1:]:
        if all(_texts(grid, row) != _texts(grid, other) for other in heads if other < row):
            starts.append(_start(grid, row))
    return [start for start in dict.fromkeys(starts) if start > heads[0]]


def _texts(grid: Grid, row: int) -> tuple[str, ...]:
    return tuple(grid.text(row, p).lower() for p in range(1, grid.width + 1))


def _is_head(grid: Grid, row: int) -> bool:
    """Whether a row is a header that begins a block of rows."""
    plain = _is_plain(grid, row)
    if row > 1 and len(grid.filled(row - 1)) > 1 and not (plain and _interrupts(grid, row)):
        return False
    if _is_titled(grid, row) and (plain or _names_other(grid, row)):
        return True
    if not _is_wordy(grid, row) or summary_lead(grid.first_text(row, grid.width)):
        return False
    words = [row]
    while len(words) <= _MOST_HEADER_ROWS and words[-1] < grid.rows:
        below = words[-1] + 1
        if not _is_wordy(grid, below):
            return _names_data(grid, words, below)
        words.append(below)
    return False


def _is_plain(grid: Grid, row: int) -> bool:
    """Whether a row is names of columns alone: two or more, hardly a word that headers lack."""
    if not _is_wordy(grid, row):
        return False
    texts = [words_of(grid.text(row, p)) for p in grid.filled(row)]
    known = sum(bool(words) and words <= HEADER_WORDS for words in texts)
    return known > 1 and known >= len(texts) - 1


def _interrupts(grid: Grid, row: int) -> bool:
    """Whether a row has words where the row right above it has numbers or days, and no blank."""
    above = grid.filled(row - 1)
    whole = len(above) > 1 and set(above) <= set(grid.filled(row))
    return whole and _is_over_typed(grid, row, row - 1)


def _is_over_typed(grid: Grid, row: int, above: int) -> bool:
    """Whether a row has a cell where another one has a number or a day."""
    return any(grid.shape(above, p) in "nd" for p in grid.filled(row))


def _names_other(grid: Grid, row: int) -> bool:
    """Whether a row of words below a title has one that headers have, and other columns' kinds."""
    known = any(words_of(grid.text(row, p)) & HEADER_WORDS for p in grid.filled(row))
    return known and row > 2 and _is_wordy(grid, row) and _is_over_typed(grid, row, row - 2)


def _is_titled(grid: Grid, row: int) -> bool:
    """Whether a title right above a row is merged over all of its cells, and rows are below it."""
    places = grid.filled(row)
    over = {(left + 1, right) for top, _, left, right in grid.merges if top == row - 2}
    below = grid.filled(row + 1) if row < grid.rows else ()
    return (places[0], places[-1]) in over and len(set(below) & set(places)) > 1


def _is_wordy(grid: Grid, row: int) -> bool:
    """Whether a row is two or more different short words, and no labels of a form."""
    places = grid.filled(row)
    texts = [grid.text(row, p).lower() for p in places]
    words = all(grid.shape(row, p) in "wcy" and grid.kind(row, p) == "t" for p in places)
    form = any(is_label(text) or text[0] in BETWEEN for text in texts)
    return len(places) > 1 and words and len(set(texts)) == len(texts) and not form


def _names_data(grid: Grid, words: Sequence[int], below: int) -> bool:
    """Whether words that headers have stand over numbers or days of a row of data."""
    named = {p for row in words for p in grid.filled(row)}
    typed = [p for p in grid.filled(below) if grid.shape(below, p) in "nd"]
    known = any(words_of(grid.text(row, p)) & HEADER_WORDS for row in words for p in named)
    return known and bool(named.intersection(typed)) and len(named) > len(typed) - 1


def _start(grid: Grid, head: int) -> int:
    """Return the first of the titles and forms right above a header."""
    start = head
    while start > 1 and len(grid.filled(start - 1)) == 1 and _is_text(grid, start - 1):
        start -= 1
    if start == head and start > 2 and not grid.filled(start - 1):
        # A title may have a blank row below it, too.
        title = start - 2
        if len(grid.filled(title)) == 1 and title > 1 and not grid.filled(title - 1):
            start = title if _is_text(grid, title) else start
    return start


def _is_text(grid: Grid, row: int) -> bool:
    (place,) = grid.filled(row)
    text = grid.text(row, place)
    return grid.kind(row, place) == "t" and summary_lead(text) is None


def title_above(grid: Grid, header: int) -> str:
    """Return the words of the title above a table's header: without its dates and numbers.

    Args:
        grid: The tab with nothing but the table's cells and those above it.
        header: The header's first row.
    """
    for row in range(header - 1, 0, -1):
        places = grid.filled(row)
        if len(places) == 1 and grid.kind(row, places[0]) == "t":
            text = grid.text(row, places[0])
            if ":" not in text:
                words = _FIGURE.split(text, maxsplit=1)[0].rstrip(" (-/")
                return words if len(words) >= _SHORTEST else text
    return ""
