"""Which extract of a tab is the current one."""

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from candid_assets.contracts.model import Tab
from candid_assets.quality.result import Cells
from candid_assets.warehouse.builds import UsedExtract


@dataclass(frozen=True, slots=True)
class CurrentExtract:
    """The extract that a tab's tables are built from."""

    content_hash: str
    spreadsheet_id: str
    sheet_id: int
    title: str
    rows: int

    def cells(self) -> Cells:
        """Return how rows of the tab become links."""
        return Cells(self.spreadsheet_id, self.sheet_id)


def current_extract(connection: duckdb.DuckDBPyConnection, tab: Tab) -> CurrentExtract | None:
    """Return the newest extract of a tab, or None if it was never landed."""
    row = connection.execute(
        "select content_hash, spreadsheet_id, sheet_id, title, rows_read from meta.extracts"
        " where workbook = ? and tab = ? order by fetched_at desc limit 1",
        [tab.workbook, tab.name],
    ).fetchone()
    return None if row is None else CurrentExtract(*row)


def current_extracts(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], CurrentExtract]:
    """Return the newest extract of every tab, by workbook and tab."""
    rows = connection.execute(
        "select workbook, tab, content_hash, spreadsheet_id, sheet_id, title, rows_read"
        " from meta.extracts qualify row_number() over"
        " (partition by workbook, tab order by fetched_at desc) = 1"
    ).fetchall()
    return {(r[0], r[1]): CurrentExtract(*r[2:]) for r in rows}


def first_loaded(
    connection: duckdb.DuckDBPyConnection, tab: Tab, extract: CurrentExtract
) -> datetime:
    """Return when a tab's content was loaded for the first time, whenever a table shows it."""
    row = connection.execute(
        "select min(fetched_at) from meta.extracts"
        " where workbook = ? and tab = ? and content_hash = ?",
        [tab.workbook, tab.name, extract.content_hash],
    ).fetchone()
    found: datetime | None = row[0] if row else None
    return found or datetime.now(UTC)


def used_extract(tab: Tab, extract: CurrentExtract) -> UsedExtract:
    """Return what a build records of an extract."""
    return UsedExtract(
        tab.workbook,
        tab.name,
        extract.content_hash,
        extract.spreadsheet_id,
        extract.sheet_id,
        extract.title,
        extract.rows,
    )
