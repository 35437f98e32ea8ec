"""Reads the properties of a workbook and of its tabs."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import SPREADSHEET_URL

from candid_assets.sources.extract import Merge
from candid_assets.sources.sheets.client import checked
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_metadata import TabMetadata, WorkbookMetadata

MASK: Final = (
    "spreadsheetId,properties(title,locale,timeZone),namedRanges,"
    "sheets(properties(sheetId,title,index,sheetType,hidden,"
    "gridProperties(rowCount,columnCount,frozenRowCount)),merges)"
)


def read_metadata(
    session: SheetsSession, spreadsheet_id: str, *, workbook: str
) -> WorkbookMetadata:
    """Read the workbook's properties and tabs: one read, no cells."""
    url = SPREADSHEET_URL % quote(spreadsheet_id, safe="")
    params = {"fields": MASK, "includeGridData": "false", "prettyPrint": "false"}
    return _workbook(session.get(url, params, workbook=workbook, check=checked(_workbook)).body)


def _workbook(body: Mapping[str, Any]) -> WorkbookMetadata:
    properties = body["properties"]
    return WorkbookMetadata(
        spreadsheet_id=str(body["spreadsheetId"]),
        title=str(properties.get("title", "")),
        locale=str(properties.get("locale", "")),
        time_zone=str(properties.get("timeZone", "")),
        tabs=tuple(_tab(sheet) for sheet in body["sheets"]),
    )


def _tab(sheet: Mapping[str, Any]) -> TabMetadata:
    properties = sheet["properties"]
    grid = properties.get("gridProperties") or {}
    return TabMetadata(
        sheet_id=int(properties.get("sheetId", 0)),
        title=str(properties["title"]),
        sheet_type=str(properties.get("sheetType", "GRID")),
        hidden=bool(properties.get("hidden", False)),
        grid_rows=int(grid.get("rowCount", 0)),
        grid_columns=int(grid.get("columnCount", 0)),
        frozen_rows=int(grid.get("frozenRowCount", 0)),
        merges=tuple(_merge(m) for m in sheet.get("merges", ())),
    )


def _merge(grid_range: Mapping[str, Any]) -> Merge:
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    start_row, end_row, start_column, end_column = (int(grid_range.get(n, 0)) for n in names)
    return start_row, end_row, start_column, end_column
