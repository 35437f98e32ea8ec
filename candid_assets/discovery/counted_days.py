"""Days without the format of a date: 45719, as spreadsheets count days, and 20250301."""

from typing import Final

from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.office_words import (
    AMOUNT_WORDS,
    BIRTH_WORDS,
    CLOCK_WORDS,
    DATE_WORDS,
    EVENT_WORDS,
    LAST_DAY_WORDS,
    SURE_DATE_WORDS,
)

PROPERTY: Final = "daysCounted"
"""The custom property by which such numbers are read as days."""


def counted_days(facts: ColumnFacts, words: frozenset[str]) -> int:
    """Return how many cells are days by their count, 0 where nothing says that they are days.

    What says so is the header, or that more cells of the column are dates.

    Args:
        facts: The column's.
        words: Those of its header.
    """
    dated = facts.date + facts.stamp
    counted = facts.counted_days
    if words & BIRTH_WORDS or dated:
        counted += facts.counted_births
    sure = words & SURE_DATE_WORDS and not words & AMOUNT_WORDS - EVENT_WORDS
    timed = facts.counted_moments * 2 >= counted and words & CLOCK_WORDS
    named = sure or timed or (words & LAST_DAY_WORDS and not words & AMOUNT_WORDS)
    return counted if named or dated > counted >= facts.number else 0


def bare_days(facts: ColumnFacts, words: frozenset[str]) -> int:
    """Return how many cells are figures of days, 20250301, 0 under a header that says no days."""
    dated = words & DATE_WORDS and not words & AMOUNT_WORDS - EVENT_WORDS
    return facts.bare_days if dated else 0


def may_be_days(facts: ColumnFacts, words: frozenset[str]) -> bool:
    """Whether all cells are such numbers, under a header that may be one of days: `Mulai`."""
    all_counted = 0 < facts.cells == facts.counted_days
    return all_counted and bool(words & DATE_WORDS) and not words & AMOUNT_WORDS
