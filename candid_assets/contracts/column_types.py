"""Logical and physical types, and the values a contract writes in them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, get_args

from candid_assets.contracts.catalog import Bound, LogicalType

LOGICAL_TYPES: Final[tuple[LogicalType, ...]] = get_args(LogicalType)
_DECIMAL: Final = re.compile(r"DECIMAL\((\d{1,2}),(\d{1,2})\)")
_NUMERIC: Final = re.compile(
    r"(?:DECIMAL|NUMERIC)\s*\(\s*(?P<precision>\d+)\s*(?:,\s*(?P<scale>\d+)\s*)?\)", re.IGNORECASE
)
_PHYSICAL: Final[Mapping[LogicalType, tuple[str, ...]]] = {
    "string": ("VARCHAR",),
    "integer": ("BIGINT", "INTEGER"),
    "number": ("DECIMAL(18,2)",),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
    "time": ("TIME",),
}
"""DuckDB types of each logical type, the default first; `number` takes any DECIMAL."""
_ORDERED: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
TYPE_OPTIONS: Final[Mapping[LogicalType, frozenset[str]]] = {
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "integer": _ORDERED,
    "number": _ORDERED,
    "boolean": frozenset(),
    "date": _ORDERED,
    "timestamp": _ORDERED,
    "time": frozenset(),
}
"""The `logicalTypeOptions` that are enforced; the standard's others promise what nobody checks."""


def physical_type(logical: LogicalType, written: str | None, *, of_tab: bool) -> str | None:
    """Return the DuckDB type in its one spelling, or None where it does not suit."""
    if written is None:
        return _PHYSICAL[logical][0]
    spelled = re.sub(r"\s+", "", written).upper()
    if spelled in _PHYSICAL[logical]:
        return spelled
    if logical == "number" and spelled == "DOUBLE" and not of_tab:
        return spelled
    parts = _DECIMAL.fullmatch(spelled)
    if logical == "number" and parts:
        precision, scale = int(parts[1]), int(parts[2])
        if 1 <= precision <= 38 and scale <= precision:
            return f"DECIMAL({precision},{scale})"
    return None


def suitable_types(logical: LogicalType, *, of_tab: bool) -> str:
    """Return in words which DuckDB types a logical type takes."""
    names = list(_PHYSICAL[logical])
    if logical == "number":
        names.append("another DECIMAL(precision,scale) of up to 38 digits")
        if not of_tab:
            names.append("DOUBLE")
    return " or ".join(names)


def bound(logical: LogicalType, written: Any) -> Bound | None:
    """Return a minimum or maximum in the column's type, or None where it is none."""
    if logical in {"integer", "number"}:
        whole_enough = isinstance(written, int if logical == "integer" else int | float)
        return Decimal(str(written)) if whole_enough and not isinstance(written, bool) else None
    if not isinstance(written, str):
        return None
    try:
        if logical == "date":
            return date.fromisoformat(written) if len(written) == 10 else None
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def bound_form(logical: LogicalType) -> str:
    """Return in words how a bound is written."""
    forms = {"integer": "a whole number", "number": "a number", "date": "a day such as 2025-08-17"}
    return forms.get(logical, "a moment such as 2025-08-17T14:30:00")


def enum_text(logical: LogicalType, written: Any) -> str | None:
    """Return an allowed value as canonical text, or None where it is not of the column's type."""
    if logical == "string":
        return written if isinstance(written, str) and written.strip() == written != "" else None
    value = bound(logical, written)
    if value is None:
        return None
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()


def decimal_scale(physical_type: str) -> int | None:
    """Return the decimals a number type keeps; None for a type that floats."""
    found = _NUMERIC.fullmatch(physical_type)
    if found:
        return int(found["scale"] or 0)
    return None if physical_type.upper() in {"DOUBLE", "FLOAT", "REAL"} else 0


def decimal_precision(physical_type: str) -> int:
    """Return the figures a decimal type keeps; 0 for any other type."""
    found = _NUMERIC.fullmatch(physical_type)
    return int(found["precision"]) if found else 0
