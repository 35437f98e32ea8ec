"""Reads .xlsx files: their sheets, and the kind and text of every cell."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader

from candid_assets.sources.cell_kinds import BLANK_CELL, Cell, number_text
from candid_assets.sources.error_texts import kind_of_text
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.xlsx_repair import without_looks

_OLE_FILE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def open_xlsx(path: Path) -> ExcelReader:
    """Return openpyxl's reader of a file after it has read the file.

    Raises:
        UnreadableFileError: The file is no .xlsx, is encrypted, cut off or damaged.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE_FILE:
        raise _not_zipped(path)
    # A broken file makes openpyxl raise almost anything.
    try:
        return _opened(path)
    except Exception as error:
        try:
            return _opened(without_looks(path))
        except Exception:
            raise unreadable(path, error) from error


def _opened(file: Path | BytesIO) -> ExcelReader:
    with warnings.catch_warnings():
        # openpyxl warns of drawings and validations, which are no cells.
        warnings.simplefilter("ignore")
        reader = ExcelReader(file, data_only=True, keep_links=False)
        reader.read()
    return reader


def unreadable(path: Path, error: Exception) -> UnreadableFileError:
    """Return the error of a file that openpyxl could not take apart."""
    return UnreadableFileError(
        f"{path} is not a readable .xlsx file ({type(error).__name__}: {error})",
        "open it in a spreadsheet program and save it again as .xlsx",
    )


def _not_zipped(path: Path) -> UnreadableFileError:
    again = "save it again as .xlsx"
    if _ENCRYPTED in path.read_bytes():
        return UnreadableFileError(f"{path} is encrypted", f"remove its password, then {again}")
    return UnreadableFileError(f"{path} is an old .xls file under the name .xlsx", again)


def sheets_of(reader: ExcelReader) -> list[tuple[str, bool]]:
    """Return the title of every sheet that has cells, and whether it is hidden."""
    book: Any = reader.wb
    return [
        (name, book[name].sheet_state != "visible")
        for name in book.sheetnames
        if not isinstance(book[name], Chartsheet)
    ]


def rows_of(reader: ExcelReader, title: str) -> Iterator[list[Cell]]:
    """Yield the rows of a sheet up to the last that has a cell, each as wide as its cells."""
    book: Any = reader.wb
    row: list[Cell] = []
    number = 1
    # The cells that exist, not iter_rows: that would make a million rows of a formatted column.
    for (at, column), cell in sorted(book[title]._cells.items()):
        cell_of_row = cell_of(cell.value, cell.data_type)
        if cell_of_row == BLANK_CELL:
            continue
        while number < at:
            yield row
            row = []
            number += 1
        row.extend([BLANK_CELL] * (column - 1 - len(row)))
        row.append(cell_of_row)
    if row:
        yield row


def cell_of(value: Any, data_type: str = "") -> Cell:  # noqa: PLR0911 - one for each kind
    """Return the kind and the text of a value as openpyxl gives it."""
    if value is None or value == "":
        return BLANK_CELL
    if data_type == "e":
        return "e", str(value)
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return "n", number_text(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return "d", value.date().isoformat()
        return "s", value.isoformat(" ")
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, time):
        return "h", value.isoformat()
    if isinstance(value, timedelta):
        return "h", _duration(value)
    return kind_of_text(str(value)), str(value)


def _duration(value: timedelta) -> str:
    """Return hours beyond 23 as they are, a minus before less than none, and its fraction."""
    total = abs(value)
    minutes, seconds = divmod(total.days * 86_400 + total.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if value < timedelta() else ""
    fraction = f".{total.microseconds:06d}".rstrip("0") if total.microseconds else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
