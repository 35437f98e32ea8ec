"""Reads the properties of a workbook and of its tabs."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import SPREADSHEET_URL

from candid_assets.sources.extract import Merge
from candid_assets.sources.sheets.answer_parts import (
    as_flag,
    as_list,
    as_number,
    as_object,
    as_text,
    checked,
    require_same,
)
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

    def metadata(body: dict[str, Any]) -> WorkbookMetadata:
        require_same("spreadsheetId", spreadsheet_id, body["spreadsheetId"])
        return _workbook(body)

    return metadata(session.get(url, params, workbook=workbook, check=checked(metadata)).body)


def _workbook(body: Mapping[str, Any]) -> WorkbookMetadata:
    properties = as_object(body["properties"])
    tabs = tuple(_tab(as_object(sheet)) for sheet in as_list(body["sheets"]))
    if not tabs:
        raise ValueError("a workbook has at least one tab, the answer none")
    for what, names in (
        ("id", [tab.sheet_id for tab in tabs]),
        ("title", [tab.title for tab in tabs]),
    ):
        if len(set(names)) < len(names):
            raise ValueError(f"two tabs have the same {what}")
    return WorkbookMetadata(
        spreadsheet_id=as_text(body["spreadsheetId"]),
        title=as_text(properties.get("title", "")),
        locale=as_text(properties.get("locale", "")),
        time_zone=as_text(properties.get("timeZone", "")),
        tabs=tabs,
    )


def _tab(sheet: Mapping[str, Any]) -> TabMetadata:
    properties = as_object(sheet["properties"])
    kind = as_text(properties.get("sheetType", "GRID"))
    grid = as_object(properties.get("gridProperties", {}))
    if kind == "GRID" and not {"rowCount", "columnCount"} <= grid.keys():
        raise ValueError(f"tab {properties.get('title')!r} has no size")
    return TabMetadata(
        sheet_id=as_number(properties.get("sheetId", 0)),
        title=as_text(properties["title"]),
        sheet_type=kind,
        hidden=as_flag(properties.get("hidden", False)),
        grid_rows=as_number(grid.get("rowCount", 0)),
        grid_columns=as_number(grid.get("columnCount", 0)),
        frozen_rows=as_number(grid.get("frozenRowCount", 0)),
        merges=tuple(_merge(as_object(m)) for m in as_list(sheet.get("merges", []))),
    )


def _merge(grid_range: Mapping[str, Any]) -> Merge:
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    start_row, end_row, start_column, end_column = (as_number(grid_range.get(n, 0)) for n in names)
    return start_row, end_row, start_column, end_column
