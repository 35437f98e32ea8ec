"""The type that Sheets gives a number format: the kind of what its pattern shows."""

import re
from functools import cache
from typing import Final, Literal

NumberType = Literal[
    "TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC"
]

_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')
_CURRENCY: Final = re.compile(r"\[\$[^\]-]+(?:-[0-9A-Fa-f]*)?\]|[$€£¥]|\"Rp\.? ?\"")
_BRACKET: Final = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_SPAN: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


@cache
def number_type(pattern: str) -> NumberType:
    """Return the type of a format that shows a number."""
    bare = _LITERAL.sub("", pattern)
    if _CURRENCY.search(pattern):
        return "CURRENCY"
    if "%" in bare:
        return "PERCENT"
    if re.search(r"E[+-]", bare, re.IGNORECASE):
        return "SCIENTIFIC"
    return "TEXT" if bare == "@" else "NUMBER"


def shows_dates(pattern: str) -> bool:
    """Return whether a format shows its number as a date, a time of day or a duration."""
    bare = _BRACKET.sub("", _LITERAL.sub("", pattern)).lower()
    return bool(re.search(r"[ydhs]|mmm|\[m+\]", bare)) and bare != "standard"


@cache
def date_type(pattern: str) -> NumberType:
    """Return the type of a format that shows a date, a time of day or a duration."""
    bare = _BRACKET.sub("", _LITERAL.sub("", pattern)).lower()
    day = bool(re.search(r"[yd]|mmm", bare))
    time = bool(_SPAN.search(bare) or re.search(r"[hs]", bare))
    if day and time:
        return "DATE_TIME"
    return "TIME" if time else "DATE"
