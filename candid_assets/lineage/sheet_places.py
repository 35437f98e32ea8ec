"""The current places of a tab's columns and rows in the sheet: letters, titles and links."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.contracts.catalog import Tab
from candid_assets.source_kinds.links import cell_link
from candid_assets.sql import qualified
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.extracts import current_extract
from candid_assets.warehouse.provenance import CELLS


@dataclass(frozen=True, slots=True)
class TabPlace:
    """The place of one tab when it was last read."""

    spreadsheet_id: str
    sheet_id: int
    title: str
    letters: Mapping[str, str] = field(default_factory=dict)
    """Contract column to the sheet's letter."""
    header_row: int = 1

    def link(self, row: int, column: str | None = None) -> str:
        """Return the link to a cell, or to the whole row where the column is not known."""
        return cell_link(self.spreadsheet_id, self.sheet_id, self.cell(row, column), self.title)

    def cell(self, row: int, column: str | None = None) -> str:
        """Return the cell's name such as `D17`, or the row's, `17:17`."""
        letter = self.letters.get(column or "")
        return f"{letter}{row}" if letter else f"{row}:{row}"


FindPlaces = Callable[[str], Sequence[TabPlace]]
"""Where a tab or each tab of a family is, by its table; nowhere if it was never read."""


@contextmanager
def open_places(published_file: Path, tabs: Mapping[str, Tab]) -> Iterator[FindPlaces]:
    """Yield what finds places in the published snapshot; nothing is found where it is missing."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(open_published(published_file))
        except WarehouseError:
            yield lambda _: ()
            return
        yield cache(lambda table: find_places(connection, tabs[table]))


def find_places(connection: duckdb.DuckDBPyConnection, tab: Tab) -> tuple[TabPlace, ...]:
    """Return the place of a tab, or of each tab of a family, when it was last read."""
    extract = current_extract(connection, tab)
    if extract is None:
        return ()
    members = extract.members if tab.is_family else (extract,)
    return tuple(_place(connection, tab, member) for member in members)


def _place(connection: duckdb.DuckDBPyConnection, tab: Tab, extract: CurrentExtract) -> TabPlace:
    letters: dict[str, str] = {}
    header_row = 1
    # A tab that was landed but could not be loaded has no raw table: its rows still have links.
    with suppress(duckdb.CatalogException):
        header = find_header(tab, _head(connection, tab, extract))
        if not isinstance(header, HeaderProblem):
            by_column = {column.name: header.letter(column.name) for column in tab.columns}
            letters = {name: letter for name, letter in by_column.items() if letter}
            header_row = header.header_row
    return TabPlace(extract.spreadsheet_id, extract.sheet_id, extract.title, letters, header_row)


def _head(
    connection: duckdb.DuckDBPyConnection, tab: Tab, extract: CurrentExtract
) -> list[list[str | None]]:
    """Return the text of the first rows of a tab."""
    member = f" and _sheet_id = {extract.sheet_id}" if tab.is_family else ""
    rows = connection.execute(
        f"select {CELLS} from {qualified('raw', tab.table)}"
        f" where _row <= {rows_to_search(tab)}{member} order by _row"
    ).fetchall()
    return [list(row) for row in rows]
