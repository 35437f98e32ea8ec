"""Cells whose formats make codes or text of numbers and dates: they are judged as they are shown.

`00007`, `0812-3456-7890` and `SKU-0007` are codes whatever number stands behind them, and `1/2` in
a column of text is what somebody typed. Units, currencies and percent signs leave a number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import TEXT, Kinds
from candid_assets.sources.content_hash import TEXT_SUFFIX

_CODE: Final = (
    r"^\s*[-+]?(?:0[0-9]|[0-9][0-9\s./:()-]*$|\(?[0-9)][0-9\s./:()-]*$)"
    r"|^\s*\pL{1,8}[-/#_. ]*0[0-9]|^\s*\pL[\pL0-9]*[-/#_][0-9]"
)
_CURRENCY: Final = r"(?i)^[\s(+-]*(?:rp|idr|us|usd|sgd|aud|rm|myr|eur|gbp|jpy|cny|thb|inr)\b"
_SHORT_DATE: Final = r"^\s*(?:[0-9]{1,2}|\pL+)[^0-9\pL]+(?:[0-9]{1,2}|\pL+)\s*$"
_NUMBER: Final = ord("n")


@dataclass(frozen=True, slots=True)
class ShownCells:
    """The cells of one column in some rows, as they are judged."""

    texts: pa.Array
    kinds: Kinds
    shown: pa.Array
    """What formats say beyond numbers; null where they say nothing more."""


def shown_cells(extract: pa.Table, place: int, rows: "np.ndarray", kinds: Kinds) -> ShownCells:
    """Return the cells of a column.

    Args:
        extract: The tab.
        place: The column, counted from 1.
        rows: Sheet rows, counted from 1.
        kinds: The kinds of its cells in these rows.
    """
    letter = column_letter(place)
    wanted = pa.array(rows - 1)
    texts = pc.take(extract.column(letter).combine_chunks(), wanted)
    name = letter + TEXT_SUFFIX
    if extract.schema.get_field_index(name) < 0:
        return ShownCells(texts, kinds, pa.nulls(len(rows), pa.string()))
    shown = pc.take(extract.column(name).combine_chunks(), wanted)
    numbers = pa.array(kinds == _NUMBER)
    currency = pc.match_substring_regex(shown, _CURRENCY)
    code = pc.and_(pc.match_substring_regex(shown, _CODE), pc.invert(currency))
    judged = pc.and_(numbers, code)
    if (kinds == TEXT).any():
        short = pc.match_substring_regex(shown, _SHORT_DATE)
        judged = pc.or_(judged, pc.and_(pc.invert(numbers), short))
    as_text = pc.fill_null(judged, False)
    marks = np.where(as_text.to_numpy(zero_copy_only=False), np.uint8(TEXT), kinds)
    numbers_left = pc.and_(numbers, pc.invert(as_text))
    return ShownCells(
        pc.if_else(as_text, shown, texts),
        marks.astype(np.uint8),
        pc.if_else(numbers_left, shown, pa.scalar(None, pa.string())),
    )
