"""Names for columns and tabs: snake_case made of the words that stand in the sheet."""

import keyword
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.office_words import spaced
from candid_assets.names import column_letter

_LONGEST: Final = 60
_SIGNS: Final = {"%": " pct ", "#": " no ", "&": " dan ", "@": " at ", "+": " plus "}
_HEAD_FILES: Final = frozenset({"contract"})


def identifier(text: str, *, digit_prefix: str) -> str:
    """Return text as a snake_case identifier; nothing where no letter or digit is left.

    Args:
        text: A header or a title.
        digit_prefix: What stands before a name that would begin with a digit.
    """
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    plain = unicodedata.normalize("NFKD", spaced(text)).encode("ascii", "ignore").decode()
    # A plural as people type it: Kode/No. HP, "Order's".
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower().replace("'", "")).strip("_")
    if len(name) > _LONGEST:
        name = name[:_LONGEST].rsplit("_", 1)[0].strip("_")
    if name and not name[0].isalpha():
        name = digit_prefix + name
    return name


def column_names(
    headers: Sequence[str], places: Sequence[int], blank: frozenset[int]
) -> Mapping[int, str]:
    """Return a name for each of a table's columns, its own where two headers would have one.

    Args:
        headers: What a contract calls each column of the sheet, as `header_texts` gives it.
        places: The table's columns, counted from 1.
        blank: Those whose header is blank.
    """
    names: dict[int, str] = {}
    taken: dict[str, int] = {}
    again: list[int] = []
    first = {normalise(headers[p - 1]): p for p in reversed(places)}
    for place in places:
        text = headers[place - 1]
        bare = re.sub(r" \(\d+\)$", "", text)
        if bare != text and first.get(normalise(bare), place) < place:
            again.append(place)
            continue
        letter = column_letter(place).lower()
        name = "" if place in blank else identifier(text, digit_prefix="c_")
        name = name or f"column_{letter}"
        if name in taken:
            name = _free(name, 2, taken)
        taken[name] = place
        names[place] = name
    for place in again:
        bare, _, number = headers[place - 1].rpartition(" (")
        base = identifier(bare, digit_prefix="c_") or f"column_{column_letter(place).lower()}"
        names[place] = _free(base, int(number[:-1]), taken)
        taken[names[place]] = place
    return {place: names[place] for place in places}


def _free(base: str, number: int, taken: Mapping[str, int]) -> str:
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"


def tab_name(title: str, taken: set[str]) -> str:
    """Return a name for a tab's file that no other has, and take it."""
    base = identifier(title, digit_prefix="tab_") or "tab"
    if base in _HEAD_FILES or keyword.iskeyword(base):
        base = f"{base}_tab"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name
