"""Logical types, and the DuckDB types that they take."""

import re
from collections.abc import Mapping
from typing import Final, get_args

from candid_assets.contracts.catalog import LogicalType

MOST_FIGURES: Final = 38
"""Figures of the widest decimal."""
LOGICAL_TYPES: Final[tuple[LogicalType, ...]] = get_args(LogicalType)
FLOATS: Final = ("DOUBLE", "FLOAT")
"""Types whose decimals are those of a binary number, as sources that compute hold them."""
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


def physical_type(logical: LogicalType, written: str | None) -> str | None:
    """Return the DuckDB type in its canonical spelling, or None where it is not suitable."""
    if written is None:
        return _PHYSICAL[logical][0]
    spelled = re.sub(r"\s+", "", written).upper()
    if spelled in _PHYSICAL[logical]:
        return spelled
    if logical == "number" and spelled in FLOATS:
        return spelled
    parts = _DECIMAL.fullmatch(spelled)
    if logical == "number" and parts:
        precision, scale = int(parts[1]), int(parts[2])
        if 1 <= precision <= MOST_FIGURES and scale <= precision:
            return f"DECIMAL({precision},{scale})"
    return None


def suitable_types(logical: LogicalType) -> str:
    """Return the DuckDB types that a logical type takes, in words."""
    names = list(_PHYSICAL[logical])
    if logical == "number":
        names.append("another DECIMAL(precision,scale) of up to 38 digits")
        names += FLOATS
    return " or ".join(names)


def logical_type(physical: str) -> LogicalType:
    """Return the logical type of a DuckDB type."""
    spelled = physical.upper()
    named = (logical for logical, types in _PHYSICAL.items() if spelled in types)
    return "number" if spelled in FLOATS or _DECIMAL.fullmatch(spelled) else next(named, "string")


def decimal_type(precision: int, scale: int) -> str | None:
    """Return the type of decimals of a precision and scale, None where DuckDB has none."""
    scale, precision = max(scale, 0), max(precision, precision - scale, scale)
    return f"DECIMAL({precision},{scale})" if precision <= MOST_FIGURES else None


def decimal_scale(physical_type: str) -> int | None:
    """Return the decimals of a number type; None for a floating-point type."""
    match = _NUMERIC.fullmatch(physical_type)
    if match:
        return int(match["scale"] or 0)
    return None if physical_type.upper() in {*FLOATS, "REAL"} else 0


def decimal_precision(physical_type: str) -> int:
    """Return the precision of a decimal type; 0 for any other type."""
    match = _NUMERIC.fullmatch(physical_type)
    return int(match["precision"]) if match else 0
