"""The period that a text states: `01/12/2024 - 31/01/2025`, `1 s/d 31 Mei 2024`, `Mei 2024`."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from candid_assets.contracts.custom_properties import DateOrder
from candid_assets.vocabulary import any_of, months, stems

_SIGNS: Final = str.maketrans("–—−‐‑’‘", "-----''")
_DASH: Final = re.compile(r"\s*-\s*")
_WORD: Final = re.compile(
    r"\s*(?<![a-z])(?:s ?/ ?d|s\. ?d\.?|sd\.?|sampai(?: dengan)?|hingga|until|till?|to|~)"
    r"(?![a-z])\s*"
)
_SPACE: Final = re.compile(" ")
_LONGEST: Final = 64
"""The most characters of a text that states a period."""
_MARKS: Final = ("-", "/", "\\.")
_EARLIEST: Final = 1900
_LATEST: Final = 2100
_THIS_CENTURY: Final = 68
"""The last year of two figures that is of this century, as for dates in cells."""


@dataclass(frozen=True, slots=True)
class StatedPeriod:
    """The first and the last day of a period."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _PeriodPart:
    """One end of a period: what it leaves out, its other end says."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


def read_period(text: str, order: DateOrder = "dmy") -> StatedPeriod | None:
    """Return the period that a whole text states, or None where it states none or several.

    One day is no period. `order` is that of days written in figures; a year in front is always
    followed by month and day.
    """
    written = " ".join(text.translate(_SIGNS).lower().split())
    if len(written) > _LONGEST or not any(sign.isdecimal() for sign in written):
        return None
    alone = _part(written, order)
    if alone is not None and alone.year is not None and alone.day is None:
        return _spanned(alone, alone)
    readings = {
        period
        for mark in (_DASH, _WORD, _SPACE)
        for match in mark.finditer(written)
        if (period := _between(written[: match.start()], written[match.end() :], order))
        and (mark is not _SPACE or _names_year_and_day(written[: match.start()], order))
    }
    return readings.pop() if len(readings) == 1 else None


def goes_on(text: str) -> bool:
    """Return whether a text goes on with a period that begins before it: `s/d 31 Desember`."""
    written = text.translate(_SIGNS).lower()
    return bool(_DASH.match(written) or _WORD.match(written))


def _names_year_and_day(text: str, order: DateOrder) -> bool:
    part = _part(text, order)
    return part is not None and part.year is not None and part.day is not None


def _between(front: str, rear: str, order: DateOrder) -> StatedPeriod | None:
    """Return the period between two texts; the rear one says what the front one leaves out."""
    start, end = _part(front, order), _part(rear, order)
    if end is None or end.year is None:
        return None
    if start is None and re.fullmatch(r"\d{1,2}", front):
        start = _PeriodPart(None, None, int(front))
    if start is None or (start.day is None) != (end.day is None):
        return None
    if start.year is not None:
        return _spanned(start, end) if (start.month is None) == (end.month is None) else None
    if end.month is None:
        return None
    month = end.month if start.month is None else start.month
    later = (month, start.day or 0) > (end.month, end.day or 0)
    # From 15 December to 14 January 2025 begins in the year before.
    year = end.year - 1 if later and start.month is not None else end.year
    return _spanned(_PeriodPart(year, month, start.day), end)


def _spanned(start: _PeriodPart, end: _PeriodPart) -> StatedPeriod | None:
    """Return the days from a start to an end, or None where the calendar has none."""
    if start.year is None or end.year is None:
        return None
    if not _EARLIEST <= start.year <= end.year <= _LATEST:
        return None
    try:
        first = date(start.year, start.month or 1, 1 if start.day is None else start.day)
        month = end.month or 12
        days = monthrange(end.year, month)[1]
        last = date(end.year, month, days if end.day is None else end.day)
    except ValueError:
        return None
    return StatedPeriod(first, last) if first <= last else None


def _part(text: str, order: DateOrder) -> _PeriodPart | None:
    """Return the day, month or year that a text names, or None for anything else."""
    for form in _forms(order):
        match = form.fullmatch(text)
        if match is None:
            continue
        groups = match.groupdict()
        month = groups.get("month")
        named = _month_number(month) if month else None
        if month and named is None:
            return None
        year, day = groups.get("year"), groups.get("day")
        return _PeriodPart(_full_year(year) if year else None, named, int(day) if day else None)
    return None


@cache
def _forms(order: DateOrder) -> tuple[re.Pattern[str], ...]:
    """Return the ways in which one end of a period is written, the fullest first."""
    name = f"(?P<month>{any_of(months())})\\.?"
    day, month = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})"
    full, year = r"(?P<year>\d{4})", r"(?P<year>\d{4}|\d{2})"
    figures = {"dmy": (day, month), "mdy": (month, day), "ymd": (month, day)}[order]
    forms = [f"{full}{mark}{month}{mark}{day}" for mark in _MARKS]
    if order != "ymd":
        forms += [f"{figures[0]}{mark}{figures[1]}{mark}{year}" for mark in _MARKS]
    forms += [
        f"{day}[-/. ]{{1,2}}{name}[-/., ]{{1,2}}{year}",
        f"{name} {day},? {full}",
        f"{name}(?: |, ?|-|/|' ?){full}",
        f"{name}(?:-|/| ?')(?P<year>\\d{{2}})",
        *(f"{month}{mark}{full}" for mark in _MARKS),
        *(f"{full}{mark}{month}" for mark in _MARKS),
        f"{day}[-/. ]{{1,2}}{name}",
        *(f"{figures[0]}{mark}{figures[1]}" for mark in _MARKS),
        name,
        full,
    ]
    return tuple(re.compile(form) for form in forms)


@cache
def _stems() -> Mapping[str, int]:
    return stems(months())


def _month_number(text: str) -> int | None:
    number = int(text) if text.isdecimal() else _stems()[text[:3]]
    return number if 1 <= number <= 12 else None


def _full_year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return (2000 if int(text) <= _THIS_CENTURY else 1900) + int(text)
