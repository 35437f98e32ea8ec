"""The kind and the canonical text of every cell of a column, from its two renders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import ne
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from candid_assets.errors import CandidError
from candid_assets.sources.cell_kinds import (
    BLANK,
    ERROR,
    number_text,
    stored_texts,
    whole_characters,
)
from candid_assets.sources.error_texts import is_error_text
from candid_assets.sources.sheets.loading_cells import LOADING
from candid_assets.sources.sheets.serial_numbers import is_shown_by, moment
from candid_assets.sources.shown_texts import shown_where_it_says_more

Value = str | int | float | bool | None

_NONE: Final = type(None)
_SHORT_DATE: Final = r"^\s*[0-9\pL]+[^0-9\pL]+[0-9\pL]+\s*$"
"""A date of two parts: `1/2`, `2-3`, `Mar-5`."""
_MARKED: Final = frozenset("#EeLM \t\n")
"""First characters of texts that may be an error or a value still computed."""
_KINDS: Final[dict[type, int]] = {
    str: ord("t"),
    int: ord("n"),
    float: ord("n"),
    bool: ord("b"),
    _NONE: ord("-"),
}


class RendersDifferError(CandidError):
    """The two renders of one range are not of the same cells: it changed meanwhile."""


@dataclass(slots=True)
class ColumnCells:
    """One column of one range."""

    kinds: bytes
    texts: pa.Array
    shown: pa.Array | None = None
    """What the sheet shows for dates and times; None for a column without any."""
    loading: list[int] = field(default_factory=list)
    """Rows, from 0, that still calculate."""
    wavering: bool = False
    """Whether a number or a date differs between the renders, as that of RAND() does."""


def columns_of(rows: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
    """Turn ragged rows into columns of equal length, blanks filled with None."""
    return list(zip_longest(*rows))


def same_shape(serial: Sequence[Sequence[Value]], shown: Sequence[Sequence[Value]]) -> bool:
    """Whether two renders have the same number of rows and of cells in each row."""
    return list(map(len, serial)) == list(map(len, shown))


_TEXTS: Final[dict[type, Callable[[Any], str | None]]] = {
    str: lambda value: value or None,
    int: str,
    float: number_text,
    bool: lambda value: "TRUE" if value else "FALSE",
    _NONE: lambda _: None,
}


def classify(serial: Sequence[Value], shown: Sequence[Value]) -> ColumnCells:
    """Return the kinds and texts of one column, given with serial numbers and as shown."""
    types = set(map(type, serial))
    kinds = bytearray(map(_KINDS.__getitem__, map(type, serial)))
    texts = _texts(serial, types)
    loading: list[int] = []
    if str in types:
        loading = _settle(serial, kinds, texts)
    if serial == shown:
        stored = stored_texts(texts, kinds)
        return ColumnCells(bytes(kinds), stored, loading=loading)
    displayed, wavering = _dates(serial, shown, kinds, texts, loading)
    stored = stored_texts(texts, kinds)
    seen = _shown(displayed) if displayed else None
    return ColumnCells(bytes(kinds), stored, seen, loading, wavering)


def _shown(texts: Sequence[Any]) -> pa.Array:
    """Return texts that are only shown beside their cells, half a character as a question mark."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        whole = [whole_characters(t) if isinstance(t, str) else t for t in texts]
        return pa.array(whole, pa.string())


def _texts(serial: Sequence[Value], types: set[type]) -> list[str | None]:
    if types <= {str, _NONE}:
        return list(serial)  # type: ignore[arg-type]
    if types == {int}:
        return list(map(str, serial))
    if types == {float}:
        return list(map(number_text, serial))  # type: ignore[arg-type]
    text_of = _TEXTS
    return [text_of[type(value)](value) for value in serial]


def _settle(serial: Sequence[Value], kinds: bytearray, texts: list[str | None]) -> list[int]:
    """Mark blanks and errors among text; return the rows that still calculate."""
    loading = []
    for row, value in enumerate(serial):
        if value == "":
            kinds[row] = BLANK
            texts[row] = None
        elif type(value) is str and value[0] in _MARKED:
            if is_error_text(value):
                kinds[row] = ERROR
            elif value in LOADING:
                loading.append(row)
    return loading


def _dates(
    serial: Sequence[Value],
    shown: Sequence[Value],
    kinds: bytearray,
    texts: list[str | None],
    loading: list[int],
) -> tuple[list[str | None] | None, bool]:
    """Fill in dates and times: a number in one render that is text in the other."""
    displayed: list[str | None] = [None] * len(serial)
    known: dict[tuple[Value, Value], tuple[int, str]] = {}
    dated = wavering = False
    for row, differs in enumerate(map(ne, serial, shown)):
        value, text = serial[row], shown[row]
        if not differs or value in LOADING:
            continue
        if text in LOADING:
            loading.append(row)
            continue
        if type(value) is not int and type(value) is not float:
            raise RendersDifferError("the two renders of a range differ")
        if type(text) is int or type(text) is float:
            wavering = True
            continue
        if type(text) is not str or not text:
            raise RendersDifferError("the two renders of a range differ")
        cell = known.get((value, text))
        if cell is None:
            kind, canonical = moment(value, text)
            cell = known[value, text] = (ord(kind), canonical)
            wavering |= not is_shown_by(value, text)
        kinds[row], texts[row] = cell
        displayed[row] = text
        dated = True
    return (displayed if dated else None), wavering


def number_texts(column: ColumnCells, shown: Sequence[Value]) -> pa.Array | None:
    """Return what is shown for a column's numbers where it says more than they do; None for none.

    Raises:
        RendersDifferError: A cell that was a number shows an error: it changed meanwhile.
    """
    texts = _shown(shown)
    numbers = pa.array(np.frombuffer(column.kinds, dtype=np.uint8) == _KINDS[int])
    texts = pc.if_else(numbers, texts, pa.scalar(None, pa.string()))
    more = shown_where_it_says_more(texts, column.texts)
    if more is not None and any(
        is_error_text(text) for text in pc.unique(more).to_pylist() if text
    ):
        raise RendersDifferError("the two renders of a range differ")
    return more


def short_dates(column: ColumnCells) -> pa.Array | None:
    """Return what is shown for dates that show no whole date, such as `1/2`; None for none."""
    if column.shown is None:
        return None
    kinds = np.frombuffer(column.kinds, dtype=np.uint8)
    dates = pa.array((kinds == ord("d")) | (kinds == ord("s")))
    short = pc.and_(dates, pc.match_substring_regex(column.shown, _SHORT_DATE))
    if not pc.any(short).as_py():
        return None
    return pc.if_else(short, column.shown, pa.scalar(None, pa.string()))
