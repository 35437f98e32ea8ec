"""Names and values as they are written into SQL."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from candid_assets.warehouse import tables

PROVENANCE: Final = ("_row", "_kinds", "_extract", "_loaded_at")
"""Columns of a raw table that are not the sheet's."""
_DECIMAL: Final = re.compile(
    r"(?:DECIMAL|NUMERIC)\s*\(\s*(?P<precision>\d+)\s*(?:,\s*(?P<scale>\d+)\s*)?\)", re.IGNORECASE
)


def literal(value: str | Decimal | date) -> str:
    """Return a value as a literal: text, a plain number, a date or a timestamp."""
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Decimal):
        return format(value, "f")
    return tables.literal(value)


def text_list(words: Iterable[str]) -> str:
    """Return a list of texts, typed even where it is empty."""
    return f"[{', '.join(literal(word) for word in words)}]::VARCHAR[]"


def values(rows: Iterable[tuple[str, ...]]) -> str:
    """Return a VALUES list of rows whose members are SQL already."""
    return "VALUES\n    " + ",\n    ".join(f"({', '.join(row)})" for row in rows)


def folded(text: str) -> str:
    """Return text as `lower(clean_text(…))` gives it, for words that a contract declares."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()


def decimal_scale(physical_type: str) -> int | None:
    """Return the decimals a number type keeps; None for a type that floats."""
    found = _DECIMAL.fullmatch(physical_type)
    if found:
        return int(found["scale"] or 0)
    return None if physical_type.upper() in {"DOUBLE", "FLOAT", "REAL"} else 0


def decimal_precision(physical_type: str) -> int:
    """Return the figures a decimal type keeps; 0 for any other type."""
    found = _DECIMAL.fullmatch(physical_type)
    return int(found["precision"]) if found else 0
