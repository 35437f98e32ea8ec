"""Reads every tab of a workbook that has no contracts yet."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from candid_assets.contracts.discover.grid import Grid
from candid_assets.contracts.families import folded_title
from candid_assets.contracts.model import Tab, Workbook
from candid_assets.names import HUB, column_letter
from candid_assets.sheets.errors import SheetsError
from candid_assets.sheets.extract import extract_workbook
from candid_assets.sheets.metadata import TabMetadata, WorkbookMetadata, read_metadata
from candid_assets.sheets.session import SheetsSession
from candid_assets.sources.errors import SourceError
from candid_assets.sources.extract import SHOWN_SUFFIX, TabExtract


@dataclass(frozen=True, slots=True)
class FoundTab:
    """One tab of the workbook, with its cells where it has any."""

    metadata: TabMetadata
    extract: TabExtract | None = None
    error: SourceError | None = None

    @property
    def title(self) -> str:
        """The tab's title."""
        return self.metadata.title


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """A workbook as it stands in Sheets."""

    metadata: WorkbookMetadata
    tabs: tuple[FoundTab, ...]


def read_workbook(
    session: SheetsSession, spreadsheet_id: str, name: str, only: Collection[str] = ()
) -> FoundWorkbook:
    """Read a workbook's properties and the cells of its tabs, or raise `SheetsError`.

    Args:
        session: The session to read through.
        spreadsheet_id: The Google file.
        name: What the workbook will be called.
        only: Titles of the tabs to read, as an eye reads them; none means all.
    """
    metadata = read_metadata(session, spreadsheet_id, workbook=name)
    wanted = {folded_title(title) for title in only}
    chosen = [t for t in metadata.tabs if not wanted or folded_title(t.title) in wanted]
    missing = wanted - {folded_title(t.title) for t in chosen}
    if missing:
        titles = ", ".join(repr(t.title) for t in metadata.tabs)
        raise SheetsError(
            "tab_missing",
            f"workbook {name} has no tab {sorted(missing)[0]!r}",
            f"its tabs are {titles}",
            name,
        )
    grids = [t for t in chosen if t.sheet_type == "GRID"]
    tabs = tuple(unread(name, tab) for tab in grids)
    found: dict[str, Any] = {}
    if tabs:
        book = Workbook(name, metadata.title, "", "", "0", HUB, {}, Path(name), tabs=tabs)
        ids = {tab.name: meta.sheet_id for tab, meta in zip(tabs, grids, strict=True)}
        found = dict(extract_workbook(session, book, spreadsheet_id, known_sheet_ids=ids).tabs)
    return FoundWorkbook(metadata, tuple(_found(tab, found) for tab in chosen))


def unread(workbook: str, tab: TabMetadata) -> Tab:
    """Return a tab that is only read: a contract without columns."""
    key = f"t{tab.sheet_id}"
    return Tab(workbook, key, tab.title, "", (), "", Path(f"{key}.yaml"), "")


def _found(tab: TabMetadata, found: dict[str, TabExtract | SourceError]) -> FoundTab:
    result = found.get(f"t{tab.sheet_id}")
    if isinstance(result, SourceError):
        return FoundTab(tab, error=result)
    return FoundTab(tab, extract=result)


def letters(table: pa.Table) -> list[str]:
    """Return the names of an extract's columns of text, in the order of the sheet."""
    width = sum(n[0] != "_" and not n.endswith(SHOWN_SUFFIX) for n in table.column_names)
    return [column_letter(place) for place in range(1, width + 1)]


def grid_of(tab: FoundTab, extract: TabExtract) -> Grid:
    """Return a tab's cells as a grid."""
    table = extract.table
    return Grid(
        title=tab.title,
        kinds=table.column("_kinds").to_pylist(),
        columns=[table.column(letter).to_pylist() for letter in letters(table)],
        merges=extract.merges,
        frozen_rows=tab.metadata.frozen_rows,
    )
