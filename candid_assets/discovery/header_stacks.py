"""Whether rows that follow each other are one header: names over two rows, groups over names.

Rows are one header where merged cells or blanks show that each names what the others leave open, or
where the lower ones cannot be data: words stand in them over columns of numbers and dates.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from candid_assets.discovery.grid import Grid, runs
from candid_assets.discovery.header_units import (
    adds_to_name,
    are_form_notes,
    are_none,
    are_units,
    is_bracketed_unit,
    is_unit,
)
from candid_assets.discovery.headings import counts, is_framed, is_noted, is_numbered, states_fact
from candid_assets.discovery.judged_once import judged_once
from candid_assets.discovery.office_words import HEADER_WORDS, MONEY_WORDS, MORE_BLANKS, words_of
from candid_assets.discovery.table_ends import column_numbers
from candid_assets.vocabulary import BLANK_WORDS

MOST_ROWS: Final = 4
_BODY: Final = 30
_TYPED: Final = 3
"""The fewest columns of numbers and dates whose words leave no doubt about a row."""
_HEADS: Final = 0.5
"""The part of a row's cells that must be words over columns of other cells."""
_NAME: Final = re.compile(r"[^\W\d_][^:\d]{0,19}")
"""A part of a name."""
_FEWEST_BROKEN: Final = 3
_WORD: Final = re.compile(r"[^\W\d_][^\d:]{1,19}")
_FEWEST_NAMES: Final = 3
"""Fewer names have a row of data below them that is no more than one text."""
_FEWEST: Final = 5
"""Fewer rows may have a cell in common by chance."""


@dataclass(frozen=True, slots=True)
class HeaderStacks:
    """Judges stacks of rows of one tab."""

    grid: Grid
    filled: Mapping[int, tuple[int, ...]]
    """The columns that are not blank, of each row that is not."""
    judged: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def stacks(self, row: int, count: int) -> bool:
        """Return whether rows look like one header."""
        rows = range(row, row + count)
        if count > 1 and is_framed(self.grid, row, rows[-1]):
            return True
        if not all(r in self.filled and self._is_wordy(r, r < rows[-1]) for r in rows):
            return False
        last = row + count - 1
        if last < self.grid.rows and not self.below(last, 1):
            return False
        if any(self._heads_a_group(r) for r in range(row + 1, last + 1)):
            return False
        return self.is_proven(row, count) or all(
            self.is_broken(r) or self._joins(r, last) for r in range(row, last)
        )

    def _heads_a_group(self, row: int) -> bool:
        """Whether a row's one text, below a full row of names, is that of the lines below it."""
        places, above = self.filled[row], self.filled.get(row - 1, ())
        if len(above) < _FEWEST_NAMES or not set(places) <= set(above):
            return False
        if len(places) != 1:
            return is_numbered(self.grid, row)
        names = [self.grid.text(row - 1, p).lower() for p in above]
        alone = len(set(names)) == len(names) and not self.merged_down(row - 1)
        return alone and not is_unit(self.grid.text(row, places[0]))

    def is_proven(self, row: int, count: int) -> bool:
        """Return whether merges or the cells below leave no doubt that rows are one header."""
        last = row + count - 1
        if any(self._is_fact(r) or is_noted(self.grid, r) for r in range(row, last + 1)):
            return False
        top, rest = set(self.filled[row]), range(row + 1, last + 1)
        lower = set().union(*map(self.filled.__getitem__, rest))
        if len(top) < 2 or not top - lower:
            return False
        if not self._heads(last, last) or column_numbers(self.grid, last - 1, self.filled[last]):
            return False
        within = all(self._is_within(r, last) for r in rest[:-1])
        return within and (count > 2 or self._is_needed(row, last))

    def _is_within(self, row: int, last: int) -> bool:
        """Whether the last row names all that a row between does, or parts of some of it."""
        names, parts = set(self.filled[row]), self.filled[last]
        if names <= set(parts):
            return True
        return all(len(run) > 1 and run[0] in names for run in runs(parts))

    @judged_once
    def is_broken(self, row: int) -> bool:
        """Return whether names are broken over a row and the next: `Harga` over `Beli` and `Jual`.

        A word that stands twice or more in the upper row needs the lower one to be a name.
        """
        top, lower = self.filled.get(row, ()), self.filled.get(row + 1, ())
        over = set(top) & set(lower)
        if len(over) < _FEWEST_BROKEN or len(over) < len(top) - 1 or 2 * len(over) < len(lower):
            return False
        names = [self.grid.text(row, p).lower() for p in top]
        parts = [*names, *(self.grid.text(row + 1, p) for p in lower)]
        words = all(_NAME.fullmatch(part) or is_unit(part) for part in parts)
        pairs = {(self.grid.text(row, p).lower(), self.grid.text(row + 1, p).lower()) for p in over}
        return words and len(set(names)) < len(names) and len(pairs) == len(over)

    def _is_needed(self, row: int, last: int) -> bool:
        """Whether the lower row tells names apart, or stands beside names merged down to it."""
        names = [self.grid.text(row, p).lower() for p in self.filled[row]]
        lower = set(self.filled[last])
        repeated = len(set(names)) < len(names)
        return (
            repeated
            or self.merged_down(row)
            or bool(lower - set(self.filled[row]))
            or not (self.is_units(last) or self.is_described(row, last))
        )

    @judged_once
    def is_described(self, row: int, last: int) -> bool:
        """Return whether a row below a full header describes its columns: units, or sentences."""
        top, lower = self.filled.get(row, ()), self.filled.get(last, ())
        if not lower or not set(lower) <= set(top):
            return False
        names = [self.grid.text(row, p).lower() for p in top]
        if len(set(names)) < len(names) or self.merged_down(row) or self._is_fact(last):
            return False
        texts = [self.grid.text(last, p) for p in lower]
        sentences = sum(len(t.split()) >= 3 for t in texts) >= 0.6 * len(texts)
        if sentences and len(lower) > 1:
            return self._heads(last, last, 1 / len(lower))
        named = sum(bool(words_of(text) & _NAMING) for text in texts)
        if self.is_units(last) or are_form_notes(texts):
            return self._heads(last, last) or are_form_notes(texts)
        if len(lower) < len(top) and 2 * named >= len(texts):
            return False
        return self._heads(last, last) and self._is_all_words(last)

    @judged_once
    def is_units(self, row: int) -> bool:
        """Return whether a row holds nothing but units, such as (kg) or Rp."""
        places = self.filled[row]
        if column_numbers(self.grid, row - 1, places):
            return False
        return are_units([self.grid.text(row, p) for p in places])

    @judged_once
    def below(self, row: int, most: int) -> list[int]:
        """Return the first rows below a row that are not blank."""
        return list(islice((r for r in self.filled if r > row), most))

    @judged_once
    def merged_places(self, row: int) -> dict[int, int]:
        """Return the columns at which cells are merged to the right, and how many they span."""
        return {
            first + 1: stop - first
            for start, end, first, stop in self.grid.merges
            if start == row - 1 and end == row and stop - first > 1
        }

    @judged_once
    def is_split(self, row: int) -> bool:
        """Return whether a merged cell spans two or more cells of the next row."""
        below = set(self.filled.get(row + 1, ()))
        spans = self.merged_places(row).items()
        return any(len(below & set(range(p, p + span))) > 1 for p, span in spans)

    @judged_once
    def merged_down(self, row: int) -> bool:
        """Return whether a cell of a row is merged with the ones below it."""
        return any(s <= row - 1 and e > row and e - s > 1 for s, e, _, _ in self.grid.merges)

    @judged_once
    def _is_wordy(self, row: int, grouping: bool) -> bool:
        """Whether a row is words, or counts up as the days of a month do; days may be groups."""
        places = self.filled[row]
        shapes = [self.grid.shape(row, place) for place in places]
        days = [self.grid.text(row, p) for p, s in zip(places, shapes, strict=True) if s == "d"]
        if grouping and len(days) > 1 and len(set(days)) == len(days):
            shapes = ["w" if shape == "d" else shape for shape in shapes]
        if any(shape not in "wcynl" for shape in shapes):
            return False
        if counts(self.grid, row):
            return True
        return sum(s in "wcyl" for s in shapes) >= 0.6 * len(shapes) or shapes.count("n") >= 5

    @judged_once
    def _heads(self, row: int, last: int, share: float = _HEADS) -> bool:
        """Whether a row's cells are words over columns of numbers and dates, and no row of data."""
        over, body = 0, self.below(last, _BODY)
        for place in self.filled[row]:
            text = self.grid.text(row, place)
            below = [(self.grid.shape(r, place), self.grid.text(r, place)) for r in body]
            shapes = Counter(shape for shape, _ in below if shape != "-")
            if not shapes:
                continue
            common, number = shapes.most_common(1)[0]
            shape = self.grid.shape(row, place)
            if are_none((text,)) and self.is_units(row):
                continue
            if any(text == other for _, other in below) or shape == common == "c":
                return False
            if common in "ndb" and number >= _HEADS * shapes.total():
                if shape not in "wcyl" or text.lower() in _BLANKS:
                    return False
                over += 1
        return over >= max(share * len(self.filled[row]), 1) or self._lacks(row, body)

    def _lacks(self, row: int, body: Sequence[int]) -> bool:
        """Whether a row of short words is blank where every row of data has a cell."""
        places = self.filled[row]
        words = [self.grid.text(row, p) for p in places]
        if len(places) < 2 or len(body) < _FEWEST or not all(map(_WORD.fullmatch, words)):
            return False
        every = set.intersection(*(set(self.filled[r]) for r in body))
        missing = every - set(places)
        return len(missing) > 1 and min(every) in missing

    @judged_once
    def _is_all_words(self, row: int) -> bool:
        """Whether a row has words over every column of numbers and dates, of which there are some.

        Such a row says what to enter, as `dd/mm/yyyy` or `angka`; no row of data is so.
        """
        body = self.below(row, _BODY)
        typed = [
            place
            for place in range(1, self.grid.width + 1)
            if (shapes := [s for r in body if (s := self.grid.shape(r, place)) != "-"])
            and sum(shape in "ndb" for shape in shapes) >= _HEADS * len(shapes)
        ]
        words = [
            place
            for place in typed
            if self.grid.shape(row, place) in "wl"
            and self.grid.text(row, place).lower() not in _BLANKS
        ]
        return len(typed) >= _TYPED and words == typed

    @judged_once
    def _is_fact(self, row: int) -> bool:
        return states_fact(self.grid, row)

    def _joins(self, upper: int, last: int) -> bool:
        """Whether a row spans the next ones as a merged header does."""
        lower = upper + 1
        top, rest = set(self.filled[upper]), range(lower, last + 1)
        bottom = set().union(*map(self.filled.__getitem__, rest))
        merged = self.merged_places(upper)
        leaders = {p for p in top & bottom if (p + 1 in bottom and p + 1 not in top) or p in merged}
        if self.is_units(lower) and set(self.filled[lower]) <= top:
            # A unit in brackets stands below the name that it is behind of.
            return all(is_bracketed_unit(self.grid.text(lower, p)) for p in self.filled[lower])
        below = (self.grid.text(lower, p) for p in (top & bottom) - leaders)
        if not all(map(adds_to_name, below)) or len(top | bottom) < 3 or self._is_fact(upper):
            return False
        if len(top) == 1:
            # One text over all of the columns is a title.
            (only,) = top
            span = merged.get(only, 0)
            return only > min(bottom) and (not span or span < len(bottom))
        if merged or self.merged_down(upper):
            return bool(leaders) or bool(bottom - top)
        beside = self.filled.get(upper - 1, ())
        fact = len(beside) == 2 and beside[0] == min(top)
        if fact or (lower < last and self.merged_places(lower)):
            # Who merges one row of a header merges the row above it too.
            return False
        return bool(leaders) and self._unlike_below(lower, last)

    @judged_once
    def _unlike_below(self, row: int, last: int) -> bool:
        """Whether a row's cells differ from those below it, or are words that headers have."""
        unlike, below, places = 0, self.below(last, _BODY), self.filled[row]
        for place in places:
            text = self.grid.text(row, place)
            shapes = Counter(s for r in below if (s := self.grid.shape(r, place)) != "-")
            common = shapes.most_common(1)
            shape = self.grid.shape(row, place)
            differs = bool(common) and (
                (common[0][0] in "nd" and shape in "wcy") or (common[0][0] == "w" and shape == "n")
            )
            unlike += differs or bool(words_of(text) & HEADER_WORDS)
        return unlike * 2 >= len(places)


_NAMING: Final = HEADER_WORDS | MONEY_WORDS
_BLANKS: Final = frozenset((*BLANK_WORDS, *MORE_BLANKS))
