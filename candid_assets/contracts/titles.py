"""Titles of tabs as they are compared."""

import unicodedata
from collections.abc import Iterable


def folded_title(title: str) -> str:
    """Return a title as it is compared: without case, runs of spaces and NBSP."""
    return " ".join(unicodedata.normalize("NFKC", title).split()).casefold()


def is_named(titles: Iterable[str], title: str) -> bool:
    """Return whether a list of titles has this one, compared without case and spaces."""
    return folded_title(title) in {folded_title(item) for item in titles}
