"""Reads a tab with its formulas and sets its cells, for publications."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import Settings
from candid_assets.sources.sheets.metadata import read_metadata
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.values import read_formulas
from candid_assets.sources.source_metadata import TabMetadata


class SheetPublisher:
    """Reads through the read-only session; writes with other credentials."""

    def __init__(self, settings: Settings, session: SheetsSession) -> None:
        self._settings, self._session = settings, session

    def table(self, workbook: Workbook, location: str, title: str) -> TabMetadata | None:
        """Return the tab of a title; None where there is none."""
        tabs = read_metadata(self._session, location, workbook=workbook.name).tabs
        return next((tab for tab in tabs if tab.title == title), None)

    def cells(self, workbook: Workbook, location: str, title: str) -> list[list[Any]]:
        """Return a tab's cells with formulas as formulas, so that what is planned can be undone."""
        rows = read_formulas(self._session, location, title, workbook=workbook.name)
        return [list(row) for row in rows]

    def put(self, workbook: Workbook, location: str, title: str, cells: Mapping[str, Any]) -> None:
        """Set cells, all in one call that is sent once."""
        from candid_assets.sources.sheets.writing import set_cells

        set_cells(self._settings, location, title, cells, workbook=workbook.name)


@contextmanager
def open_publisher(settings: Settings) -> Iterator[SheetPublisher]:
    """Yield a publisher over an open read-only session."""
    with SheetsSession.from_settings(settings) as session:
        yield SheetPublisher(settings, session)
