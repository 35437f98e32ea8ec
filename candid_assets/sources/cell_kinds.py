"""The kind of every cell, as one character, which says what the cell holds and who wrote it.

| kind | cell |
|---|---|
| `t` | text that a hand typed, or that a spreadsheet or .csv file shows |
| `x` | exact text: a value of a database, Parquet file or JSON answer, kept to the last space |
| `n` | number of a spreadsheet, which shows 15 figures of a float |
| `m` | exact number: an integer, decimal or float of a typed source, kept to the last digit |
| `b` `d` `s` `h` | boolean, date, timestamp, time of day or duration |
| `e` | formula error |
| `-` | blank |

Columns of kinds are arrays of these characters' codes.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLANK: Final = ord("-")
TEXT: Final = ord("t")
EXACT_TEXT: Final = ord("x")
ERROR: Final = ord("e")

Kinds = np.ndarray[Any, np.dtype[np.uint8]]
Columns = tuple[list[pa.Array], list[Kinds]]
"""A text column and the kinds of its cells, for each column."""
Cell = tuple[str, str | None]
"""Kind and text."""
BLANK_CELL: Final[Cell] = ("-", None)

HALF_A_CHARACTER: Final = "half a character in:"
"""Begins the message of a cell with half of a surrogate pair, which no UTF-8 text can hold."""
_LONGEST_EXPONENT: Final = 400


def kinds_of(texts: pa.Array, kind: str, irregular: pa.Array | None = None) -> Kinds:
    """Return the kinds of a typed column: blank where null, exact text where irregular."""
    kinds = np.full(len(texts), ord(kind), dtype=np.uint8)
    if irregular is not None:
        kinds[irregular.to_numpy(zero_copy_only=False)] = EXACT_TEXT
    if texts.null_count:
        kinds[texts.is_null().to_numpy(zero_copy_only=False)] = BLANK
    return kinds


def columns_of(rows: Sequence[Sequence[Cell]], width: int) -> Columns:
    """Return rows of cells, which may be shorter than `width`, as that many columns."""
    texts: list[list[str | None]] = [[None] * len(rows) for _ in range(width)]
    kinds = np.full((width, len(rows)), BLANK, dtype=np.uint8)
    for number, row in enumerate(rows):
        for position, (kind, text) in enumerate(row):
            if text is not None:
                kinds[position, number] = ord(kind)
                texts[position][number] = text
    return [stored_texts(column, kinds[n]) for n, column in enumerate(texts)], list(kinds)


def stored_texts(texts: list[str | None], kinds: Kinds | bytearray) -> pa.Array:
    """Return texts as they are stored; half a character (`=LEFT("😀")`) makes its cell an error."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        for row, text in enumerate(texts):
            if text is not None and (shown := whole_characters(text)) != text:
                kinds[row], texts[row] = ERROR, f"{HALF_A_CHARACTER} {shown}"
        return pa.array(texts, pa.string())


def whole_characters(text: str) -> str:
    """Return a text with a question mark for each half of a character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def number_text(value: float) -> str:
    """Return the shortest exact text of a number: no exponent, no `.0`."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if text != "-0.0" else "0"
    if "e" not in text:
        return text
    plain = without_exponent(text)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def without_exponent(text: str) -> str:
    """Return a number's text without an exponent, to its last digit.

    One with an exponent that no type holds stays as it is: its digits could fill the memory.
    """
    if "e" not in text.lower():
        return text
    number = Decimal(text)
    return format(number, "f") if abs(number.adjusted()) <= _LONGEST_EXPONENT else text


def filled_rows(kinds: pa.Array | pa.ChunkedArray) -> int:
    """Return how many rows are not blank, of the kinds of their cells as text."""
    return int(pc.sum(pc.match_substring_regex(kinds, "[^-]")).as_py() or 0)
