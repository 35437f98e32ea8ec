"""A number in the type of its column, in SQL."""

from decimal import Decimal
from typing import Final

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.column_types import decimal_precision, decimal_scale
from candid_assets.sql import literal

ANY_SCALE: Final = 400
"""A scale that no number exceeds, for types that float and columns that round."""
NARROW: Final = 18
"""The most figures of a decimal that DuckDB keeps in 64 bits."""


def number_sql(column: Column, read: str) -> str:
    """Return a number in its column's type, from what a parser made of the text.

    Args:
        column: The column.
        read: The parser's struct, as SQL.
    """
    kind = column.physical_type
    digits = f"{read}.digits"
    fitted = f"TRY_CAST({digits} AS {kind})"
    scale = decimal_scale(kind)
    if scale is None:
        return f"CASE WHEN isfinite({fitted}) THEN {fitted} END"  # not one beyond its range
    if decimal_precision(kind) > NARROW >= scale:
        # DuckDB casts text to wide decimals a hundred times slower than to narrow ones.
        narrow = f"TRY_CAST({digits} AS DECIMAL({NARROW}, {scale}))"
        fitted = f"COALESCE({narrow}::{kind}, {fitted})"
    if not column.options.round_to_scale:
        return fitted
    step = literal(Decimal(1).scaleb(-scale))
    return f"TRY_CAST(half_even({read}, {fitted}, {scale}, {step}) AS {kind})"
