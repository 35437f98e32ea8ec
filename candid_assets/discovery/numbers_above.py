"""The numbers that stand above a row in a column, and what a row below them may say of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from candid_assets.discovery.grid import Grid

NEAR: Final = 1e-6
"""The part of a sum by which a number may be off and still be it."""
_PROPORTIONAL: Final = 3
"""Fewer numbers are in one proportion with others by chance."""
_FIGURES: Final = re.compile(
    r"([-+(]?)\s*(?:rp\.?|idr|usd|us\$|\$|€|£)?\s*([-+(]?)"
    r"(\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d[\d.,]*)(?:,-)?\s*(%?)\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NumbersOfPart:
    """Some of the numbers above."""

    numbers: Sequence[float]
    unread: int = 0
    """Cells beside them that are no number: an error, a word."""

    def is_sum(self, number: float, least: int) -> bool:
        """Return whether a number is their sum, where so many of them or more are not 0."""
        total = sum(self.numbers)
        near = abs(number - total) <= NEAR * max(abs(total), 1.0)
        return near and sum(n != 0 for n in self.numbers) >= least

    def is_between(self, number: float) -> bool:
        """Return whether a number is none of those beyond them, as a rate of all of them is."""
        return bool(self.numbers) and min(self.numbers) <= number <= max(self.numbers)

    def is_average(self, number: float, least: int) -> bool:
        """Return whether a number is their average, where so many or more are not all equal."""
        if len(self.numbers) < least or min(self.numbers) == max(self.numbers):
            return False
        average = sum(self.numbers) / len(self.numbers)
        return not self.unread and abs(number - average) <= NEAR * max(abs(average), 1.0)

    def may_be_sum(self, number: float, least: int) -> bool:
        """Return whether a number is their sum, or would be with what the unread cells held.

        None of these held more than the greatest number.
        """
        if self.is_sum(number, least):
            return True
        if not self.unread or min(self.numbers, default=-1) < 0:
            return False
        over = number - sum(self.numbers)
        enough = sum(n != 0 for n in self.numbers) >= least
        return enough and 0 <= over <= self.unread * max(self.numbers) * (1 + NEAR)


@dataclass(slots=True)
class NumbersAbove:
    """The numbers of a column above a row, of which a part begins below the last sum."""

    _numbers: list[float] = field(default_factory=list)
    _unread: int = 0
    _since: int = 0
    _unread_since: int = 0

    def append(self, number: float | None) -> None:
        """Add a cell that is not blank: its number, or that it has none."""
        if number is None:
            self._unread += 1
        else:
            self._numbers.append(number)

    def begin_part(self) -> None:
        """Begin a part with the next cell."""
        self._since, self._unread_since = len(self._numbers), self._unread

    @property
    def every(self) -> NumbersOfPart:
        """All of them."""
        return NumbersOfPart(self._numbers, self._unread)

    @property
    def last(self) -> NumbersOfPart:
        """Those since the last sum."""
        return NumbersOfPart(self._numbers[self._since :], self._unread - self._unread_since)


def sums_and_rates(
    above: Mapping[int, NumbersOfPart], numbers: Mapping[int, float], least: int
) -> list[float]:
    """Return the numbers of a row, by column, that are the sums of those above them.

    None where another number of the row is no rate, which lies between those above it, or where
    none is a sum without what cells that cannot be read may have held.
    """
    sums = {place: n for place, n in numbers.items() if above[place].may_be_sum(n, least)}
    rates = [place for place, n in numbers.items() if above[place].is_between(n)]
    sure = any(above[place].is_sum(n, least) for place, n in sums.items())
    return list(sums.values()) if sure and numbers.keys() <= {*sums, *rates} else []


def are_proportional(numbers: Mapping[int, float], totals: Mapping[int, float]) -> bool:
    """Return whether numbers by column are those of a row of totals in one proportion.

    What follows of totals is: the part that each is of all, what each is in a day or in thousands.
    """
    shared = [p for p in numbers if totals.get(p)]
    if len(shared) < _PROPORTIONAL or numbers.keys() - totals.keys():
        return False
    shares = [numbers[p] / totals[p] for p in shared]
    return shares[0] != 0 and all(abs(s - shares[0]) <= NEAR * abs(shares[0]) for s in shares)


def number_of(grid: Grid, row: int, place: int) -> float | None:
    """Return the number of a cell, in whichever notation it is written."""
    kind, text = grid.kind(row, place), grid.text(row, place)
    if kind == "n" or (kind == "t" and text.isascii() and text.isdigit()):
        return float(text)
    match = _FIGURES.fullmatch(text) if kind == "t" else None
    if match is None:
        return None
    figures = match[3].replace(" ", "").rstrip(".,")
    marks = [c for c in figures if c in ".,"]
    decimal = marks[-1] if marks and (len(set(marks)) == 2 or len(marks) == 1) else ""
    if len(set(marks)) == 1:
        before, _, behind = figures.rpartition(marks[-1])
        if len(behind) == 3 and before != "0":  # no thousands begin with 0
            decimal = ""
    whole = figures.replace("." if decimal == "," else ",", "")
    whole = whole.replace(decimal, "#") if decimal else whole
    number = float(whole.replace(".", "").replace(",", "").replace("#", "."))
    return -number if {match[1], match[2]} & {"-", "("} else number
