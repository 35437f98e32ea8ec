"""A tab as a grid of kinds and texts, and the shape that a cell shows to the eye."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

from candid_assets.names import column_letter
from candid_assets.vocabulary import any_of, months, stems

Merge = tuple[int, int, int, int]
"""Start row, end row, start column, end column: 0-based, end exclusive."""
LONG: Final = 60
"""Text longer than this is a sentence and no header or value of a list."""
_ASKED_AGAIN: Final = 300
"""Rows whose shapes are kept."""
_ENOUGH: Final = 1_000
"""Characters of a text that its shape is made of."""
_NUMBER: Final = re.compile(
    r"[-+(]?\s*(?:rp\.?|idr|usd|us\$|\$|€|£)?\s*[-+(]?(?:\d{1,3}(?: \d{3})+|\d)[\d.,]*"
    r"\s*(?:%|rb|ribu|jt|juta|,-)?\s*[-)]?",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(?=.*\d)[\w./#-]+", re.UNICODE)
_OF_KIND: Final = {"-": "-", "e": "e", "b": "b", "d": "d", "s": "d", "h": "d"}


@dataclass(frozen=True)
class Grid:
    """One tab's cells; rows and columns are counted from 1, as in the sheet."""

    title: str
    kinds: Sequence[str]
    """The kinds of each row, one letter a column."""
    columns: Sequence[Sequence[str | None]]
    """The text of each column."""
    merges: tuple[Merge, ...] = ()
    frozen_rows: int = 0

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.kinds)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)

    def text(self, row: int, place: int) -> str:
        """Return a cell's text with its spaces collapsed; nothing for a blank."""
        if row > _ASKED_AGAIN:
            return " ".join((self.columns[place - 1][row - 1] or "").split())
        return self.texts(row)[place - 1]

    def texts(self, row: int) -> Sequence[str]:
        """Return the texts of a row's cells, as `text` does of each."""
        line = self._texts.get(row)
        if line is None:
            cells = (column[row - 1] for column in self.columns)
            line = [" ".join((cell or "").split()) for cell in cells]
            if row <= _ASKED_AGAIN:
                self._texts[row] = line
        return line

    @cached_property
    def _texts(self) -> dict[int, list[str]]:
        """The texts of the first rows, which the search for a header asks for again and again."""
        return {}

    @cached_property
    def remembered(self) -> dict[str, object]:
        """What was worked out of the cells, by the name of what it is."""
        return {}

    def kind(self, row: int, place: int) -> str:
        """Return a cell's kind; a text of nothing but spaces is a blank."""
        kind = self.kinds[row - 1][place - 1]
        text = self.columns[place - 1][row - 1]
        return "-" if kind == "t" and (not text or text.isspace()) else kind

    def shape(self, row: int, place: int) -> str:
        """Return the shape of a cell; see `shape_of`."""
        return self._shape(row, place) if row > _ASKED_AGAIN else self.shapes(row)[place - 1]

    def shapes(self, row: int) -> Sequence[str]:
        """Return the shapes of a row's cells."""
        line = self._shapes.get(row)
        if line is None:
            line = [self._shape(row, place) for place in range(1, self.width + 1)]
            if row <= _ASKED_AGAIN:
                self._shapes[row] = line
        return line

    @cached_property
    def _shapes(self) -> dict[int, list[str]]:
        """The shapes of the first rows, which the search for a header asks for again and again."""
        return {}

    def _shape(self, row: int, place: int) -> str:
        # The first part of a very long text is a sentence already.
        text = (self.columns[place - 1][row - 1] or "")[:_ENOUGH]
        text, kind = " ".join(text.split()), self.kind(row, place)
        return _short_shape(text, kind) if len(text) <= LONG else shape_of(text, kind)

    def filled(self, row: int) -> tuple[int, ...]:
        """Return the columns of a row that are not blank."""
        return self._filled[row - 1]

    @cached_property
    def _filled(self) -> list[tuple[int, ...]]:
        hollow: dict[int, set[int]] = {}
        for place, column in enumerate(self.columns, 1):
            for row, text in enumerate(column):
                if text is not None and not text.strip():
                    hollow.setdefault(row, set()).add(place)
        known: dict[str, tuple[int, ...]] = {}
        filled_rows = []
        for row, kinds in enumerate(self.kinds):
            if kinds not in known:
                known[kinds] = tuple(p for p, kind in enumerate(kinds, 1) if kind != "-")
            filled = known[kinds]
            bare = hollow.get(row)
            filled_rows.append(tuple(p for p in filled if p not in bare) if bare else filled)
        return filled_rows

    def first_text(self, row: int, last: int) -> str:
        """Return the text of the first text cell of a row, up to a column."""
        for place in range(1, last + 1):
            if self.kind(row, place) == "t":
                return self.text(row, place)
        return ""

    def is_one_cell(self, first_row: int, last_row: int) -> bool:
        """Return whether a cell of one column is merged over just these rows."""
        rows = (first_row - 1, last_row)
        return any((m[0], m[1]) == rows and m[3] - m[2] == 1 for m in self.merges)

    def begins_inside(self, first_row: int, last_row: int) -> bool:
        """Return whether a cell of one column is merged from above to the last of these rows."""
        return any(
            top < first_row - 1 and bottom == last_row and right - left == 1
            for top, bottom, left, right in self.merges
        )

    def range_of(self, rows: tuple[int, int], places: tuple[int, int]) -> str:
        """Return the name of a block of cells, such as `A3:F20`."""
        first = f"{column_letter(places[0])}{rows[0]}"
        last = f"{column_letter(places[1])}{rows[1]}"
        return first if first == last else f"{first}:{last}"


def cut(grid: Grid, rows: tuple[int, int], places: tuple[int, int]) -> Grid:
    """Return a grid in which only a block of rows and columns has cells, at their own places.

    Args:
        grid: The tab.
        rows: The first and the last row.
        places: The first and the last column.
    """
    if (rows, places) == ((1, grid.rows), (1, grid.width)):
        return grid
    first, last = rows[0] - 1, rows[1]
    left, right = places[0] - 1, places[1]
    blank, beside = "-" * grid.width, "-" * max(grid.width - right, 0)
    kinds = [
        "-" * left + kinds[left:right] + beside if first <= row < last else blank
        for row, kinds in enumerate(grid.kinds[:last])
    ]
    nothing: list[str | None] = [None] * last
    columns = [
        [*nothing[:first], *column[first:last]] if left <= place < right else nothing
        for place, column in enumerate(grid.columns)
    ]
    merges = tuple(m for m in grid.merges if first <= m[0] < last and left <= m[2] < right)
    frozen = grid.frozen_rows if first < grid.frozen_rows <= last else 0
    return Grid(grid.title, kinds, columns, merges, frozen)


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Return rising numbers of rows or columns in the runs that follow each other without a gap."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and groups[-1][-1] == number - 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


@lru_cache(8192)
def _short_shape(text: str, kind: str) -> str:
    # Columns beside each other hold much the same.
    return shape_of(text, kind)


def shape_of(text: str, kind: str) -> str:
    """Return what a cell looks like, whatever its column will be.

    `n` number, `d` date or time, `b` checkbox, `e` error, `y` a year, month or quarter as a
    header has it, `c` code, `w` words, `l` a sentence, `-` blank.
    """
    if kind in _OF_KIND:
        return _OF_KIND[kind]
    if _period().fullmatch(text):
        return "y"
    if kind == "n":
        return "n"
    if len(text) > LONG:
        return "l"
    return next((shape for shape, form in _forms().items() if form.fullmatch(text)), "w")


def is_spelled_day(text: str) -> bool:
    """Return whether a text names a day, in whatever order: `Dec-27 2020`, `27 Desember 2020`."""
    figures = re.findall(r"\d+", text)
    named = re.search(rf"(?<![^\W\d_]){_month()}(?![^\W\d_])", text, re.IGNORECASE)
    return bool(named) and len(figures) == 2 and len(figures[0]) <= 2 < len(figures[1])


@cache
def _month() -> str:
    return f"(?:{any_of(stems(months()))})[a-z]*\\.?"


@cache
def _period() -> re.Pattern[str]:
    return re.compile(
        rf"(?:19|20)\d\d(?:\s*[-/]\s*(?:19|20)?\d\d)?|{_month()}(?:[-/' ]*\d{{2,4}})?"
        r"|(?:q|tw|kuartal|triwulan|quarter|week|minggu|w)\s?-?[ivx1-9]\d?(?:[-/' ]*\d{2,4})?",
        re.IGNORECASE,
    )


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    date = re.compile(
        r"(?:[a-z']+,?\s+)?"
        rf"(?:\d{{1,4}}[-/. ]\d{{1,2}}[-/. ]\d{{1,4}}|\d{{1,2}}[-/. ]{_month()}[-/., ]+\d{{2,4}}"
        rf"|{_month()}\s\d{{1,2}},?\s\d{{4}})(?:[ t]\d{{1,2}}[:.]\d{{2}}.*)?"
        r"|\d{1,2}:\d{2}(?::\d{2})?",
        re.IGNORECASE,
    )
    return {"n": _NUMBER, "d": date, "c": _CODE}
