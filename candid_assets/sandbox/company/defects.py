"""What goes wrong in a tab: cells that can still be read and cells that cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from typing import Final, Literal
from zlib import crc32

from candid_assets.sandbox.company import forms
from candid_assets.sandbox.company.layout import Field
from candid_assets.sandbox.company.values import Value, pick
from candid_assets.sandbox.workbook import Cell, CellError

Outcome = Literal["clean", "quarantine", "dropped"]
NBSP: Final = "\u00a0"
ZERO_WIDTH: Final = "\u200b"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flawed cell: how it looks and what must become of its row."""

    kind: str
    cell: Cell
    outcome: Outcome
    expected: str | None = None
    reason: str | None = None


def untidy(column: Field, value: Value, rng: Random) -> tuple[str, Cell] | None:
    """Return another way to type a value, with the kind of untidiness, or None if there is none."""
    if value is None:
        return _untidy_blank(column, rng)
    if column.phone:
        return "phone_as_number", int(str(value)[3:])
    if isinstance(value, str):
        return _untidy_text(column, value, rng)
    if isinstance(value, date | time):
        return _untidy_moment(column, value, rng)
    if isinstance(value, bool):
        words = ("YA", "ya ", "Yes", "✓") if value else ("TIDAK", " tidak", "No", "✗")
        return "bool_word", pick(rng, words)
    return None if column.key else _untidy_number(column, value, rng)


def _untidy_blank(column: Field, rng: Random) -> tuple[str, Cell] | None:
    if column.required or column.style == "dash":
        return None
    return pick(rng, (("blank_word", "-"), ("blank_word", "—"), ("blank_spaces", "  ")))


def _untidy_moment(column: Field, value: date | time, rng: Random) -> tuple[str, Cell]:
    if isinstance(value, datetime):
        styles = ("iso",) if value.second else ("dmy", "dot", "wib", "iso")
        return "text_timestamp", forms.MOMENT_FORMS[pick(rng, styles)](value)
    if isinstance(value, time):
        return "text_time", forms.TIME_FORMS[pick(rng, tuple(forms.TIME_FORMS))](value)
    return _untidy_date(column, value, rng)


def _untidy_date(column: Field, value: date, rng: Random) -> tuple[str, Cell]:
    if column.style in forms.DATE_FORMS and rng.random() < 0.4:
        return "real_date", forms.dated(value, "dd/mm/yyyy")
    styles = [name for name in forms.DATE_FORMS if value.year >= 2000 or name in {"dmy", "long"}]
    return "text_date", forms.DATE_FORMS[pick(rng, styles)](value)


def _untidy_text(column: Field, value: str, rng: Random) -> tuple[str, Cell]:
    if column.case and rng.random() < 0.5:
        other = value.lower() if column.case == "upper" else value.upper()
        if other != value:
            return "letter_case", other
    looks: tuple[Callable[[str], str], ...] = (
        lambda text: f" {text}",
        lambda text: f"{text}  ",
        lambda text: f"{text}{NBSP}",
        lambda text: f"{NBSP}{text} ",
        lambda text: f"{text}{ZERO_WIDTH}",
        lambda text: text.replace(" ", "  ", 1) if " " in text else f"{text}\t",
    )
    return "stray_space", pick(rng, looks)(value)


def _untidy_number(column: Field, value: float, rng: Random) -> tuple[str, Cell]:
    if column.percent:
        return ("percent_number", value) if column.style else ("percent_text", forms.percent(value))
    if column.style:
        return "real_number", value
    if value < 0:
        digits = forms.indonesian(-value)
        return "accounting_negative", pick(
            rng, (f"({digits})", f"-{digits}", f"{digits}-", f"−{digits}")
        )
    text = forms.indonesian(value)
    if column.name.endswith("_idr"):
        looks = (
            text,
            forms.rupiah(value),
            f"Rp. {text}",
            f"IDR {text}",
            f" {text} ",
            f"Rp{NBSP}{text}",
        )
        return "text_number", pick(rng, looks)
    return "text_number", pick(rng, (text, f"{text} "))


def spoilt(column: Field, rng: Random) -> Flaw | None:
    """Return a cell that the column cannot hold, or None where the column takes anything."""
    options = list(_spoilt(column, rng))
    if column.required:
        options.append(("blank_required", None, "missing_value"))
    if not column.required or column.kind != "string":
        error = _error(pick(rng, ("#REF!", "#N/A", "#DIV/0!", "#VALUE!")), column)
        options.append(("error_cell", error, "error_cell"))
    kind, cell, reason = pick(rng, options)
    return Flaw(kind, cell, "quarantine", reason=reason)


def _error(code: str, column: Field) -> CellError:
    """Return an error with the message that its formula would leave in this column."""
    wanted = crc32(column.name.encode()) % 10_000
    messages = {
        "#REF!": "Reference does not exist.",
        "#N/A": f"Did not find value 'SKU-{wanted:04d}' in VLOOKUP evaluation.",
        "#DIV/0!": "Function DIVIDE parameter 2 cannot be zero.",
        "#VALUE!": "Function MULTIPLY parameter 1 expects number values. But 'n/a' is a text and "
        "cannot be coerced to a number.",
    }
    return CellError(code, messages[code])


Option = tuple[str, Cell, str]
SPOILT_WORDS: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    "boolean": ("bad_boolean", ("mungkin", "belum tahu", "?"), "not_a_boolean"),
    "date": ("bad_date", ("besok", "akhir bulan", "??/03/2025"), "not_a_date"),
    "timestamp": ("bad_timestamp", ("kemarin sore", "tadi pagi"), "not_a_timestamp"),
    "time": ("bad_time", ("pagi", "25.61", "jam 8an"), "not_a_time"),
}


def _spoilt(column: Field, rng: Random) -> list[Option]:
    if column.kind == "number":
        return _spoilt_number(column, rng)
    if column.kind == "integer":
        return [("fraction", 12.5, "not_an_integer"), *_beyond(column)]
    if column.kind == "string":
        return _spoilt_text(column, rng)
    kind, looks, reason = SPOILT_WORDS[column.kind]
    return [(kind, pick(rng, looks), reason), *_spoilt_day(column, rng)]


def _spoilt_day(column: Field, rng: Random) -> list[Option]:
    if column.kind == "timestamp":
        return [("impossible_date", "31/02/2025 10:00", "not_a_timestamp")]
    if column.kind != "date":
        return []
    impossible = pick(rng, ("31/02/2025", "30 Februari 2025", "2025-13-05"))
    return [
        ("impossible_date", impossible, "not_a_date"),
        ("serial_number", 45000 + int(rng.random() * 900), "not_a_date"),
    ]


def _spoilt_text(column: Field, rng: Random) -> list[Option]:
    if column.phone:
        return [("bad_phone", pick(rng, ("12345", "0812", "tidak ada")), "bad_phone")]
    if column.allowed:
        return [("bad_enum", pick(rng, ("Lain", "???", "xx")), "not_allowed")]
    if column.pattern:
        return [("bad_code", pick(rng, ("salah", "KODE?", "12-ab")), "bad_pattern")]
    return []


def _spoilt_number(column: Field, rng: Random) -> list[Option]:
    unread = ("dua belas ribu", "1,234.5", "12.50", "1e3", "± 5.000", "1.25")
    floor = column.minimum if column.minimum is not None else (column.maximum or 0) - 1
    options: list[Option] = [
        ("unreadable_number", pick(rng, unread), "not_a_number"),
        ("too_precise", floor + 0.123456789, "too_precise"),
        *_beyond(column),
    ]
    if column.maximum is None:
        options.append(("huge_number", 1e17, "out_of_range"))
    return options


def _beyond(column: Field) -> list[Option]:
    options: list[Option] = []
    if column.minimum is not None:
        options.append(("negative", int(column.minimum) - 5, "below_minimum"))
    if column.maximum is not None:
        options.append(("too_large", int(column.maximum) + 7, "above_maximum"))
    return options
