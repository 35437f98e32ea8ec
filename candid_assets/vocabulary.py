"""Words of office tables, Indonesian and English, that cleaning and discovery read alike."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

LANGUAGES: Final = ("id", "en")
TOTAL_WORDS: Final = ("total", "grand total", "sub total", "subtotal", "jumlah")
"""First words of a row that adds up others."""
BLANK_WORDS: Final = ("-", "–", "—")
"""Whole cells that mean blank."""
_MORE_MONTHS: Final = {
    2: ("febr", "febuari", "peb", "pebr", "pebuari", "pebruari"),
    3: ("mrt",),
    8: ("agus", "ags", "agst", "agt", "agts"),
    9: ("sept",),
    11: ("nop", "nopember"),
}
_CLEAR_NAME: Final = 4
"""Letters of a name that is no other word: `min` is the least, too."""
_MORE_WEEKDAYS: Final = {2: ("tues",), 4: ("thur", "thurs"), 5: ("jum'at",), 7: ("ahad",)}


@cache
def months() -> Mapping[str, int]:
    """Return every spelling of a month, in small letters, with its number from 1."""
    return _numbered("months", 0, _MORE_MONTHS)


@cache
def weekdays() -> Mapping[str, int]:
    """Return every spelling of a weekday, in small letters, with its number from 1 for Monday."""
    return _numbered("days", 1, _MORE_WEEKDAYS)


@cache
def indonesian_calendar() -> frozenset[str]:
    """Return names of months and weekdays that are Indonesian alone, and no other short word."""
    both = {**months(), **weekdays()}
    english = {name for kind in ("months", "days") for name in _names(kind, 1, ("en",))}
    return frozenset(name for name in both if len(name) >= _CLEAR_NAME and name not in english)


def stems(words: Mapping[str, int]) -> dict[str, int]:
    """Return the first three letters of numbered words with their numbers; they tell them apart."""
    return {word[:3]: number for word, number in words.items()}


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression, for Python and RE2, that matches one of some words."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _numbered(kind: str, first: int, more: Mapping[int, Iterable[str]]) -> dict[str, int]:
    named = _names(kind, first, LANGUAGES)
    return named | {word: number for number, words in more.items() for word in words}


def _names(kind: str, first: int, languages: Iterable[str]) -> dict[str, int]:
    # Only what reads or cleans dates needs babel, which takes time to load.
    from babel import Locale

    return {
        name.lower(): number + first
        for language in languages
        for width in ("wide", "abbreviated")
        for number, name in getattr(Locale(language), kind)["format"][width].items()
    }
