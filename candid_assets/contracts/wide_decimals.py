"""Columns as row rules compute with them: decimals so wide that no product overflows."""

from collections.abc import Iterable
from typing import Final

from candid_assets.contracts.column_types import decimal_precision, decimal_scale
from candid_assets.sql import quoted

_WIDEST: Final = 38


def widened(columns: Iterable[tuple[str, str]]) -> str:
    """Return what is selected in place of `*`, from the names and types of the columns.

    DuckDB multiplies decimals of up to 18 figures within 18 figures: quantity times price less a
    discount would end at ten thousand million.
    """
    casts = [
        f"CAST({quoted(name)} AS DECIMAL({_WIDEST}, {decimal_scale(kind)})) AS {quoted(name)}"
        for name, kind in columns
        if decimal_precision(kind)
    ]
    return f"* REPLACE ({', '.join(casts)})" if casts else "*"
