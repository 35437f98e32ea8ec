"""Notes the tables that a source has and no contract names: nobody reads them."""

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.contracts.undescribed import is_undescribed, known_workbook, proposal_for
from candid_assets.refresh.context import Refresh
from candid_assets.sources.protocol import SourceExtract
from candid_assets.warehouse.database import WRITING
from candid_assets.warehouse.tab_changes import UndescribedTable, record_undescribed


def note_undescribed(refresh: Refresh, workbook: Workbook, outcome: SourceExtract) -> None:
    """Record which tables of a workbook that was read are in no contract."""
    members = [
        (tab, member.title)
        for tab in workbook.living_tabs
        for member in outcome.members.get(tab.name, ())
    ]
    proposals = {
        title: _unread(workbook, outcome, title) or proposal_for(workbook, title, members)
        for title in outcome.unknown_titles
        if is_undescribed(workbook, title)
    }
    with WRITING:
        if record_undescribed(refresh.connection, workbook.name, proposals, refresh.run_id):
            refresh.observations.has_other_news = True


def _unread(workbook: Workbook, outcome: SourceExtract, title: str) -> str:
    """Return why a table cannot be opened and what to do; nothing where it can be."""
    reason = outcome.unread.get(title)
    ignored = f", or add it to the custom property ignore in {workbook.path.name}"
    return f"{reason}{ignored}" if reason else ""


def still_undescribed(catalog: Catalog, tables: list[UndescribedTable]) -> list[UndescribedTable]:
    """Return those of the recorded tables that the contracts of today still leave out."""
    return [
        table
        for table in tables
        if (workbook := known_workbook(catalog, table.workbook))
        and is_undescribed(workbook, table.title)
    ]
