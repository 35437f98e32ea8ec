"""Recognises notes, letters and legends, which stand in one column as a table of one may."""

import re
from collections.abc import Sequence
from typing import Final

from candid_assets.discovery.office_words import HEADER_WORDS, words_of

_POINT: Final = re.compile(r"(?:\d{1,2}[.)]|[-*•–])\s+\S")
"""How a line of notes begins."""
_KEYED: Final = re.compile(r"[^\s=]{1,12}\s*=\s*\S.*")
"""A line of a legend: `H = Hadir`."""
_WORDS: Final = 4
"""Lines of more words than these, on average, are sentences."""
_FEW: Final = 3
"""Fewer lines than these below a phrase are read with it."""


def is_running_text(head: str, texts: Sequence[str], *, alone: bool) -> bool:
    """Return whether lines are text to be read and no column of a table.

    Args:
        head: The first line, which may be a header.
        texts: The lines below it.
        alone: Whether nothing of several columns stands above.
    """
    sentence = head.endswith((",", ".", "!")) or ": " in head
    if head.endswith(":") or (alone and sentence):
        return True
    if _KEYED.fullmatch(head) and all(map(_KEYED.fullmatch, texts)):
        return True
    if len(texts) < _FEW and _is_phrase(head):
        return True
    points = sum(bool(_POINT.match(text)) for text in texts)
    words = sum(len(text.split()) for text in texts)
    return 2 * points >= len(texts) or words > _WORDS * len(texts)


def _is_phrase(text: str) -> bool:
    """Whether a text says something: three words or more, most of which no header has."""
    words = words_of(text)
    return len(words) >= _FEW and 2 * len(words & HEADER_WORDS) < len(words)
