"""The one writing call that the server answers: `spreadsheets.values.batchUpdate`, raw values."""

import os
from collections.abc import Mapping
from typing import Any

import orjson

from candid_assets.names import column_letter
from candid_assets.sandbox.a1 import CellRange, parse_range
from candid_assets.sandbox.edits import find_tab, one_at_a_time, touch
from candid_assets.sandbox.errors import invalid_argument, no_permission, not_found
from candid_assets.sandbox.store import ServedWorkbook, WorkbookFolder
from candid_assets.sandbox.workbook import Cell, Dated, Formatted, SampleTab, SampleWorkbook

_BODY = frozenset(
    {
        "valueInputOption",
        "data",
        "includeValuesInResponse",
        "responseValueRenderOption",
        "responseDateTimeRenderOption",
    }
)


def batch_update_values(folder: WorkbookFolder, spreadsheet_id: str, body: bytes) -> dict[str, Any]:
    """Write values as they are (`RAW`): null leaves a cell alone, an empty text clears it."""
    asked = _asked(body)
    served = folder.get(spreadsheet_id)
    if served is None:
        raise not_found()
    if not served.book.shared:
        raise no_permission()
    places = [(_place(served, part), part.get("values") or []) for part in asked["data"]]
    path = folder.folder / f"{spreadsheet_id}.json"
    with one_at_a_time(folder.folder):
        book = SampleWorkbook.load(path)
        answers = [_write(book, served, place, values) for place, values in places]
        touch(book)
        book.save(folder.folder)
        # The server tells files apart by time and size; two edits may fall into one moment.
        os.utime(path)
    rows = sum(answer["updatedRows"] for answer in answers)
    return {
        "spreadsheetId": spreadsheet_id,
        "totalUpdatedRows": rows,
        "totalUpdatedColumns": max((a["updatedColumns"] for a in answers), default=0),
        "totalUpdatedCells": sum(a["updatedCells"] for a in answers),
        "totalUpdatedSheets": len({place.tab for place, _ in places}),
        "responses": [{"spreadsheetId": spreadsheet_id, **answer} for answer in answers],
    }


def _asked(body: bytes) -> Mapping[str, Any]:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise invalid_argument("Invalid JSON payload received.") from None
    if not isinstance(asked, dict) or set(asked) - _BODY:
        raise invalid_argument("Invalid JSON payload received. Unknown name.")
    if asked.get("valueInputOption") != "RAW":
        raise invalid_argument("The sandbox writes with valueInputOption RAW only.")
    data = asked.get("data")
    if not isinstance(data, list) or not all(isinstance(part, dict) for part in data):
        raise invalid_argument("Invalid value at 'data'.")
    return asked


def _place(served: ServedWorkbook, part: Mapping[str, Any]) -> CellRange:
    grids = [tab.grid for tab in served.tabs]
    place = parse_range(str(part.get("range", "")), grids, served.book.named_ranges)
    values = part.get("values") or []
    width = max((len(row) for row in values), default=0)
    height, across = place.end_row - place.start_row, place.end_column - place.start_column
    if len(values) > height or width > across:
        raise invalid_argument(
            f"Requested writing within range [{part.get('range')}], but tried writing to more"
        )
    return place


def _write(
    book: SampleWorkbook, served: ServedWorkbook, place: CellRange, values: list[list[Any]]
) -> dict[str, Any]:
    tab = find_tab(book, served.tabs[place.tab].tab.title)
    cells = 0
    for down, row in enumerate(values):
        for right, value in enumerate(row):
            if value is None:
                continue
            if not isinstance(value, str | int | float | bool):
                raise invalid_argument("Invalid values: a cell is a text, a number or a boolean.")
            _set(tab, place.start_row + down, place.start_column + right, value)
            cells += 1
    return {
        "updatedRange": place.written(tab.title),
        "updatedRows": len(values),
        "updatedColumns": max((len(row) for row in values), default=0),
        "updatedCells": cells,
    }


def _set(tab: SampleTab, row: int, column: int, value: Cell) -> None:
    """Write one cell; a number keeps the number format of the date that it replaces."""
    while len(tab.rows) <= row:
        tab.rows.append([])
    cells = tab.rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    old = cells[column]
    if isinstance(old, Dated) and isinstance(value, int | float) and not isinstance(value, bool):
        value = Dated(value, old.pattern)
    if (
        isinstance(old, Formatted)
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    ):
        value = Formatted(value, old.pattern)
    cells[column] = None if value == "" else value
    tab.formulas.pop(f"{column_letter(column + 1)}{row + 1}", None)
