"""A second, independent reading of the sample company: what an honest reader makes of each row."""

import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers

from candid_assets.sandbox.company.forms import cell_text
from candid_assets.sandbox.company.generate import generate
from candid_assets.sandbox.company.layout import Field, TabPlan
from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.company.version import SEED
from candid_assets.sandbox.workbook import (
    Cell,
    CellError,
    Dated,
    Formatted,
    SampleTab,
    SampleWorkbook,
)

MONTHS = {
    "jan": 1, "januari": 1, "feb": 2, "peb": 2, "februari": 2, "mar": 3, "maret": 3, "apr": 4,
    "april": 4, "mei": 5, "jun": 6, "juni": 6, "jul": 7, "juli": 7, "agu": 8, "agt": 8,
    "agustus": 8, "sep": 9, "sept": 9, "september": 9, "okt": 10, "oktober": 10, "nov": 11,
    "nop": 11, "november": 11, "des": 12, "desember": 12,
}  # fmt: skip
TRUE_WORDS = {"ya", "yes", "true", "benar", "y", "1", "aktif", "✓"}
FALSE_WORDS = {"tidak", "no", "false", "salah", "n", "t", "0", "nonaktif", "✗"}
UNITS = {"rb": 1_000, "ribu": 1_000, "jt": 1_000_000, "juta": 1_000_000, "M": 1_000_000_000}
TOTALS = ("total", "grand total", "sub total", "subtotal", "jumlah")
NUMBER = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?")
WRONG = {
    "number": "not_a_number",
    "integer": "not_an_integer",
    "boolean": "not_a_boolean",
    "date": "not_a_date",
    "timestamp": "not_a_timestamp",
    "time": "not_a_time",
}


class UnreadableError(Exception):
    """A cell that the column cannot hold; the message is the reason."""


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


def read_number(text: str) -> Decimal:
    negative = False
    if match := re.fullmatch(r"\((.+)\)", text):
        text, negative = match[1], True
    elif text[0] in "-−":
        text, negative = text[1:], True
    elif text.endswith("-") and not text.endswith(",-"):
        text, negative = text[:-1], True
    text = re.sub(r"^(Rp\.?|IDR) ?", "", text).removesuffix(",-")
    factor = Decimal(1)
    if text.endswith("%"):
        text, factor = text[:-1], Decimal("0.01")
    elif match := re.fullmatch(r"(.+) (rb|ribu|jt|juta|M)", text):
        text, factor = match[1], Decimal(UNITS[match[2]])
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    value = Decimal(match[1].replace(".", "") + "." + (match[2] or "0")) * factor
    return -value if negative else value


def read_date(text: str) -> date:
    text = re.sub(r"^[A-Za-z']+,? (?=\d)", "", text)
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    match = re.fullmatch(r"(\d{1,2})[-/. ](\w+)[-/. ](\d{4}|\d{2})", text)
    if match is None:
        raise ValueError(text)
    month = int(match[2]) if match[2].isdigit() else MONTHS[match[2].casefold()]
    return date(int(match[3]) + (2000 if len(match[3]) == 2 else 0), month, int(match[1]))


def read_time(text: str) -> time:
    match = re.fullmatch(r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?(?: WIB)?", text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def read_moment(text: str) -> datetime:
    day, _, clock = text.partition(" ")
    return datetime.combine(read_date(day), read_time(clock))


def from_serial(cell: Dated) -> datetime:
    return datetime.fromisoformat("1899-12-30") + timedelta(seconds=round(cell.serial * 86400))


def in_hours(cell: Dated) -> Decimal:
    if "[h]" not in cell.pattern:
        raise ValueError(cell)
    return Decimal(round(cell.serial * 1440)) / 60


def read_typed(column: Field, cell: Cell, text: str) -> object:
    if column.kind in {"number", "integer"}:
        if isinstance(cell, Dated):
            value = in_hours(cell)
        else:
            value = Decimal(text) if not isinstance(cell, str) else read_number(text)
        if column.kind == "integer" and value != value.to_integral_value():
            raise UnreadableError("not_an_integer")
        return value
    if column.kind == "boolean":
        if text.casefold() in TRUE_WORDS | FALSE_WORDS:
            return text.casefold() in TRUE_WORDS
        raise ValueError(text)
    if not isinstance(cell, str | Dated):
        raise TypeError(text)
    real = from_serial(cell) if isinstance(cell, Dated) else None
    if column.kind == "date":
        return real.date() if real else read_date(text)
    if column.kind == "timestamp":
        return real or read_moment(text)
    return real.time() if real else read_time(text)


def read_cell(column: Field, cell: Cell) -> object:
    """Return the clean value or raise the one reason for which the cell must be set aside."""
    if isinstance(cell, CellError):
        raise UnreadableError("error_cell")
    if isinstance(cell, Formatted) and set(cell.pattern) == {"0"} and column.kind == "string":
        return read_string(column, str(int(cell.value)).zfill(len(cell.pattern)))
    if isinstance(cell, Dated) and column.kind == "string":
        raise UnreadableError("date_in_text")
    text = squeezed(cell_text(cell) or "")
    if text in {"", "-", "–", "—"}:
        if column.required:
            raise UnreadableError("missing_value")
        return None
    if column.kind == "string":
        return read_string(column, text)
    try:
        value = read_typed(column, cell, text)
    except (ValueError, TypeError, KeyError, IndexError, InvalidOperation):
        raise UnreadableError(WRONG[column.kind]) from None
    if isinstance(value, Decimal):
        check_bounds(column, value)
    return value


def read_string(column: Field, text: str) -> str:
    if column.phone:
        try:
            number = phonenumbers.parse(text, "ID")
        except phonenumbers.NumberParseException:
            raise UnreadableError("bad_phone") from None
        if not phonenumbers.is_valid_number(number):
            raise UnreadableError("bad_phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    text = {"upper": text.upper(), "lower": text.lower()}.get(column.case or "", text)
    if column.allowed and text not in column.allowed:
        raise UnreadableError("not_allowed")
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise UnreadableError("bad_pattern")
    return text


def check_bounds(column: Field, value: Decimal) -> None:
    exponent = value.normalize().as_tuple().exponent
    scale = -exponent if isinstance(exponent, int) else 0
    if column.kind == "number" and scale > column.decimals:
        raise UnreadableError("too_precise")
    if column.kind == "number" and abs(value) >= Decimal(10) ** (18 - column.decimals):
        raise UnreadableError("out_of_range")
    if column.minimum is not None and value < Decimal(str(column.minimum)):
        raise UnreadableError("below_minimum")
    if column.maximum is not None and value > Decimal(str(column.maximum)):
        raise UnreadableError("above_maximum")


@dataclass
class Reading:
    """What an honest reader makes of one tab."""

    clean: dict[int, dict[str, Any]] = field(default_factory=dict)
    quarantined: dict[int, set[tuple[str | None, str]]] = field(default_factory=dict)
    dropped: dict[int, str] = field(default_factory=dict)


def read_tab(plan: TabPlan, tab: SampleTab) -> Reading:
    reading, seen, keys = Reading(), set[tuple[object, ...]](), defaultdict[Any, list[int]](list)
    known: dict[Any, Any] = {}
    header = [squeezed(column.header) for column in plan.fields]
    for row, cells in enumerate(unmerged(plan, tab), 1):
        rule = dropping_rule(plan, header, row, cells, seen)
        if rule is not None:
            reading.dropped[row] = rule
            continue
        values, reasons = read_row(plan, cells, known)
        key = tuple(values.get(column.name) for column in plan.fields if column.key)
        if None not in key:
            keys[key].append(row)
        if reasons:
            reading.quarantined[row] = reasons
        else:
            reading.clean[row] = values
    for rows in keys.values():
        for row in rows if len(rows) > 1 else ():
            reading.clean.pop(row, None)
            reading.quarantined.setdefault(row, set()).add((None, "duplicate_key"))
    return reading


def unmerged(plan: TabPlan, tab: SampleTab) -> list[list[Cell]]:
    """Return the rows with merged cells of the table filled from the first cell of their merge."""
    rows = [list(row) for row in tab.rows]
    for top, bottom, left, right in tab.merges:
        for row in range(top, bottom) if top >= plan.header_row else ():
            rows[row][left:right] = [rows[top][left]] * (right - left)
    return rows


def read_row(
    plan: TabPlan, cells: list[Cell], known: dict[Any, Any]
) -> tuple[dict[str, Any], set[Any]]:
    values: dict[str, Any] = {}
    reasons: set[tuple[str | None, str]] = set()
    for column, cell in zip(plan.fields, cells, strict=True):
        same = (column.name, type(cell), cell)
        if same not in known:
            known[same] = value_or_problem(column, cell)
        if isinstance(known[same], UnreadableError):
            reasons.add((column.header, str(known[same])))
        else:
            values[column.name] = known[same]
    return values, reasons


def value_or_problem(column: Field, cell: Cell) -> object:
    try:
        return read_cell(column, cell)
    except UnreadableError as problem:
        return problem


def holds_no_data(plan: TabPlan, cells: list[Cell]) -> bool:
    prepared = dict(plan.prepared)
    pairs = zip(plan.fields, cells, strict=False)
    return all(cell is None or cell == prepared.get(column.name) for column, cell in pairs)


def dropping_rule(
    plan: TabPlan, header: list[str], row: int, cells: list[Cell], seen: set[tuple[object, ...]]
) -> str | None:
    texts = [squeezed(c) if isinstance(c, str) else None for c in cells]
    if row <= plan.header_row:
        return "header" if row == plan.header_row and texts == header else "above_header"
    if holds_no_data(plan, cells):
        return "blank_row" if all(cell is None for cell in cells) else "prefilled_row"
    if texts == header:
        return "repeated_header"
    first = next((n for n, text in enumerate(texts) if text), None)
    keys = [n for n, column in enumerate(plan.fields) if column.key]
    keyless = first in keys or any(cells[n] is None for n in keys)
    if first is not None and keyless and (texts[first] or "").casefold().startswith(TOTALS):
        return "total_row"
    identity = tuple((type(c).__name__, cell_text(c)) for c in cells)
    if identity in seen:
        return "exact_duplicate"
    seen.add(identity)
    return None


@dataclass
class Sample:
    """The generated company, read a second time."""

    truth: dict[str, Any]
    tabs: dict[tuple[str, str], SampleTab]
    plans: dict[tuple[str, str], TabPlan]
    readings: dict[tuple[str, str], Reading]

    def rows(self, workbook: str, *names: str) -> Iterator[dict[str, Any]]:
        """Return the clean rows of tabs by their short names."""
        for (book, title), plan in self.plans.items():
            if book == workbook and plan.name in names:
                yield from self.readings[book, title].clean.values()

    def sums(self, workbook: str, names: Any, by: tuple[str, ...], what: str) -> Counter[Any]:
        totals: Counter[Any] = Counter()
        for row in self.rows(workbook, *([names] if isinstance(names, str) else names)):
            totals[tuple(row[name] for name in by)] += row[what]
        return Counter({key: value for key, value in totals.items() if value})


@cache
def sample(seed: int = SEED, scale: int = 1) -> Sample:
    """Generate and read the company once for all tests of a process."""
    with tempfile.TemporaryDirectory() as name:
        folder = generate(Path(name), seed=seed, scale=scale)
        truth = json.loads((folder / "truth.json").read_text())
        workbooks = [SampleWorkbook.load(folder / f"{plan.name}.json") for plan in WORKBOOKS]
    made = Sample(truth, {}, {}, {})
    for plan, workbook in zip(WORKBOOKS, workbooks, strict=True):
        grids = [tab for tab in workbook.tabs if tab.sheet_type == "GRID"]
        for tab_plan, tab in zip(plan.tabs, grids, strict=True):
            key = (plan.name, tab.title)
            made.tabs[key], made.plans[key] = tab, tab_plan
            made.readings[key] = read_tab(tab_plan, tab)
    return made
