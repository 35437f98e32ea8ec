"""`spreadsheets.get`: a workbook's properties and tabs, and cells where a mask asks for them."""

from typing import Any

from candid_assets.sandbox.a1 import CellRange
from candid_assets.sandbox.answers import Answer, locate, open_workbook, read_mask
from candid_assets.sandbox.grid_data import check_imitated, grid_data, wants_cells
from candid_assets.sandbox.mask_fields import SPREADSHEET
from candid_assets.sandbox.masks import apply_mask
from candid_assets.sandbox.new_spreadsheet import DEFAULT_FORMAT, THEME
from candid_assets.sandbox.query import Query
from candid_assets.sandbox.store import ServedTab, ServedWorkbook, WorkbookFolder

SPREADSHEET_PARAMETERS = frozenset(
    {"ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode"}
)


def get_spreadsheet(folder: WorkbookFolder, spreadsheet_id: str, query: Query) -> Answer:
    """Answer `spreadsheets.get`; a mask makes Google ignore `includeGridData`."""
    query.only(SPREADSHEET_PARAMETERS)
    flag = query.flag("includeGridData")
    query.flag("excludeTablesInBandedRanges")
    served = open_workbook(folder, spreadsheet_id)
    mask = read_mask(query, SPREADSHEET)
    blocks = _blocks(served, query.all("ranges"))
    content = _content(served, blocks)
    if wants_cells(mask, flag=flag):
        data_mask = check_imitated(mask)
        for sheet, (index, ranges) in zip(content["sheets"], blocks.items(), strict=True):
            tab = served.tabs[index]
            if tab.tab.sheet_type == "GRID":
                sheet["data"] = [
                    grid_data(tab, cells, data_mask, served.book.locale) for cells in ranges
                ]
    return Answer(apply_mask(content, mask))


def _blocks(served: ServedWorkbook, texts: list[str]) -> dict[int, list[CellRange]]:
    """Return the tabs that an answer holds, each with its ranges: all of them where none is named.

    A range leaves out the tabs that no range names, also where no cells are asked for.
    """
    if not texts:
        return {
            index: [CellRange(index, 0, tab.grid.rows, 0, tab.grid.columns)]
            for index, tab in enumerate(served.tabs)
        }
    named: dict[int, list[CellRange]] = {}
    for text in texts:
        cells = locate(served, text)
        named.setdefault(cells.tab, []).append(cells)
    return dict(sorted(named.items()))


def _content(served: ServedWorkbook, tabs: dict[int, list[CellRange]]) -> dict[str, Any]:
    book = served.book
    content: dict[str, Any] = {
        "spreadsheetId": book.spreadsheet_id,
        "properties": {
            "title": book.title,
            "locale": book.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": book.time_zone,
            "defaultFormat": DEFAULT_FORMAT,
            "spreadsheetTheme": THEME,
        },
        "sheets": [_sheet(served.tabs[index], index) for index in tabs],
    }
    if book.named_ranges:
        content["namedRanges"] = [_named(served, name) for name in sorted(book.named_ranges)]
    content["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit"
    return content


def _sheet(served: ServedTab, index: int) -> dict[str, Any]:
    tab = served.tab
    properties: dict[str, Any] = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": tab.sheet_type,
    }
    if tab.sheet_type != "OBJECT":
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
    return {**sheet, **tab.parts}


def _grid_range(sheet_id: int, cells: CellRange) -> dict[str, int]:
    """Return a GridRange; the id 0 is left out, as protocol buffers leave out what is zero."""
    return {
        **({"sheetId": sheet_id} if sheet_id else {}),
        "startRowIndex": cells.start_row,
        "endRowIndex": cells.end_row,
        "startColumnIndex": cells.start_column,
        "endColumnIndex": cells.end_column,
    }


def _named(served: ServedWorkbook, name: str) -> dict[str, Any]:
    cells = locate(served, served.book.named_ranges[name])
    sheet_id = served.tabs[cells.tab].tab.sheet_id
    return {"namedRangeId": name, "name": name, "range": _grid_range(sheet_id, cells)}
