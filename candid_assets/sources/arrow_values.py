"""Typed Arrow columns as texts with kinds, without loss."""

import base64
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from candid_assets.settings import TIME_ZONE
from candid_assets.sources.cell_kinds import Kinds, kinds_of, without_exponent
from candid_assets.sources.json_texts import json_text


def as_cells(column: pa.Array) -> tuple[pa.Array, Kinds]:
    """Return the text of every value, null for none, and the kind of its cell."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    texts, kind = _texts(column)
    irregular = None
    if pa.types.is_floating(column.type):
        irregular = pc.fill_null(pc.invert(pc.is_finite(column)), False)
    return texts, kinds_of(texts, kind, irregular)


def _texts(column: pa.Array) -> tuple[pa.Array, str]:  # noqa: PLR0911 - one for each type
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.cast(column, pa.string()), "x"
    if pa.types.is_boolean(kind):
        return pc.if_else(column, pa.scalar("TRUE"), pa.scalar("FALSE")), "b"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        if pa.types.is_float16(kind):
            column = pc.cast(column, pa.float32())  # no other type here is as small
        return plain_numbers(pc.cast(column, pa.string())), "m"
    if pa.types.is_date(kind):
        return pc.cast(pc.cast(column, pa.date32()), pa.string()), "d"
    if pa.types.is_timestamp(kind):
        if kind.tz:
            column = pc.local_timestamp(pc.cast(column, pa.timestamp(kind.unit, TIME_ZONE)))
        return _moments(column, pa.timestamp("s")), "s"
    if pa.types.is_time(kind):
        return _moments(column, pa.time32("s")), "h"
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string()), "x"
    return pa.array([_other_text(value) for value in column.to_pylist()], pa.string()), "x"


def plain_numbers(texts: pa.Array) -> pa.Array:
    """Return texts of numbers without exponents; those that are no finite number stay."""
    if not pc.any(pc.match_substring(texts, "e", ignore_case=True)).as_py():
        return texts
    plain = [text if text is None else without_exponent(text) for text in texts.to_pylist()]
    return pa.array(plain, pa.string())


def _moments(column: pa.Array, whole: pa.DataType) -> pa.Array:
    """Return moments as texts, without a fraction of zero and without zeros at its end.

    `whole` is the type of moments in whole seconds, which most columns fit.
    """
    try:
        return pc.cast(pc.cast(column, whole), pa.string())
    except pa.ArrowInvalid:  # a fraction would be lost
        texts = pc.cast(column, pa.string())
        return pc.replace_substring_regex(texts, r"(\.\d*[1-9])0*$|\.0*$", r"\1")


def _other_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list | dict | tuple):
        return json_text(value)
    return str(value)
