"""Suggests the names that somebody who wrote an unknown one may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

LIKE: Final = 0.4
"""From which likeness, between 0 and 1, a name is suggested."""
_SUGGESTED: Final = 3
_LISTED: Final = 8
_LONGEST: Final = 200
"""Characters of a word that are compared: the time taken grows with their square."""


def nearest(word: str, known: Iterable[str], likeness: float = 0.0) -> str | None:
    """Return the known name most like a word, or None where none is as like as that."""
    close = _close(word, known, 1, likeness)
    return close[0] if close else None


def near_names(word: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that are like a word, or contain it, the likest first."""
    names = sorted(known)
    inside = (name for name in names if word.casefold() in name.casefold())
    return list(dict.fromkeys([*_close(word, names, _SUGGESTED, LIKE), *inside]))[:_SUGGESTED]


def hint(word: str, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown name: `; did you mean net_sales, sales?`.

    Where no known name is near, it lists the first of them, and is empty where none is known.
    """
    names = sorted(set(known))
    near = near_names(word, names)
    if near:
        return f"; did you mean {', '.join(near)}?"
    more = ", …" if len(names) > _LISTED else ""
    return f"; there are {', '.join(names[:_LISTED])}{more}" if names else ""


def _close(word: str, known: Iterable[str], most: int, likeness: float) -> list[str]:
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    close = get_close_matches(word[:_LONGEST].casefold(), folded, most, likeness)
    return [folded[name] for name in close]
