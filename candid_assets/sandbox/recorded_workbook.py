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

from candid_assets.sandbox.cells import serial_of
from candid_assets.sandbox.workbook import (
    Cell,
    CellError,
    Dated,
    Formatted,
    SampleTab,
    SampleWorkbook,
)

HEAD: Final = "workbook.json"
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
        grid_rows=int(tab.get("rowCount", 0)),
        grid_columns=int(tab.get("columnCount", 0)),
    )


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
    shown = cell.get("formatted")
    if isinstance(value, bool) or not isinstance(value, int | float) or not (pattern or shown):
        return None if value == "" else value
    return Formatted(value, pattern, shown)
