"""Reads every tab of a workbook that has no contracts yet."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from candid_assets.contracts.catalog import Workbook
from candid_assets.contracts.families import folded_title
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.metadata import read_metadata
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.undescribed import FoundTab, FoundWorkbook, TabMetadata, unread


def read_workbook(
    session: SheetsSession, workbook: Workbook, spreadsheet_id: str, only: Collection[str] = ()
) -> FoundWorkbook:
    """Read a workbook's properties and the cells of its tabs, or raise `SourceError`.

    Args:
        session: The session to read through.
        workbook: The workbook, without tabs.
        spreadsheet_id: The Google file.
        only: Titles of the tabs to read, as an eye reads them; none means all.
    """
    name = workbook.name
    metadata = read_metadata(session, spreadsheet_id, workbook=name)
    wanted = {folded_title(title) for title in only}
    chosen = [t for t in metadata.tabs if not wanted or folded_title(t.title) in wanted]
    missing = wanted - {folded_title(t.title) for t in chosen}
    if missing:
        titles = ", ".join(repr(t.title) for t in metadata.tabs)
        raise SourceError(
            "tab_missing",
            f"workbook {name} has no tab {sorted(missing)[0]!r}",
            f"its tabs are {titles}",
            name,
        )
    grids = [t for t in chosen if t.sheet_type == "GRID"]
    tabs = tuple(unread(name, tab) for tab in grids)
    found: dict[str, Any] = {}
    if tabs:
        book = replace(workbook, title=metadata.title, tabs=tabs)
        ids = {tab.name: meta.sheet_id for tab, meta in zip(tabs, grids, strict=True)}
        found = dict(extract_workbook(session, book, spreadsheet_id, known_sheet_ids=ids).tabs)
    return FoundWorkbook(metadata, tuple(_found(tab, found) for tab in chosen))


def _found(tab: TabMetadata, found: dict[str, TabExtract | SourceError]) -> FoundTab:
    result = found.get(f"t{tab.sheet_id}")
    if isinstance(result, SourceError):
        return FoundTab(tab, error=result)
    return FoundTab(tab, extract=result)
