"""Reads an .xlsx file into tabs, with dates, errors, booleans, merges and hidden sheets kept."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from candid_assets.sandbox.cells import days_of, serial_of
from candid_assets.sandbox.edits import set_cell
from candid_assets.sandbox.error_texts import LOADING
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted, SampleTab
from candid_assets.sources.files.sheet_outline import outline_of
from candid_assets.sources.files.stored_formulas import FormulaResults
from candid_assets.sources.files.xlsx import open_xlsx
from candid_assets.sources.files.xlsx_cells import SheetCells, XlsxCell, shared_texts

_LOCALE_FORMATS: Final = {"mm-dd-yy": "dd/mm/yyyy", "m/d/yy h:mm": "dd/mm/yyyy hh:mm"}
"""Excel's built-in formats 14 and 22: shown as the locale writes dates, whatever they say."""

_SAFE_INTEGER = 2**53
_ALL: Final = 10_000_000


def read_xlsx(path: Path, *, locale: str = "in_ID") -> tuple[list[SampleTab], list[str]]:
    """Return an .xlsx file's tabs and warnings about what could not be kept.

    Raises:
        UnreadableFileError: The file is no .xlsx, or is damaged.
    """
    book = open_xlsx(path)
    texts, notes, tabs = shared_texts(book), list[str](), list[SampleTab]()
    for title, sheet in book.sheets.items():
        tab = SampleTab(0, title, [], hidden=sheet.hidden)
        tabs.append(tab)
        if sheet.is_chart:
            tab.sheet_type = "OBJECT"
            continue
        outline = outline_of(book, sheet)
        tab.merges, tab.frozen_rows = list(outline.merges), outline.frozen_rows
        results = FormulaResults(book, most_named=_ALL)
        for cells in SheetCells(book, sheet, texts, results).rows():
            row: list[Cell] = []
            for cell in cells:
                row.extend([None] * (cell.place - 1 - len(row)))
                row.append(_cell(cell, book.format_of(cell.style), locale))
            tab.rows.append(row)
        notes += _mark_unstored(path, tab, results)
    return tabs, notes


def _cell(cell: XlsxCell, number_format: str, locale: str) -> Cell:
    value = cell.value
    if cell.is_error:
        return CellError(_ERRORS.get(value, value))
    if isinstance(value, date | time | timedelta):
        return _dated(value, number_format, locale)
    if isinstance(value, int) and abs(value) > _SAFE_INTEGER:
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        pattern = sheets_number_pattern(number_format)
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


def _mark_unstored(path: Path, tab: SampleTab, results: FormulaResults) -> list[str]:
    """Make errors of the formulas whose result the file does not hold; return a note on them."""
    number, cells = results.unstored
    for address in cells:
        set_cell(tab, address, CellError("#ERROR!", "The file holds no result of this formula."))
    if not cells:
        return []
    return [
        f"{path}, tab {tab.title!r}: {number} formulas have no stored result and are served as "
        f"errors, the first in {cells[0]}: open and save it in a spreadsheet program"
    ]
