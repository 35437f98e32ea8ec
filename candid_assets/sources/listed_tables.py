"""Reads the typed tables of a source one by one, for the kinds of source that list them."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.extract import Merge, TabExtract
from candid_assets.sources.protocol import (
    EventKind,
    ExtractEvent,
    Request,
    SourceExtract,
    SourceState,
)
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError
from candid_assets.sources.source_metadata import TabMetadata
from candid_assets.sources.spool import Spool
from candid_assets.sources.tab_matching import match_tabs


def version_of(parts: Sequence[object]) -> int:
    """Return a number below 2**63 that changes when any part does."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def read_listed(
    workbook: Workbook,
    request: Request,
    tables: Sequence[TabMetadata],
    state: SourceState,
    read: Callable[[Tab, TabMetadata], TabExtract],
) -> SourceExtract:
    """Read each table that a contract names; one that fails does not keep others from being read.

    After an error that every table of the source shares, the others are not tried.
    """
    wanted = [t for t in workbook.living_tabs if request.only is None or t.name in request.only]
    match = match_tabs(tables, workbook, request.known_sheet_ids, request.known_members)
    members = {t.name: match.members[t.name] for t in wanted if t.is_family}
    # A family is read as its members; one that has none, by its own name.
    contracts = [member for tab in wanted for member in members.get(tab.name) or [tab]]
    tabs: dict[str, TabExtract | SourceError] = {}
    shared: SourceError | None = None
    request.on_event(ExtractEvent(workbook.name, "started", total=len(contracts)))
    for tab in contracts:
        if tab.name in match.errors:
            tabs[tab.name] = match.errors[tab.name]
        elif tab.name not in match.tabs:  # a family whose members are all archived
            continue
        elif shared is not None:
            tabs[tab.name] = shared.for_tab(tab.name)
        else:
            try:
                tabs[tab.name] = read(tab, match.tabs[tab.name])
            except SourceError as error:
                tabs[tab.name] = error.for_tab(tab.name)
                shared = error if error.code in WHOLE_WORKBOOK else None
        failed = isinstance(tabs[tab.name], SourceError)
        kind: EventKind = "tab_failed" if failed else "tab_read"
        event = ExtractEvent(workbook.name, kind, tab.name, len(tabs), len(contracts))
        request.on_event(event)
    request.on_event(ExtractEvent(workbook.name, "finished", total=len(contracts)))
    unknown = match.unknown_titles
    names = tuple(tab.name for tab in wanted)
    return SourceExtract(state, tabs, unknown, members, names, unread=match.unread)


def extract_of(
    spool: Spool,
    location: str,
    table: TabMetadata,
    state: SourceState,
    assurance: str,
    merges: tuple[Merge, ...] = (),
) -> TabExtract:
    """Return the extract of a table whose rows are in a spool."""
    return TabExtract(
        spreadsheet_id=location,
        sheet_id=table.sheet_id,
        title=table.title,
        hidden=table.hidden,
        rows=spool.rows,
        columns=spool.columns,
        table=pa.table({}),
        content_hash=spool.content_hash,
        fetched_at=datetime.now(UTC),
        modified_time=state.modified_time,
        locale="",
        time_zone=TIME_ZONE,
        merges=merges,
        assurance=assurance,
        spooled=spool,
    )
