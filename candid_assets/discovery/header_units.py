"""Units in headers: in brackets or bare, on a row of their own or behind a name."""

import re
from typing import Final

from candid_assets.discovery.office_words import UNIT_WORDS

_UNIT: Final = re.compile(r"\(.{1,20}\)")


def is_unit(text: str) -> bool:
    """Return whether a text is a unit, in brackets or bare."""
    bare = text.lower().strip(" ()[]")
    return bool(_UNIT.fullmatch(text)) or bare in UNIT_WORDS


def unit_of(text: str) -> str | None:
    """Return the unit that a cell below a header gives, without its brackets."""
    return text.strip(" ()[]") if is_unit(text) else None
