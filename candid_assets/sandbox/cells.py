"""Cells as a person or a program writes them: addresses, JSON values and command-line words."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from candid_assets.sandbox.cell_references import column_number
from candid_assets.sandbox.number_types import shows_dates
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,7})")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_DURATION = re.compile(r"([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9]))?")


def cell_position(address: str) -> tuple[int, int]:
    """Return a cell's row and column from 0, for an address such as `D17`."""
    match = _ADDRESS.fullmatch(address.strip())
    if not match:
        raise ValueError(f"{address!r} is no cell: write a column and a row, such as D17")
    return int(match[2]) - 1, column_number(match[1]) - 1


def wire_cell(value: Any) -> Cell:
    """Return a cell from JSON.

    A plain value, or `{"d": serial, "p": pattern}` for a date, `{"n": number, "p": pattern}` for
    a number with a format, `{"e": code, "m": message}` for an error, whose message may be left out.
    """
    if isinstance(value, dict):
        if "e" in value and set(value) <= {"e", "m"}:
            return CellError(str(value["e"]), value.get("m"))
        if set(value) == {"d", "p"}:
            return Dated(value["d"], str(value["p"]))
        if set(value) == {"n", "p"}:
            number = Dated if shows_dates(str(value["p"])) else Formatted
            return number(value["n"], str(value["p"]))
    elif value is None or isinstance(value, str | int | float):
        return None if value == "" else value
    raise ValueError(
        f'{value!r} is no cell: write a number, text, true, null, {{"e": "#REF!"}}, '
        '{"d": 45886, "p": "dd/mm/yyyy"} or {"n": 7, "p": "00000"}'
    )


def serial_of(moment: datetime) -> float:
    """Return the serial number of a moment; whole for a date."""
    delta = moment.replace(tzinfo=UTC) - _EPOCH
    return days_of(delta)


def days_of(span: timedelta) -> float:
    """Return a time span in days, the unit of a serial number."""
    microseconds = span // timedelta(microseconds=1)
    return microseconds / 86_400_000_000


def typed_cell(text: str) -> Cell:
    """Return the cell that a command-line word means.

    `date:2025-08-17`, `datetime:2025-08-17 14:30`, `time:14:30`, `error:#REF!` and `text:0812`
    say what they are; else a JSON number, true, false or null, and all other words are text.
    """
    kind, colon, rest = text.partition(":")
    if colon and kind in ("date", "datetime"):
        return _moment(rest, "dd/mm/yyyy" if kind == "date" else "dd/mm/yyyy hh:mm:ss")
    if colon and kind == "time":
        match = _DURATION.fullmatch(rest.strip())
        if not match:
            raise ValueError(f"{rest!r} is no time: write time:14:30 or time:14:30:05")
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return Dated(days_of(span), "hh:mm:ss" if hours < 24 else "[hh]:mm:ss")
    if colon and kind == "error":
        return CellError(rest.strip())
    if colon and kind == "text":
        return rest or None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text or None
    return value if value is None or isinstance(value, int | float | str) else text


def _moment(text: str, pattern: str) -> Dated:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date: write date:2025-08-17") from None
    serial = serial_of(moment)
    return Dated(int(serial) if float(serial).is_integer() else serial, pattern)
