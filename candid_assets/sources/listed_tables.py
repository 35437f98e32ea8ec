"""Reads the typed tables of a source one by one, for the kinds of source that list them."""

import hashlib
import logging
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
from candid_assets.sources.source_errors import (
    WHOLE_WORKBOOK,
    ErrorCode,
    LostSourceError,
    SourceError,
    place,
    unexpected,
)
from candid_assets.sources.source_metadata import TabMetadata
from candid_assets.sources.spool import Spool
from candid_assets.sources.tab_matching import match_tabs
from candid_assets.sources.table_limits import TableTooLargeError, limited_table
from candid_assets.storage_errors import storage_error

log = logging.getLogger(__name__)


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

    After an error that every table of the source shares, which the next table met as well, the
    others are not tried.
    """
    wanted = [t for t in workbook.living_tabs if request.only is None or t.name in request.only]
    match = match_tabs(tables, workbook, request.known_sheet_ids, request.known_members)
    members = {t.name: match.members[t.name] for t in wanted if t.is_family}
    # A family is read as its members; one that has none, by its own name.
    contracts = [member for tab in wanted for member in members.get(tab.name) or [tab]]
    tabs: dict[str, TabExtract | SourceError] = {}
    shared: SourceError | None = None
    met: set[ErrorCode] = set()
    is_read = False
    request.on_event(ExtractEvent(workbook.name, "started", total=len(contracts)))
    for tab in contracts:
        if tab.name in match.errors:
            tabs[tab.name] = match.errors[tab.name]
        elif tab.name not in match.tabs:  # a family whose members are all archived
            continue
        elif shared is not None:
            tabs[tab.name] = shared.for_tab(tab.name)
        else:
            outcome = _outcome(tab, match.tabs[tab.name], read)
            tabs[tab.name] = outcome
            if not isinstance(outcome, SourceError):
                is_read = True
                met.clear()
            elif outcome.code in WHOLE_WORKBOOK:
                # What one table met alone may be its own fault, and so what several met of a
                # source that gave another one; but a connection may have gone meanwhile.
                is_shared = outcome.code in met and (not is_read or outcome.code == "network")
                shared = outcome if is_shared else None
                met.add(outcome.code)
        failed = isinstance(tabs[tab.name], SourceError)
        kind: EventKind = "tab_failed" if failed else "tab_read"
        event = ExtractEvent(workbook.name, kind, tab.name, len(tabs), len(contracts))
        request.on_event(event)
    request.on_event(ExtractEvent(workbook.name, "finished", total=len(contracts)))
    unknown = match.unknown_titles
    names = tuple(tab.name for tab in wanted)
    return SourceExtract(state, tabs, unknown, members, names, unread=match.unread)


def _outcome(
    tab: Tab, table: TabMetadata, read: Callable[[Tab, TabMetadata], TabExtract]
) -> TabExtract | SourceError:
    """Return what a table's reading brings; whatever goes wrong is this table's alone."""
    where = f"{place(tab.workbook, tab.title)} cannot be read"
    with limited_table():
        try:
            return read(tab, table)
        except LostSourceError:
            raise
        except SourceError as error:
            return error.for_tab(tab.name)
        except TableTooLargeError as error:
            message = f"{where}: {error.message}"
            return SourceError("too_large", message, error.fix, tab.workbook, tab.name)
        except (MemoryError, RecursionError) as error:
            message = f"{where}: it is larger or nested deeper than this computer can take"
            fix = "have a smaller one made"
            log.warning("%s (%s)", message, type(error).__name__)
            return SourceError("too_large", message, fix, tab.workbook, tab.name)
        except Exception as error:
            if storage_error(error, tab.path) is not None:
                raise
            log.exception(where)
            return unexpected(error, where, tab.workbook, tab.name)


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
