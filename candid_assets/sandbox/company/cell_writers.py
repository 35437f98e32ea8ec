"""Writes clean values into cells the way a column was typed, a whole column at a time."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any

from candid_assets.sandbox.company import forms
from candid_assets.sandbox.company.layout import Field
from candid_assets.sandbox.company.values import Value
from candid_assets.sandbox.workbook import Cell, Formatted

DATE_PATTERN = "dd/mm/yyyy"
MOMENT_PATTERN = "dd/mm/yyyy hh:mm"
TIME_PATTERN = "hh:mm"


def type_column(column: Field, values: Sequence[Value], rng: Random) -> list[Cell]:
    """Return the cells of a column, typed the way its style says."""
    if column.phone:
        return [None if v is None else forms.phone(str(v), rng) for v in values]
    write = writer(column)
    seen: dict[Value, Cell] = {}
    cells: list[Cell] = []
    for value in values:
        if value is None:
            cells.append("-" if column.style == "dash" else None)
            continue
        if write is None:
            cells.append(value)  # type: ignore[arg-type]  # text, numbers and booleans are cells
            continue
        if value not in seen:
            seen[value] = write(value)
        cells.append(seen[value])
    return cells


def writer(column: Field) -> Callable[[Any], Cell] | None:
    """Return what turns a value into the column's usual cell; None leaves it as it is."""
    style = column.style
    if column.kind in {"number", "integer"}:
        return forms.NUMBER_FORMS[style] if style else None
    if column.kind == "boolean":
        return _word_writer(style) if style else None
    if column.kind == "date":
        return forms.DATE_FORMS.get(style) or _dated_writer(style or DATE_PATTERN)
    if column.kind == "timestamp":
        return forms.MOMENT_FORMS.get(style) or _dated_writer(style or MOMENT_PATTERN)
    if column.kind == "time":
        return forms.TIME_FORMS.get(style) or _dated_writer(style or TIME_PATTERN)
    return _padded_cell if style == "padded" else _code_cell if style == "code" else None


def _word_writer(style: str) -> Callable[[bool], Cell]:
    yes, no = forms.BOOLEAN_WORDS[style]
    return lambda value: yes if value else no


def _dated_writer(pattern: str) -> Callable[[date | time], Cell]:
    return lambda value: forms.dated(value, pattern)


def _code_cell(code: str) -> Cell:
    # Half of the digits-only codes were typed without an apostrophe and became numbers.
    return int(code) if code[0] != "0" and int(code) % 2 else code


def _padded_cell(code: str) -> Cell:
    # The cells have a number format that shows the zeros in front.
    return Formatted(int(code), "0" * len(code))


def clean_text(value: Value) -> str | None:
    """Return a clean value as canonical text: as the typed table must hold it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return forms.number_text(value)
