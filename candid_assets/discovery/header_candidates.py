"""Scores the rows of a tab that may be its header by their cells and the cells below."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Final

from candid_assets.contracts.header_text import joined, normalise
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.header_stacks import MOST_ROWS, HeaderStacks
from candid_assets.discovery.office_words import HEADER_WORDS, words_of

SEARCHED: Final = 40
"""Rows that are not blank among which the header is looked for."""
_BODY: Final = 30
_HEADER_SHAPES: Final = {"w": 1.0, "c": 0.8, "y": 0.8, "l": 0.4, "n": 0.0, "d": 0.3}
_COMPARED: Final = 100
"""Columns whose names are compared with their cells; of a wider tab as many are chosen."""
_OF_DISTINCT: Final = 1.0
_OF_KNOWN: Final = 1.5
_MOST_OF_WORDS: Final = _OF_DISTINCT + _OF_KNOWN
_MOST_OF_CONTRAST: Final = 2.5
"""The most that words, and differences from the cells below, add to a score."""
_A_ROW_OF_DATA: Final = 0.4
"""The most that cells can look like headers where one of them is a date over dates."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Rows that may be the header, and how much speaks for them."""

    row: int
    """Sheet row of the first."""
    rows: int
    texts: tuple[str, ...]
    """Joined text of each column, blank where there is none."""
    score: float
    textual: float
    """Share of its cells that look like headers, from 0 to 1."""
    coverage: float
    """Share of the columns below that it names, from 0 to 1."""

    @property
    def last_row(self) -> int:
        """Sheet row of the last."""
        return self.row + self.rows - 1


class HeaderSearch:
    """Scores the first rows of one tab."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._filled = {
            row: filled for row in range(1, grid.rows + 1) if (filled := grid.filled(row))
        }
        self._order = list(self._filled)
        self._texts: dict[int, dict[int, str]] = {}
        self.stacks = HeaderStacks(grid, self._filled)

    @cached_property
    def best(self) -> Candidate | None:
        """The candidate with the highest score, the first of equals."""
        best: Candidate | None = None
        for row, count in self._possible():
            one = self._scored(row, count, best.score if best else -inf)
            if one is not None and (best is None or one.score > best.score):
                best = one
        return best

    def rows_below(self, row: int, most: int) -> list[int]:
        """Return the first rows below a row that are not blank."""
        first = bisect_right(self._order, row)
        return self._order[first : first + most]

    def _possible(self) -> Iterator[tuple[int, int]]:
        seen: set[tuple[str, ...]] = set()
        for row in self._order[:SEARCHED]:
            texts = tuple(self.grid.texts(row))
            if texts in seen and len(self._filled[row]) > 1:
                continue
            seen.add(texts)
            yield row, 1
            for count in range(2, MOST_ROWS + 1):
                if self.stacks.stacks(row, count):
                    yield row, count

    def _same(self, row: int, other: int) -> bool:
        """Whether two rows hold the same texts, as a header printed again does."""
        if len(self._filled[other]) < 2 or self._filled[row] != self._filled[other]:
            return False
        ours, others = self.grid.texts(row), self.grid.texts(other)
        return all(ours[p - 1] == others[p - 1] for p in self._filled[row])

    def _is_title(self, named: Sequence[int], columns: set[int]) -> bool:
        """Whether a row has a single text above a table; right of names it may be a header."""
        if len(named) != 1 or len(columns) < 2:
            return False
        return not (len(columns) == 2 and named[0] == max(columns))

    def _scored(self, row: int, count: int, least: float) -> Candidate | None:
        """Return rows with their score, or None where it is at most another's."""
        grid, last = self.grid, row + count - 1
        lines = [grid.texts(r) for r in range(row, last + 1)]
        texts = [text or "" for text in joined(lines)] if count > 1 else lines[0]
        named = [p for p, text in enumerate(texts, 1) if text]
        body = [r for r in self.rows_below(last, _BODY) if count > 1 or not self._same(r, row)]
        # A line with nothing below it names all columns of the tab, or is no header but a note.
        columns = self._columns(body or self._order, named)
        shapes = self._header_shapes(row, count, named, texts)
        textual = _textual(texts, shapes)
        inside = [p for p in named if p in columns]
        if any(shapes[p] == "d" and self._is_dated(body, p) for p in inside):
            textual = min(textual, _A_ROW_OF_DATA)
        coverage = len(inside) / max(len(columns), 1)
        used = len(inside) / len(named) if named else 0.0
        sure = (
            3.0 * coverage
            + 1.5 * used
            + 2.0 * textual
            - 0.04 * min(self._order.index(row), 30)
            - 0.3 * (count - 1)
            + (0.7 if grid.frozen_rows == last else 0.0)
            + (0.6 if count > 1 and self.stacks.is_units(last) else 0.0)
            + (0.6 if any(self.stacks.is_split(r) for r in range(row, last)) else 0.0)
            + (0.9 if count > 1 and self._is_sure(row, count) else 0.0)
            - (1.5 if grid.begins_inside(row, last) else 0.0)
            - (2.5 if self._is_title(named, columns) else 0.0)
            - (0.0 if body else 1.5)
            - (1.0 if count == 1 and self._continues(row, textual) else 0.0)
            - (2.0 if count == 1 and self._is_in_form(row) else 0.0)
        )
        # Most rows of a wide tab are data, and their names take longest to compare: of those that
        # stay below another's score whatever is left to compare, it is not.
        if sure + _MOST_OF_WORDS + _MOST_OF_CONTRAST <= least:
            return None
        sure += self._worth_of_words([texts[p - 1] for p in named])
        if sure + _MOST_OF_CONTRAST <= least:
            return None
        compared = inside[:: len(inside) // _COMPARED + 1]
        below = [grid.shapes(r) for r in body]
        contrast = sum(self._contrast(body, below, p, texts[p - 1], shapes[p]) for p in compared)
        score = sure + _MOST_OF_CONTRAST * contrast / max(len(compared), 1)
        return Candidate(row, count, tuple(texts), score, textual, coverage)

    def _worth_of_words(self, names: Sequence[str]) -> float:
        """Return what is added for names that differ and have words of headers in them."""
        distinct = len({normalise(name) for name in names})
        known = sum(bool(words_of(name) & HEADER_WORDS) for name in names)
        return (_OF_DISTINCT * distinct + _OF_KNOWN * known) / max(len(names), 1)

    def _is_sure(self, row: int, count: int) -> bool:
        """Whether the rows leave no doubt that they are one header."""
        stacks, last = self.stacks, row + count - 1
        above_units = count > 2 and stacks.is_units(last) and stacks.is_proven(row, count - 1)
        return (
            stacks.is_proven(row, count)
            or stacks.is_broken(row)
            or above_units
            or self.grid.is_one_cell(row, last)
        )

    def _continues(self, row: int, textual: float) -> bool:
        """Whether the row above has the same cells and looks as much like a header."""
        above = self._filled.get(row - 1, ())
        if not set(above) >= set(self._filled[row]) or self._is_pairs(row - 1):
            return False
        line = self.grid.shapes(row - 1)
        shapes = {p: line[p - 1] for p in above}
        return _textual(self.grid.texts(row - 1), shapes) >= textual - 0.1

    def _is_in_form(self, row: int) -> bool:
        """Whether a row and one of those next to it are labels beside values."""
        return self._is_pairs(row) and (self._is_pairs(row - 1) or self._is_pairs(row + 1))

    def _is_pairs(self, row: int) -> bool:
        """Whether a row is two labels or more, each beside its value: `NIK 3201 Bulan Mei 2025`."""
        places, grid = self._filled.get(row, ()), self.grid
        if len(places) < 4 or len(places) % 2:
            return False
        labels = all(grid.shape(row, p) == "w" for p in places[::2])
        return labels and any(grid.shape(row, p) in "ndyc" for p in places[1::2])

    def _header_shapes(
        self, row: int, count: int, named: Sequence[int], texts: Sequence[str]
    ) -> dict[int, str]:
        """Return the shape of each name of a row, or of rows that are joined."""
        if count == 1:
            line = self.grid.shapes(row)
            return {p: line[p - 1] for p in named}
        return {p: "l" if len(texts[p - 1]) > 120 else "w" for p in named}

    def _columns(self, body: Sequence[int], named: Sequence[int]) -> set[int]:
        """Return the columns that are filled in a good part of the rows below, and those named."""
        counts: Counter[int] = Counter()
        # Rows of the same columns are counted together: most of a wide tab are.
        for places, rows in Counter(self._filled[row] for row in body).items():
            counts.update(places if rows == 1 else dict.fromkeys(places, rows))
        least = max(0.3 * len(body), 1)
        used = {place for place, count in counts.items() if count >= least}
        return used or set(named)

    def _is_dated(self, body: Sequence[int], place: int) -> bool:
        """Whether the cells below are dates; what is a date itself is no name of such a column."""
        shapes = [s for r in body if (s := self.grid.shape(r, place)) != "-"]
        return len(shapes) > 1 and shapes.count("d") > 0.8 * len(shapes)

    def _folded(self, row: int, place: int) -> str:
        """Return a cell's text as headers are compared."""
        known = self._texts.setdefault(row, {})
        if place not in known:
            known[place] = normalise(self.grid.text(row, place))
        return known[place]

    def _contrast(
        self,
        body: Sequence[int],
        below: Sequence[Sequence[str]],
        place: int,
        text: str,
        shape: str,
    ) -> float:
        """Return how much a header differs from the cells below it, from 0 to 1."""
        shapes = [line[place - 1] for line in below]
        counts = Counter(shapes)
        del counts["-"]
        if not counts:
            return 0.3
        common, count = counts.most_common(1)[0]
        share = count / counts.total()
        if shape in "wl" and common in "ndb":
            return share
        if (
            (shape in "cyd" and common in "nb")
            or (shape in "cy" and common == "d")
            or (shape in "wy" and common == "c")
        ):
            return 0.8 * share
        values = [self._folded(r, place) for r, s in zip(body, shapes, strict=True) if s != "-"]
        if normalise(text) in values or shape not in "wcy":
            return 0.0
        if common not in "wly":
            return 0.2
        return 0.5 if len(set(values)) < 0.8 * len(values) else 0.35


def _textual(texts: Sequence[str], shapes: dict[int, str]) -> float:
    if not shapes:
        return 0.0
    numbers = [int(texts[p - 1]) for p, s in shapes.items() if s == "n" and texts[p - 1].isdigit()]
    counting = 3 <= len(numbers) < len(shapes) and all(b - a == 1 for a, b in pairwise(numbers))
    worth = _HEADER_SHAPES | ({"n": 0.8} if counting else {})
    days = [texts[p - 1] for p, s in shapes.items() if s == "d"]
    if 3 <= len(days) < len(shapes) and days == sorted(set(days)):
        worth["d"] = 0.8
    return sum(worth.get(shape, 0.0) for shape in shapes.values()) / len(shapes)
