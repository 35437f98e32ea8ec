"""Units in headers: in brackets or bare, on a row of their own or behind a name."""

import re
from collections.abc import Sequence
from typing import Final

from candid_assets.discovery.office_words import UNIT_WORDS

_UNIT: Final = re.compile(r"\(.{1,20}\)")
_FORM: Final = re.compile(
    r"(?:tiny|small|big)?int(?:eger)?|n?(?:var)?char|string|text|teks|decimal|numeric|number|angka"
    r"|float|double|real|money|date|tanggal|datetime|timestamp|time|bool(?:ean)?|uuid|serial"
    r"|(?:tidak |harus )?wajib(?: di ?isi)?|opsional|boleh kosong|required|optional|mandatory"
    r"|e-?mail|[\w.]+@[\w.]+|[dmyht]{1,4}(?:[-/.: ][dmyhts]{1,4}){1,5}"
)
_RATE: Final = re.compile(r"\d{1,2}(?:[.,]\d{1,2})? ?%")
_PER: Final = re.compile(r"\s*(?:/|\bper\b)\s*")
_NONE: Final = frozenset({"-", "–"})
"""What stands below the header of a column that has no unit, where others have one."""
_SIZE: Final = re.compile(r"\s*\(\s*\d+(?:\s*[.,]\s*\d+)?\s*\)$")


def is_unit(text: str) -> bool:
    """Return whether a text is a unit, in brackets or bare."""
    bare = text.lower().strip(" ()[]")
    ratio = all(part in UNIT_WORDS for part in _PER.split(bare))
    return bool(_UNIT.fullmatch(text)) or bare in UNIT_WORDS or ratio


def is_bracketed_unit(text: str) -> bool:
    """Return whether a text is a unit in brackets."""
    return text.startswith("(") and is_unit(text)


def adds_to_name(text: str) -> bool:
    """Return whether a text below a name is its unit in brackets, or its rate: `PPN` over `11%`."""
    return is_bracketed_unit(text) or _RATE.fullmatch(text) is not None


def are_units(texts: Sequence[str]) -> bool:
    """Return whether the cells of a row are units, or say that a column has none."""
    named = [text for text in texts if not are_none((text,))]
    return bool(named) and all(map(is_unit, named))


def are_none(texts: Sequence[str]) -> bool:
    """Return whether cells below a header only say that their columns have no unit."""
    return _NONE.issuperset(texts)


def unit_of(text: str) -> str | None:
    """Return the unit that a cell below a header gives, without its brackets."""
    return text.strip(" ()[]") if is_unit(text) else None


def are_form_notes(texts: Sequence[str]) -> bool:
    """Return whether a row says what is to be typed in each column: varchar(50), wajib diisi."""
    bare = [_SIZE.sub("", text.lower().strip(" *")) for text in texts]
    return len(bare) > 1 and all(_FORM.fullmatch(text) for text in bare)
