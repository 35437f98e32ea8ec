"""The contract's words by which a row sums others up, in SQL."""

import re
from typing import Final

from candid_assets.cleaning.macros import folded
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal
from candid_assets.vocabulary import any_of, months

LEAD_TEXT: Final = "_cleaned[_lead]"
"""The first text of a row whose cells stand in a list, as SQL."""


def total_words_sql(tab: Tab, lead: str = LEAD_TEXT) -> str:
    """Return the test for a row that begins with a word of totals; nothing where there is none.

    `lead` is the row's first text, as SQL.
    """
    words = [re.escape(folded(word)) for word in tab.options.total_words]
    if not words:
        return ""
    pattern = rf"^(?:{'|'.join(words)})(?:[^\pL\pN]|$)"
    return f"regexp_matches(lower({lead}), {literal(pattern)})"


def summary_words_sql(tab: Tab, lead: str = LEAD_TEXT) -> str:
    """Return the test for a row that begins with one of the contract's phrases for a sum.

    `lead` is the row's first text, as SQL.
    """
    phrases = [re.escape(folded(phrase)) for phrase in tab.options.summary_rows]
    if not phrases:
        return ""
    behind = rf"(?:[^\pL]|\b(?:{any_of(months())})\b)*"
    pattern = rf"^(?:{'|'.join(phrases)}){behind}$"
    return f"regexp_matches(lower({lead}), {literal(pattern)})"
