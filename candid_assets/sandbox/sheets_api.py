"""The reading part of the Google Sheets API v4 over a folder of workbooks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.sandbox.a1 import AddressedTab, CellRange, parse_range
from candid_assets.sandbox.errors import (
    GoogleError,
    invalid_argument,
    no_permission,
    not_found,
    office_file,
)
from candid_assets.sandbox.masks import apply_mask, check_mask, parse_mask
from candid_assets.sandbox.query import Query, one_of
from candid_assets.sandbox.render import json_hook, value_range
from candid_assets.sandbox.store import ServedTab, ServedWorkbook, WorkbookFolder
from candid_assets.sandbox.vocabulary import SPREADSHEET, VALUE_RANGE, VALUE_RANGES

SPREADSHEET_TYPE: Final = "application/vnd.google-apps.spreadsheet"
_RENDERS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
_DATES = ("SERIAL_NUMBER", "FORMATTED_STRING")
_DIMENSIONS = ("ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED")
SPREADSHEET_PARAMETERS = frozenset(
    {"ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode"}
)
VALUE_PARAMETERS = frozenset({"majorDimension", "valueRenderOption", "dateTimeRenderOption"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A body that is still plain data, and how JSON writes the cells in it."""

    content: dict[str, Any]
    hook: Callable[[Any], Any] | None = None


def _open(folder: WorkbookFolder, spreadsheet_id: str) -> ServedWorkbook:
    head = folder.head(spreadsheet_id)
    if head is None:
        raise not_found()
    if not head.shared:
        raise no_permission()
    if head.mime_type != SPREADSHEET_TYPE:
        raise office_file()
    served = folder.get(spreadsheet_id)
    if served is None:
        raise not_found()
    return served


def _masked(content: dict[str, Any], query: Query, vocabulary: Any) -> dict[str, Any]:
    fields = query.get("fields") or query.get("$fields")
    if not fields:
        return content
    mask = parse_mask(fields)
    check_mask(mask, vocabulary, "sheets")
    kept: dict[str, Any] = apply_mask(content, mask)
    return kept


def get_spreadsheet(folder: WorkbookFolder, spreadsheet_id: str, query: Query) -> Answer:
    """Answer `spreadsheets.get`: the workbook's facts and tabs, without cells."""
    query.only(SPREADSHEET_PARAMETERS)
    fields = query.get("fields") or query.get("$fields")
    mask = parse_mask(fields) if fields else {}
    # A mask makes Google ignore the flag; here neither gives cells, and neither does so silently.
    if "data" in mask.get("sheets", {}) or (query.flag("includeGridData") and not mask):
        raise GoogleError(
            501, "The sandbox serves no grid data: read the cells with values.get or batchGet."
        )
    served = _open(folder, spreadsheet_id)
    book = served.book
    wanted = {_locate(served, text).tab for text in query.all("ranges")}
    content: dict[str, Any] = {
        "spreadsheetId": book.spreadsheet_id,
        "properties": {
            "title": book.title,
            "locale": book.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": book.time_zone,
        },
        "sheets": [
            _sheet(tab, index)
            for index, tab in enumerate(served.tabs)
            if not wanted or index in wanted
        ],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit",
    }
    if book.named_ranges:
        content["namedRanges"] = [_named(served, name) for name in sorted(book.named_ranges)]
    return Answer(_masked(content, query, SPREADSHEET))


def _sheet(served: ServedTab, index: int) -> dict[str, Any]:
    tab = served.tab
    properties: dict[str, Any] = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": tab.sheet_type,
    }
    if tab.sheet_type == "GRID":
        grid = {"rowCount": served.grid.rows, "columnCount": served.grid.columns}
        frozen = {"frozenRowCount": tab.frozen_rows} if tab.frozen_rows else {}
        properties["gridProperties"] = {**grid, **frozen}
    if tab.hidden:
        properties["hidden"] = True
    sheet: dict[str, Any] = {"properties": properties}
    if tab.merges:
        sheet["merges"] = [
            _grid_range(tab.sheet_id, CellRange(index, *merge)) for merge in tab.merges
        ]
    return sheet


def _grid_range(sheet_id: int, cells: CellRange) -> dict[str, int]:
    return {
        "sheetId": sheet_id,
        "startRowIndex": cells.start_row,
        "endRowIndex": cells.end_row,
        "startColumnIndex": cells.start_column,
        "endColumnIndex": cells.end_column,
    }


def _named(served: ServedWorkbook, name: str) -> dict[str, Any]:
    cells = _locate(served, served.book.named_ranges[name])
    sheet_id = served.tabs[cells.tab].tab.sheet_id
    return {"namedRangeId": name, "name": name, "range": _grid_range(sheet_id, cells)}


def _locate(served: ServedWorkbook, text: str) -> CellRange:
    grids: Sequence[AddressedTab] = [tab.grid for tab in served.tabs]
    cells = parse_range(text, grids, served.book.named_ranges)
    if served.tabs[cells.tab].tab.sheet_type != "GRID":
        raise invalid_argument(f"Unable to parse range: {text}")
    return cells


def _values(served: ServedWorkbook, texts: Sequence[str], query: Query) -> list[dict[str, Any]]:
    render = one_of(query, "valueRenderOption", _RENDERS)
    columns_first = one_of(query, "majorDimension", _DIMENSIONS) == "COLUMNS"
    locale = served.book.locale if render == "FORMATTED_VALUE" else None
    places = [_locate(served, text) for text in texts]
    return [
        value_range(served.tabs[cells.tab], cells, columns_first=columns_first, formatted_in=locale)
        for cells in places
    ]


def _hook(served: ServedWorkbook, query: Query) -> Callable[[Any], Any]:
    serial = one_of(query, "dateTimeRenderOption", _DATES) == "SERIAL_NUMBER"
    return json_hook("SERIAL_NUMBER" if serial else "FORMATTED_STRING", served.book.locale)


def get_values(folder: WorkbookFolder, spreadsheet_id: str, a1_range: str, query: Query) -> Answer:
    """Answer `spreadsheets.values.get`: the cells of one range."""
    query.only(VALUE_PARAMETERS)
    served = _open(folder, spreadsheet_id)
    content = _values(served, [a1_range], query)[0]
    return Answer(_masked(content, query, VALUE_RANGE), _hook(served, query))


def batch_get_values(folder: WorkbookFolder, spreadsheet_id: str, query: Query) -> Answer:
    """Answer `spreadsheets.values.batchGet`: one bad range fails them all."""
    query.only(VALUE_PARAMETERS | {"ranges"})
    served = _open(folder, spreadsheet_id)
    content: dict[str, Any] = {"spreadsheetId": served.book.spreadsheet_id}
    parts = _values(served, query.all("ranges"), query)
    if parts:
        content["valueRanges"] = parts
    return Answer(_masked(content, query, VALUE_RANGES), _hook(served, query))
