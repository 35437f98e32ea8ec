"""Where the headers of one table stand in a tab that holds several, beside or below one another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from candid_assets.contracts.header_text import Row, header_texts, normalise
from candid_assets.contracts.tables_in_tab import BLANK_HEADER

_TITLED: Final = 12
"""Rows above a header among which its table's title is looked for, forms between them included."""


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A place in a tab where a contract's headers stand side by side."""

    row: int
    """Sheet row of the header's first row."""
    first: int
    """The table's first column, counted from 1."""
    last: int


def table_places(
    rows: Sequence[Row], required: Sequence[str], ignored: frozenset[str] = frozenset()
) -> list[TablePlace]:
    """Return the narrowest places that hold all headers, from the top and from the left.

    Cells beside them are the table's too as far as they are headers of their own: neither blank,
    nor one that the table has already, nor left out by name, nor another place's.

    Args:
        rows: The tab's rows, those of a header of several rows joined.
        required: The headers in their order, as they are compared.
        ignored: Headers that are no part of the table.
    """
    plain = {h for h in required if not (BLANK_HEADER.fullmatch(h) or h.endswith(")"))}
    places: list[TablePlace] = []
    for number, row in enumerate(rows, 1):
        if sum(cell is not None for cell in row) < len(plain):
            continue
        cells = [normalise(cell) for cell in row]
        if plain <= set(cells):
            places += _widened(number, cells, _narrowest(row, required), ignored)
    return places


def within(row: Row, place: TablePlace) -> list[str | None]:
    """Return a row with nothing but the cells of a place's columns."""
    return [cell if place.first <= n <= place.last else None for n, cell in enumerate(row, 1)]


def _narrowest(row: Row, required: Sequence[str]) -> list[tuple[int, int]]:
    """Return the narrowest runs of cells that hold all headers, from the left; none overlap.

    Of runs that share cells the narrower one is meant, then one that holds them in their order:
    `Tgl, Keluar, Jumlah` behind `Tgl, Masuk, Jumlah` do not begin with the other table's `Jumlah`.
    """
    every = set(required)

    def texts(first: int, last: int) -> list[str]:
        cells = [cell if first <= n <= last else None for n, cell in enumerate(row, 1)]
        return [normalise(text) for text in header_texts(cells)[first - 1 : last]]

    def holds(first: int, last: int) -> bool:
        return every.issubset(texts(first, last))

    def rank(run: tuple[int, int]) -> tuple[int, bool, int]:
        ordered = [text for text in texts(*run) if text in every] == list(required)
        return run[1] - run[0], not ordered, run[0]

    runs: list[tuple[int, int]] = []
    first = 1
    for last in range(1, len(row) + 1):
        if not holds(first, last):
            continue
        while first < last and holds(first + 1, last):
            first += 1
        runs.append((first, last))
        first += 1
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(runs, key=rank):
        if all(end < other[0] or start > other[1] for other in chosen):
            chosen.append((start, end))
    return sorted(chosen)


def _widened(
    row: int, cells: Sequence[str], runs: Sequence[tuple[int, int]], ignored: frozenset[str]
) -> Iterator[TablePlace]:
    """Yield places with the headers beside them that no other place and no header above has."""
    for index, run in enumerate(runs):
        first, last = run
        before = runs[index - 1][1] if index else 0
        after = runs[index + 1][0] if index + 1 < len(runs) else len(cells) + 1
        taken = {"", *cells[first - 1 : last], *ignored}
        while last + 1 < after and cells[last] not in taken:
            taken.add(cells[last])
            last += 1
        while first - 1 > before and cells[first - 2] not in taken:
            taken.add(cells[first - 2])
            first -= 1
        yield TablePlace(row, first, last)


def chosen_place(
    places: Sequence[TablePlace], rows: Sequence[Row], which: int | str
) -> TablePlace | None:
    """Return the place of a number, or the one nearest below a title; None where there is none.

    Args:
        places: Where the headers stand, from the top and from the left.
        rows: The tab's rows.
        which: The number, counted from 1, or first words of the title.
    """
    if isinstance(which, int):
        return places[which - 1] if which <= len(places) else None
    words = normalise(which)
    distances = {
        place: place.row - title
        for place in places
        if (title := _title_row(rows, place, words)) is not None
    }
    return min(distances, key=lambda place: distances[place], default=None)


def _title_row(rows: Sequence[Row], place: TablePlace, words: str) -> int | None:
    """Return the nearest row above a header in which a cell of its columns begins with words."""
    for row in range(place.row - 1, max(place.row - 1 - _TITLED, 0), -1):
        if any(_begins(cell, words) for cell in rows[row - 1][place.first - 1 : place.last]):
            return row
    return None


def _begins(cell: str | None, words: str) -> bool:
    text = normalise(cell)
    rest = text.removeprefix(words)
    return text.startswith(words) and not (rest[:1].isalpha() and words[-1:].isalpha())
