"""Reads an .xlsx file into tabs, with dates, errors, booleans, merges and hidden sheets kept."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from candid_assets.sandbox.cells import days_of, serial_of
from candid_assets.sandbox.edits import set_cell
from candid_assets.sandbox.error_texts import LOADING
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted, SampleTab
from candid_assets.sources.files.stored_formulas import unstored_cells
from candid_assets.sources.files.xlsx import open_xlsx, unreadable

_LOCALE_FORMATS: Final = {"mm-dd-yy": "dd/mm/yyyy", "m/d/yy h:mm": "dd/mm/yyyy hh:mm"}
"""Excel's built-in formats 14 and 22: shown as the locale writes dates, whatever they say."""

_SAFE_INTEGER = 2**53


def read_xlsx(path: Path, *, locale: str = "in_ID") -> tuple[list[SampleTab], list[str]]:
    """Return an .xlsx file's tabs and warnings about what could not be kept."""
    reader = open_xlsx(path)
    try:
        book = reader.wb
        tabs = [_tab(book, name, locale) for name in book.sheetnames]
        notes = [note for tab in tabs for note in _mark_unstored(reader, path, tab)]
    except Exception as error:  # a broken file makes openpyxl raise almost anything
        raise unreadable(path, error) from error
    return tabs, notes


def _tab(book: Workbook, name: str, locale: str) -> SampleTab:
    sheet: Any = book[name]
    tab = SampleTab(0, name, [], hidden=sheet.sheet_state != "visible")
    if isinstance(sheet, Chartsheet):
        tab.sheet_type = "OBJECT"
        return tab
    tab.rows = _rows(sheet, locale)
    tab.merges = [
        (area.min_row - 1, area.max_row, area.min_col - 1, area.max_col)
        for area in sheet.merged_cells.ranges
    ]
    tab.merges.sort()
    if sheet.freeze_panes:
        tab.frozen_rows = int("".join(filter(str.isdigit, sheet.freeze_panes)) or 1) - 1
    return tab


def _rows(sheet: Worksheet, locale: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    # The cells that exist, not iter_rows: that would make a million rows of a formatted column.
    for (number, column), cell in sorted(sheet._cells.items()):
        value = _cell(cell, locale)
        if value is None:
            continue
        while len(rows) < number:
            rows.append([])
        row = rows[number - 1]
        row.extend([None] * (column - 1 - len(row)))
        row.append(value)
    return rows


def _cell(cell: Any, locale: str) -> Cell:
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "e":
        return CellError(_ERRORS.get(str(value), str(value)))
    if isinstance(value, date | time | timedelta):
        return _dated(value, cell.number_format, locale)
    if isinstance(value, int) and abs(value) > _SAFE_INTEGER:
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        pattern = sheets_number_pattern(cell.number_format)
        return Formatted(value, pattern) if pattern else value
    return value if isinstance(value, bool | int | float) else str(value)


_ERRORS: Final = {"#GETTING_DATA": LOADING, "#SPILL!": "#REF!", "#CALC!": "#ERROR!"}


def _dated(value: date | time | timedelta, number_format: str, locale: str) -> Dated:
    if isinstance(value, datetime):
        serial = serial_of(value)
    elif isinstance(value, date):
        serial = serial_of(datetime(value.year, value.month, value.day))  # noqa: DTZ001 - no zone
    elif isinstance(value, timedelta):
        serial = days_of(value)
    else:
        span = timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
        serial = days_of(span)
    return Dated(
        int(serial) if float(serial).is_integer() else serial,
        sheets_pattern(number_format, locale),
    )


def sheets_pattern(number_format: str, locale: str) -> str:
    """Return the Sheets pattern of an Excel date format: no locale tags, one section."""
    if not locale.startswith("en_US") and number_format.lower() in _LOCALE_FORMATS:
        return _LOCALE_FORMATS[number_format.lower()]
    section = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)[0]
    section = re.sub(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", "", section, flags=re.IGNORECASE)
    section = re.sub(r"[_*].", "", section)
    return section if section.strip("@ ") and section != "General" else "dd/mm/yyyy"


def sheets_number_pattern(number_format: str) -> str:
    """Return the Sheets pattern of an Excel number format; empty for General and text."""
    return "" if number_format in {"General", "@"} else number_format


def _mark_unstored(reader: ExcelReader, path: Path, tab: SampleTab) -> list[str]:
    """Make errors of the formulas whose result the file does not hold; return a note on them."""
    cells = unstored_cells(reader, path, tab.title) if tab.sheet_type == "GRID" else []
    for address in cells:
        set_cell(tab, address, CellError("#ERROR!", "The file holds no result of this formula."))
    if not cells:
        return []
    return [
        f"{path}, tab {tab.title!r}: {len(cells)} formulas have no stored result and are served as "
        f"errors, the first in {cells[0]}: open and save it in a spreadsheet program"
    ]
