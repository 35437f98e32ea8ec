"""The second stage: land what was read and show it as raw tables, all text."""

import time
from collections.abc import Iterator

import pyarrow as pa

from candid_assets.contracts.catalog import Tab
from candid_assets.names import tab_table
from candid_assets.quality import invariants
from candid_assets.quality.table_fingerprint import table_fingerprint
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.extract_stage import Extraction, Reading
from candid_assets.refresh.failures import Cause, storage_fix
from candid_assets.refresh.family_members import merged_events
from candid_assets.refresh.input_keys import raw_key
from candid_assets.refresh.layout_changes import LOST_TAB
from candid_assets.refresh.layout_drift import note_lost
from candid_assets.refresh.losses import held_back
from candid_assets.refresh.undescribed import note_undescribed
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.protocol import SourceExtract
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError, place
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.builds import MadeFrom, TableState, record_state
from candid_assets.warehouse.current_extracts import CurrentExtract, used_extracts
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.extracts import current_extract, record_extract
from candid_assets.warehouse.provenance import (
    CELLS,
    FAMILY_COLUMNS,
    FORMAT_COLUMNS,
    PROVENANCE,
)
from candid_assets.warehouse.raw_query import raw_query
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.warehouse.tables import replace_table, row_count


def land(
    refresh: Refresh, extraction: Extraction, session: Sources, reading: Reading
) -> Iterator[Event]:
    """Land every tab of a reading and say of each whether its content is new."""
    workbook, outcome = reading.workbook, reading.outcome
    tabs = [t for t in workbook.living_tabs if refresh.selection.has(t.source, t.table)]
    if outcome is None:
        yield from (Unchanged(t.source, t.table) for t in tabs)
        return
    whole = not isinstance(outcome, SourceError) and len(outcome.requested) >= len(
        workbook.living_tabs
    )
    has_news = False
    for tab in tabs:
        if isinstance(outcome, SourceError):
            events = _land_result(refresh, session, tab, outcome)
        elif tab.is_family:
            events = merged_events(tab, _land_members(refresh, session, tab, outcome))
        else:
            events = _land_result(refresh, session, tab, outcome.tabs[tab.name])
        for event in events:
            whole = whole and not isinstance(event, Failed)
            has_news = has_news or isinstance(event, Built)
            yield event
    if isinstance(outcome, SourceError):
        return
    note_undescribed(refresh, workbook, outcome)
    if whole:
        extraction.remember(workbook, outcome, has_news=has_news)
    else:
        extraction.forget(workbook)


def _land_members(
    refresh: Refresh, session: Sources, family: Tab, outcome: SourceExtract
) -> Iterator[Event]:
    """Land each member of a family as an extract of its own."""
    members = outcome.members[family.name]
    if not members:
        failed = outcome.tabs.get(family.name)
        if failed is None:  # every member is archived
            yield Unchanged(family.source, family.table)
        else:
            yield from _land_result(refresh, session, family, failed)
    for member in members:
        result = outcome.tabs[member.name]
        if isinstance(result, SourceError):
            yield from _land_result(refresh, session, member, _named(member, result))
        elif result.rows == 0 and current_extract(refresh.connection, member) is None:
            # A tab made ready for what is to come: it arrives with its first row.
            yield Unchanged(member.source, member.table)
        else:
            yield from _land_result(refresh, session, member, result)


def _named(member: Tab, error: SourceError) -> SourceError:
    """Return a member's error with its title, unless it is one of the whole workbook."""
    if error.code in WHOLE_WORKBOOK or repr(member.title) in error.message:
        return error
    message = f"{place(member.workbook, member.title)}: {error.message}"
    return SourceError(error.code, message, error.fix, error.workbook, error.tab)


def _land_result(
    refresh: Refresh, session: Sources, tab: Tab, result: TabExtract | SourceError
) -> Iterator[Event]:
    """Land what was read of one tab, or say why it could not be read."""
    failure: SourceError | Cause | None
    if isinstance(result, TabExtract):
        failure = held_back(refresh, tab, result)
        try:
            if failure is None:
                yield from _land_tab(refresh, session, tab, result)
        except (OSError, pa.ArrowException) as error:
            message = f"{place(tab.workbook, tab.title)} was read but cannot be kept: {error}"
            failure = Cause("storage_failed", message, storage_fix(refresh.settings))
    else:
        failure = result
    if failure is not None:
        if failure.code in LOST_TAB:
            note_lost(refresh, tab, failure.code, failure.message, failure.fix)
        words = f"{failure.message}; {failure.fix}"
        yield Checked(invariants.read_complete(tab.source, tab.table, error=words))
        yield Failed(
            tab.source,
            tab.table,
            failure.code,
            failure.message,
            failure.fix,
            tab.workbook,
            tab.name,
        )


def _land_tab(refresh: Refresh, session: Sources, tab: Tab, extract: TabExtract) -> Iterator[Event]:
    started = time.monotonic()
    refresh.observations.read.add((tab.workbook, tab.name))
    before = current_extract(refresh.connection, tab)
    landed = refresh.landing.store(tab.workbook, tab.name, extract)
    checks = (
        Checked(
            invariants.read_complete(
                tab.source, tab.table, rows=extract.rows, assurance=extract.assurance
            )
        ),
        Checked(invariants.sheet_untouched(tab.source, tab.table, session.conduct(tab.source))),
    )
    if before == CurrentExtract(
        landed.content_hash,
        extract.spreadsheet_id,
        extract.sheet_id,
        extract.title,
        extract.rows,
        extract.hidden,
    ):
        yield Unchanged(tab.source, tab.table)
        # What a read that failed, or a run that was killed, left behind does not stand any more.
        yield from () if _read_stands(refresh, tab) else checks
        return
    record_extract(refresh.connection, tab, extract, landed.content_hash, refresh.run_id)
    yield Built(
        tab.source,
        tab.table,
        extract.rows,
        landed.content_hash,
        time.monotonic() - started,
        {
            "title": extract.title,
            "columns": extract.columns,
            "extract": landed.content_hash[:12],
            "stored": "new file" if landed.is_new else "content already in landing",
        },
    )
    yield from checks


def _read_stands(refresh: Refresh, tab: Tab) -> bool:
    table = tab_table(tab.workbook, tab.family or tab.name)
    checks = recorded_checks(refresh.connection, layer=tab.source, table=table)
    passed = [c.passed for c in checks if c.name in ("read_complete", "sheet_untouched")]
    return bool(passed) and all(passed)


def build_raw(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> Iterator[Event]:
    """Load the current extract as the tab's raw table, every row of it."""
    key = raw_key(extract)
    if refresh.is_current("raw", tab.table, key):
        yield Unchanged("raw", tab.table)
        return
    started = time.monotonic()
    connection = refresh.connection
    staged = f"temp.{quoted('staged_raw')}"
    query = raw_query(connection, refresh.landing, tab, extract)
    connection.execute(f"create or replace temp table staged_raw as {query}")
    columns = _columns(refresh, staged)
    state = TableState(key, extract.content_hash, row_count(connection, staged))
    content = table_fingerprint(connection, staged)
    made = MadeFrom(used_extracts(tab, extract), content=content)
    with transaction(connection):
        replace_table(
            connection,
            "raw",
            tab.table,
            staged,
            {name: text for name, _, text in columns},
            f"'{tab.title}' as it stands {tab.words.inside}, every row, all text.",
        )
        record_state(connection, "raw", tab.table, state, refresh.origin, made)
    connection.execute(f"drop table {staged}")
    refresh.states["raw", tab.table] = state
    facts = {"extract": extract.content_hash[:12]}
    seconds = time.monotonic() - started
    yield Built("raw", tab.table, state.rows, state.fingerprint, seconds, facts, columns)


def _columns(refresh: Refresh, relation: str) -> tuple[tuple[str, str, str], ...]:
    columns = refresh.connection.execute(f"describe {relation}").fetchall()
    descriptions = PROVENANCE | FAMILY_COLUMNS | FORMAT_COLUMNS
    return tuple(
        (r[0], r[1], descriptions.get(r[0], f"Column {r[0]} of the source.")) for r in columns
    )


def raw_head(refresh: Refresh, table: str, rows: int) -> list[list[str | None]]:
    """Return the text of the first rows of a raw table, without provenance."""
    cells = refresh.connection.execute(
        f"select {CELLS} from {qualified('raw', table)} where _row <= {rows} order by _row"
    ).fetchall()
    return [list(row) for row in cells]
