"""Matches titles with the patterns that people write, each within a time limit.

A pattern may look ahead, as `(?!Salinan).*` does to leave titles out, which engines without
backtracking cannot. So the engine is one that stops when its time is over.
"""

from functools import lru_cache
from typing import Final

import regex

from candid_assets.errors import CandidError

SECONDS: Final = 0.2
"""How long one title may take; titles have some dozen characters."""
_SLOW: Final[set[str]] = set()
"""Patterns that took too long with a title."""


class SlowPatternError(CandidError):
    """A pattern that takes too long with a title."""


def pattern_problem(pattern: str) -> str | None:
    """Return why a pattern is no regular expression, None where it is one."""
    try:
        _compiled(pattern)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        return str(error) or "it is too large"
    return None


def matches_title(pattern: str, title: str) -> bool:
    """Return whether a pattern matches a whole title, without case.

    Raises:
        SlowPatternError: It takes too long.
    """
    compiled = _compiled(pattern)
    if pattern not in _SLOW:  # else every further title would take as long
        try:
            return compiled.fullmatch(title, timeout=SECONDS) is not None
        except TimeoutError:
            _SLOW.add(pattern)
    raise SlowPatternError(
        f"the pattern {pattern!r} takes too long",
        "write it without repeating what is repeated already, as (a+)+ does",
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.IGNORECASE)
