"""Whether the figures of a column name things: codes that stay text, whatever they look like."""

from typing import Final

from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.office_words import DATE_WORDS

_NUMBERED: Final = frozenset({"no", "nomor", "number", "ref", "referensi", "reference"})
_FEW_FAR_YEARS: Final = 0.12
"""The share of texts whose years may lie where nobody writes any, as slips of hands do."""


def are_codes(facts: ColumnFacts) -> bool:
    """Return whether figures are names of things: leading zeros, or as long as no quantity is."""
    if facts.leading_zero and facts.leading_zero >= 0.01 * facts.text:
        return True
    return facts.figures + facts.long_number > 0.5 * facts.cells


def are_spaced_codes(facts: ColumnFacts) -> bool:
    """Return whether figures in groups of three may name things: all are, and all are as long."""
    return facts.spaced == facts.cells and facts.shortest_spaced == facts.longest_spaced


def are_parted_codes(facts: ColumnFacts, words: frozenset[str]) -> bool:
    """Return whether texts that could be dates are codes in parts, such as 1.1.01 or 2-2-02.

    Nothing but the header, date cells beside them, or recent years with days above 12 makes
    dates of three short figures; a year that nobody writes makes none of any.
    """
    if facts.far_year > _FEW_FAR_YEARS * facts.text:
        return True
    if words & DATE_WORDS or facts.date + facts.stamp >= max(facts.dmy, facts.mdy, facts.ymd):
        return False
    if words & _NUMBERED:
        return True
    if facts.short_year * 2 <= facts.text:
        return False
    return facts.short_year_early > 0 or not facts.short_year_late_day
