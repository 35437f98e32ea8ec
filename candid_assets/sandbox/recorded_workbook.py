"""A workbook recorded as JSON files: `workbook.json`, and one file a tab with its rows of cells.

`workbook.json` has the title, locale and time zone, and a tab's title, id, grid size, file and
the other properties that `spreadsheets.get` gives of it. A cell is a plain value or an object:
`{"date" | "datetime", "format"}` (a moment with its number format), `{"error", "message"}`,
`{"value", "formatted", "format", "type", "formula"}` (a value, what is shown, the pattern).
"""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from candid_assets.names import column_letter
from candid_assets.sandbox.cells import serial_of
from candid_assets.sandbox.number_types import shows_dates
from candid_assets.sandbox.workbook import (
    Cell,
    CellError,
    Dated,
    Formatted,
    SampleTab,
    SampleWorkbook,
)

HEAD: Final = "workbook.json"
_PARTS: Final = (
    "conditionalFormats",
    "filterViews",
    "protectedRanges",
    "basicFilter",
    "charts",
    "bandedRanges",
    "developerMetadata",
    "rowGroups",
    "columnGroups",
    "slicers",
    "tables",
)
"""The parts of a tab that are sent as they were recorded."""
_SHORT_DATE: Final = {"in_ID": "dd/mm/yyyy", "en_US": "m/d/yyyy"}
_MERGE: Final = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")


def recorded_files(head: Path) -> list[Path]:
    """Return the files of a recorded workbook's tabs."""
    return sorted(path for path in head.parent.glob("*.json") if path.name != HEAD)


def read_recorded(head: Path, spreadsheet_id: str) -> SampleWorkbook:
    """Return a recorded workbook, or raise ValueError, KeyError or TypeError where it is none."""
    content: dict[str, Any] = orjson.loads(head.read_bytes())
    locale = str(content.get("locale", "in_ID"))
    book = SampleWorkbook(
        spreadsheet_id,
        str(content["title"]),
        [_tab(head.parent, tab, locale) for tab in content["tabs"]],
        locale=locale,
        time_zone=str(content.get("timeZone", "Asia/Jakarta")),
    )
    for named in content.get("namedRanges", ()):
        place = _named_range(book, named["range"])
        if place:
            book.named_ranges[str(named["name"])] = place
    book.modified_time = str(content.get("modifiedTime", book.modified_time))
    book.version = int(content.get("version", book.version))
    return book


def _tab(folder: Path, tab: dict[str, Any], locale: str) -> SampleTab:
    extra: dict[str, Any] = {**tab.get("properties", {}), **tab.get("extra", {})}
    rows = orjson.loads((folder / tab["file"]).read_bytes()) if tab.get("file") else []
    grid = extra.get("gridProperties", {})
    return SampleTab(
        int(tab.get("sheetId", 0)),
        str(tab["title"]),
        [[_cell(cell, locale) for cell in row] for row in rows],
        hidden=bool(tab.get("hidden", extra.get("hidden", False))),
        sheet_type=str(tab.get("sheetType", extra.get("sheetType", "GRID"))),
        merges=[tuple(merge[name] for name in _MERGE) for merge in extra.get("merges", ())],
        frozen_rows=int(grid.get("frozenRowCount", 0)),
        grid_rows=int(tab.get("rowCount", grid.get("rowCount", 0))),
        grid_columns=int(tab.get("columnCount", grid.get("columnCount", 0))),
        hidden_rows=_marked(extra, "rowMetadata", "hiddenByUser"),
        filtered_rows=_marked(extra, "rowMetadata", "hiddenByFilter"),
        hidden_columns=_marked(extra, "columnMetadata", "hiddenByUser"),
        formulas={
            f"{column_letter(across)}{down}": str(cell["formula"])
            for down, row in enumerate(rows, start=1)
            for across, cell in enumerate(row, start=1)
            if isinstance(cell, dict) and cell.get("formula")
        },
        parts={name: extra[name] for name in _PARTS if name in extra},
    )


def _marked(extra: dict[str, Any], dimension: str, mark: str) -> list[int]:
    """Return the rows or columns, from 0, that carry a mark in a tab's recorded grid data."""
    blocks = [*extra.get("data", ()), extra]
    marked = []
    for block in blocks:
        first = int(block.get("startRow" if dimension == "rowMetadata" else "startColumn", 0))
        entries = enumerate(block.get(dimension, ()), start=first)
        marked += [position for position, entry in entries if entry.get(mark)]
    return marked


def _cell(cell: Any, locale: str) -> Cell:
    if not isinstance(cell, dict):
        return None if cell == "" else cell
    pattern = str(cell.get("format", ""))
    if "error" in cell:
        return CellError(str(cell["error"]), cell.get("message"))
    if "date" in cell or "datetime" in cell:
        serial = serial_of(datetime.fromisoformat(str(cell.get("datetime", cell.get("date")))))
        short = _SHORT_DATE.get(locale, "yyyy-mm-dd")
        default = f"{short} hh:mm:ss" if "datetime" in cell else short
        return Dated(int(serial) if serial.is_integer() else serial, pattern or default)
    value: Any = cell.get("value")
    if cell.get("type") == "duration":
        return Dated(value, pattern or "[h]:mm:ss")
    return _formatted(value, pattern, cell.get("formatted"))


def _formatted(value: Any, pattern: str, shown: str | None) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float) or not (pattern or shown):
        return None if value == "" else value
    return Dated(value, pattern) if shows_dates(pattern) else Formatted(value, pattern, shown)


def _named_range(book: SampleWorkbook, area: dict[str, Any]) -> str | None:
    """Return a recorded GridRange in A1 notation with its tab; None where its tab is gone."""
    sheet_id = int(area.get("sheetId", 0))
    tab = next((tab for tab in book.tabs if tab.sheet_id == sheet_id), None)
    if tab is None:
        return None
    top, left = int(area.get("startRowIndex", 0)), int(area.get("startColumnIndex", 0))
    title = tab.title.replace("'", "''")
    first = f"{column_letter(left + 1)}{top + 1}"
    right = column_letter(int(area["endColumnIndex"])) if "endColumnIndex" in area else ""
    bottom = str(area.get("endRowIndex", ""))
    return f"'{title}'!{first}:{right}{bottom}" if right or bottom else f"'{title}'!{first}"
