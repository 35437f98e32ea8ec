"""What a load lost or changed, against the cells of the sample itself.

A cell of the sheet is kept if the table of its tab holds a value that equals it, of its type, not
yet counted for another cell, in whichever row or column: a number as a number, to 12 figures; a
day, or a day and its time, as a date or timestamp; a clock as a time or an interval; true and false
as a boolean; text as the same text, to the last space; an error as text that begins with its code.
A number that the sheet shows with leading zeros may also be that text, and a text may be the name
of a column that has its letters and digits. All other cells are lost or changed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import (
    Cell,
    CellError,
    Dated,
    Formatted,
    SampleTab,
    SampleWorkbook,
)
from candid_assets.sql import quoted
from candid_assets.warehouse.landing import facts

Key = tuple[str, Any]
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's clock has no zone
DAY = 86_400
CALENDAR = re.compile(r"y|d|m{3}", re.I)
ZEROS = re.compile(r"0{2,}")
OF_THE_TOOL = re.compile(r"_dlt_|_airbyte|__sdc|_sdc", re.I)


@dataclass(frozen=True)
class Loss:
    """What became of the cells of all tabs."""

    cells: int
    changed: int
    rows: int
    missing: int
    """Rows with a cell that are in no table."""

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(
            self.cells + other.cells,
            self.changed + other.changed,
            self.rows + other.rows,
            self.missing + other.missing,
        )


@dataclass(frozen=True)
class Loaded:
    """What a load holds of one tab."""

    names: Sequence[str]
    """The columns' names, where they come from the sheet."""
    rows: Iterable[Sequence[Key | None]]


@dataclass(frozen=True)
class Truth:
    """What one tab of the sample holds."""

    book: str
    title: str
    cells: Counter[Key]
    rows: int
    """Rows with a cell."""
    other_forms: Mapping[Key, Key]
    """What a cell may be, too: the text of a number with leading zeros."""


def truths(folder: Path) -> list[Truth]:
    """Return what every tab of every workbook of a folder holds."""
    return [
        _truth(book.spreadsheet_id, tab)
        for book in map(SampleWorkbook.load, workbook_files(folder))
        for tab in book.tabs
        if tab.sheet_type == "GRID"
    ]


def _truth(book: str, tab: SampleTab) -> Truth:
    cells: Counter[Key] = Counter()
    other: dict[Key, Key] = {}
    rows = 0
    for row in tab.rows:
        keys = [key_of(cell) for cell in row if cell is not None and cell != ""]
        cells.update(keys)
        rows += bool(keys)
        for cell in row:
            if isinstance(cell, Formatted) and ZEROS.fullmatch(cell.pattern):
                other[key_of(cell)] = "text", str(int(cell.value)).zfill(len(cell.pattern))
    return Truth(book, tab.title, cells, rows, other)


def loss(tabs: Iterable[Truth], loaded: Callable[[str, str], Loaded | None]) -> Loss:
    """Compare what tabs hold with what was loaded of them."""
    total = Loss(0, 0, 0, 0)
    for tab in tabs:
        total += _compared(tab, loaded(tab.book, tab.title))
    return total


def _compared(tab: Truth, loaded: Loaded | None) -> Loss:
    cells = tab.cells.total()
    if loaded is None:
        return Loss(cells, cells, tab.rows, tab.rows)
    kept: Counter[Key] = Counter()
    kept_rows = 1 if loaded.names else 0
    for row in loaded.rows:
        keys = [key for key in row if key is not None]
        kept.update(keys)
        kept_rows += bool(keys)
    names = Counter(letters(name) for name in loaded.names)
    lacking = tab.cells - kept
    spare = kept - tab.cells
    changed = 0
    for key, count in lacking.items():
        # What is in no cell may be there in its other form, or as the name of a column.
        other = min(count, spare[tab.other_forms.get(key, key)])
        name = letters(key[1]) if key[0] == "text" else ""
        named = min(count - other, names[name]) if name else 0
        names[name] -= named
        changed += count - other - named
    return Loss(cells, changed, tab.rows, max(0, tab.rows - kept_rows))


def letters(text: str) -> str:
    """Return the letters and digits of a name."""
    return "".join(filter(str.isalnum, text.casefold()))


def key_of(cell: Cell) -> Key:
    """Return what a cell of the sheet is."""
    if isinstance(cell, str):
        return "text", cell
    if isinstance(cell, bool):
        return "boolean", cell
    if isinstance(cell, Dated):
        seconds = round(cell.serial * DAY)
        if CALENDAR.search(cell.pattern) and abs(seconds) >= DAY:
            return "moment", EPOCH + timedelta(seconds=seconds)
        return "clock", seconds
    if isinstance(cell, CellError):
        return "error", cell.code
    return number(cell.value if isinstance(cell, Formatted) else cell)


def number(value: Any) -> Key:
    """Return a number to 12 figures."""
    return "number", float(f"{float(value):.12g}")


def stored(value: Any) -> Key | None:
    """Return what a value of a DuckDB table is; None for none."""
    if isinstance(value, str):
        code = value.split(" ")[0]
        is_error = code.startswith("#") and code.endswith(("!", "?", "A"))
        key: Key = ("error", code) if is_error else ("text", value)
    elif isinstance(value, bool):
        key = "boolean", value
    elif isinstance(value, int | float | Decimal):
        key = number(value)
    elif isinstance(value, datetime):
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        key = "moment", plain.replace(microsecond=0)
    elif isinstance(value, date):
        key = "moment", datetime(value.year, value.month, value.day)  # noqa: DTZ001
    elif isinstance(value, time):
        key = "clock", value.hour * 3600 + value.minute * 60 + value.second
    elif isinstance(value, timedelta):
        key = "clock", round(value.total_seconds())
    else:
        key = "text", str(value)
    return None if value is None or value in ("", "nan", "None") else key


def database_tabs(file: Path) -> Callable[[str, str], Loaded | None]:
    """Return what a DuckDB file holds of a tab, by its table `tabs`."""
    connection = duckdb.connect(str(file), read_only=True)
    connection.execute("set timezone = 'UTC'")
    asked = connection.execute("select spreadsheet, title, schema, name from tabs").fetchall()
    places = {
        (book, title): f"{quoted(schema)}.{quoted(name)}" for book, title, schema, name in asked
    }
    tables = {
        f"{quoted(schema)}.{quoted(name)}"
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }

    def loaded(book: str, title: str) -> Loaded | None:
        place = places.get((book, title))
        if place not in tables:
            return None
        cursor = connection.cursor()
        cursor.execute(f"select * from {place}")
        columns = [name for name, *_ in cursor.description or ()]
        own = [n for n, name in enumerate(columns) if not OF_THE_TOOL.match(name)]
        rows = ([stored(row[n]) for n in own] for row in cursor.fetchall())
        return Loaded([columns[n] for n in own], rows)

    return loaded


def landed_tabs(landing: Path) -> Callable[[str, str], Loaded | None]:
    """Return what the first extract of a tab holds: all of its tables are made from extracts."""
    files: dict[tuple[str, str], Path] = {}
    for path in sorted(landing.glob("*/*/*.parquet"), key=lambda path: path.stat().st_mtime):
        about = facts(path)
        files.setdefault((about.spreadsheet_id, about.title), path)

    def loaded(book: str, title: str) -> Loaded | None:
        if (book, title) not in files:
            return None
        with duckdb.connect() as connection:
            rows = connection.from_parquet(str(files[book, title]))
            places = [n for n, c in enumerate(rows.columns) if c[0] != "_" and "." not in c]
            return Loaded([], [_landed(row, places) for row in rows.fetchall()])

    return loaded


def _landed(row: Sequence[Any], places: list[int]) -> list[Key | None]:
    kinds = row[1]
    return [_of_kind(kinds[n], row[place]) for n, place in enumerate(places)]


def _of_kind(kind: str, text: str | None) -> Key | None:
    if kind == "-" or text is None:
        return None
    return _KINDS.get(kind, lambda text: ("text", text))(text)


def _clock(text: str) -> Key:
    hours, minutes, seconds = text.removeprefix("-").split(":")
    length = int(hours) * 3600 + int(minutes) * 60 + round(float(seconds))
    return "clock", -length if text.startswith("-") else length


_KINDS: Mapping[str, Callable[[str], Key]] = {
    "n": number,
    "b": lambda text: ("boolean", text == "TRUE"),
    "d": lambda text: ("moment", datetime.fromisoformat(text)),
    "s": lambda text: ("moment", datetime.fromisoformat(text).replace(microsecond=0)),
    "h": _clock,
    "e": lambda text: ("error", text.split(" ")[0]),
}
