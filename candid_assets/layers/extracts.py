"""Which extract of a tab is the current one."""

from dataclasses import dataclass

import duckdb

from candid_assets.contracts.model import Tab
from candid_assets.quality.result import Cells


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
