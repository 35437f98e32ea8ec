"""What a workbook says of itself, and which of its tabs is which contract's."""

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from gspread.urls import SPREADSHEET_URL

from candid_assets.contracts.model import Tab, Workbook
from candid_assets.sheets.client import checked
from candid_assets.sheets.errors import SheetsError, place
from candid_assets.sheets.session import SheetsSession

MASK: Final = (
    "spreadsheetId,properties(title,locale,timeZone),namedRanges,"
    "sheets(properties(sheetId,title,index,sheetType,hidden,"
    "gridProperties(rowCount,columnCount,frozenRowCount)),merges)"
)
Merge = tuple[int, int, int, int]
"""Start row, end row, start column, end column: 0-based, end exclusive."""


@dataclass(frozen=True, slots=True)
class TabMetadata:
    """One tab as `spreadsheets.get` describes it."""

    sheet_id: int
    title: str
    index: int
    sheet_type: str
    hidden: bool
    grid_rows: int
    grid_columns: int
    frozen_rows: int
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookMetadata:
    """One workbook as `spreadsheets.get` describes it."""

    spreadsheet_id: str
    title: str
    locale: str
    time_zone: str
    tabs: tuple[TabMetadata, ...]


@dataclass(frozen=True, slots=True)
class TabMatch:
    """The sheets that contracts found, those they did not, and sheets without a contract."""

    found: Mapping[str, TabMetadata]
    errors: Mapping[str, SheetsError]
    unknown: tuple[TabMetadata, ...]


def read_metadata(
    session: SheetsSession, spreadsheet_id: str, *, workbook: str
) -> WorkbookMetadata:
    """Read the workbook's properties and tabs: one read, no cells."""
    url = SPREADSHEET_URL % quote(spreadsheet_id, safe="")
    params = {"fields": MASK, "includeGridData": "false", "prettyPrint": "false"}
    return _workbook(session.get(url, params, workbook=workbook, check=checked(_workbook)).body)


def match_tabs(
    metadata: WorkbookMetadata, workbook: Workbook, known_sheet_ids: Mapping[str, int]
) -> TabMatch:
    """Find each contract's tab: by sheet id once seen, by exact title, then by folded title."""
    found: dict[str, TabMetadata] = {}
    free = {tab.sheet_id: tab for tab in metadata.tabs}

    def claim(contract: Tab, tab: TabMetadata | None) -> None:
        if tab is not None and tab.sheet_id in free:
            found[contract.name] = free.pop(tab.sheet_id)

    for contract in workbook.tabs:
        known = known_sheet_ids.get(contract.name)
        claim(contract, free.get(known) if known is not None else None)
    for contract in workbook.tabs:
        if contract.name not in found:
            titles = [tab for tab in free.values() if tab.title == contract.title]
            claim(contract, titles[0] if titles else None)
    for contract in workbook.tabs:
        if contract.name not in found:
            folded = folded_title(contract.title)
            alike = [tab for tab in free.values() if folded_title(tab.title) == folded]
            claim(contract, alike[0] if len(alike) == 1 else None)
    errors = {
        contract.name: _unreadable(contract, found.get(contract.name), metadata)
        for contract in workbook.tabs
        if contract.name not in found or found[contract.name].sheet_type != "GRID"
    }
    readable = {name: tab for name, tab in found.items() if name not in errors}
    return TabMatch(readable, errors, tuple(free.values()))


def folded_title(title: str) -> str:
    """Return a title without the differences an eye does not see: case, spaces, NBSP."""
    return " ".join(unicodedata.normalize("NFKC", title).split()).casefold()


def _unreadable(contract: Tab, tab: TabMetadata | None, metadata: WorkbookMetadata) -> SheetsError:
    where = place(contract.workbook, contract.title)
    if tab is not None:
        return SheetsError(
            "tab_not_grid",
            f"{where} is of type {tab.sheet_type} and has no cells to read",
            f"put the table back on a tab of cells, or retire the contract {contract.path.name}",
            contract.workbook,
            contract.name,
        )
    near = difflib.get_close_matches(
        folded_title(contract.title), [folded_title(t.title) for t in metadata.tabs], 3, 0.4
    )
    titles = [repr(t.title) for t in metadata.tabs if folded_title(t.title) in near]
    hint = f" (nearest: {', '.join(titles)})" if titles else ""
    return SheetsError(
        "tab_missing",
        f"{where} is missing{hint}",
        f"rename the tab back, or set physicalName in {contract.path.name} to its new title",
        contract.workbook,
        contract.name,
    )


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
        index=int(properties.get("index", 0)),
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
