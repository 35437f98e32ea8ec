"""Workbooks in memory as a reading of Sheets would bring them, and what is proposed for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from candid_assets.discovery.proposal import ColumnProposal, Proposal, TableProposal
from candid_assets.discovery.propose import propose
from candid_assets.sources.content_hash import content_hash
from candid_assets.sources.extract import Merge, TabExtract
from candid_assets.sources.read_undescribed import UndescribedTab, UndescribedWorkbook
from candid_assets.sources.sheets.tab_builder import TabBuilder
from candid_assets.sources.source_metadata import TabMetadata, WorkbookMetadata

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serials carry no zone
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Sheet:
    """One tab as a test writes it."""

    rows: Rows
    merges: tuple[Merge, ...] = ()
    frozen: int = 0
    kind: str = "GRID"


def workbook(tabs: dict[str, Rows | Sheet], locale: str = "in_ID") -> UndescribedWorkbook:
    """Return a workbook as `read_undescribed` does."""
    tabs_read = []
    for number, (title, given) in enumerate(tabs.items()):
        sheet = given if isinstance(given, Sheet) else Sheet(given)
        meta = TabMetadata(number, title, sheet.kind, False, 1000, 26, sheet.frozen, sheet.merges)
        extract = _extract(title, sheet, locale) if sheet.kind == "GRID" else None
        tabs_read.append(UndescribedTab(meta, extract))
    about = WorkbookMetadata(
        "id", "Toko", locale, "Asia/Jakarta", tuple(t.metadata for t in tabs_read)
    )
    return UndescribedWorkbook(about, tuple(tabs_read))


def _extract(title: str, sheet: Sheet, locale: str) -> TabExtract:
    builder = TabBuilder(sheet.merges)
    serial = [[serial_of(cell) for cell in row] for row in sheet.rows]
    shown = [[_shown(cell) for cell in row] for row in sheet.rows]
    builder.add(1, serial, shown)
    table = builder.table()
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return TabExtract(
        spreadsheet_id="id",
        sheet_id=1,
        title=title,
        hidden=False,
        rows=table.num_rows,
        columns=len(sheet.rows[0]) if sheet.rows else 0,
        table=table,
        content_hash=content_hash(table),
        fetched_at=moment,
        modified_time=moment,
        locale=locale,
        time_zone="Asia/Jakarta",
        merges=sheet.merges,
    )


def serial_of(cell: Any) -> Any:
    """Return the number of a day or a time as a sheet counts it; any other cell as it is."""
    if isinstance(cell, datetime):
        return (cell - EPOCH) / timedelta(days=1)
    if isinstance(cell, date):
        return (cell - EPOCH.date()).days
    if isinstance(cell, time):
        return (cell.hour * 60 + cell.minute) / 1440
    return cell


def _shown(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return cell.strftime("%H:%M") if isinstance(cell, time) else cell


def proposed(scratch: Path, tabs: dict[str, Rows | Sheet], locale: str = "in_ID") -> Proposal:
    """Return what is proposed for tabs."""
    return propose(workbook(tabs, locale), "toko", scratch)


def table_of(scratch: Path, rows: Rows | Sheet, locale: str = "in_ID") -> TableProposal:
    """Return the table that one tab is proposed to be."""
    proposal = proposed(scratch, {"Data": rows}, locale)
    assert proposal.tables, proposal.left_out
    return proposal.tables[0]


def reason_of(scratch: Path, rows: Rows | Sheet) -> str:
    """Return the code of the reason for which one tab is no table."""
    proposal = proposed(scratch, {"Data": rows})
    assert not proposal.tables, [t.columns for t in proposal.tables]
    return proposal.left_out[0].code


def column_of(scratch: Path, header: str, values: Sequence[Any], locale: str = "in_ID") -> Any:
    """Return the proposal for one column that stands beside a column of codes."""
    rows = [["Kode", header], *([f"K{n:03d}", value] for n, value in enumerate(values))]
    column: ColumnProposal = table_of(scratch, rows, locale).columns[1]
    return column
