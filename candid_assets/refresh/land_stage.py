"""The second stage: land what was read and show it as raw tables, all text."""

import time
from collections.abc import Iterator
from functools import partial

from candid_assets.contracts.catalog import Tab
from candid_assets.names import tab_table
from candid_assets.quality import invariants
from candid_assets.quality.table_fingerprint import fingerprint_and_rows
from candid_assets.refresh.contained import contained
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.extract_stage import Extraction, Reading
from candid_assets.refresh.failures import Cause
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
from candid_assets.sql import qualified
from candid_assets.warehouse.builds import MadeFrom, TableState, record_states
from candid_assets.warehouse.current_extracts import CurrentExtract, used_extracts
from candid_assets.warehouse.database import WRITING, transaction
from candid_assets.warehouse.extracts import adopt_extract, current_extract, record_extract
from candid_assets.warehouse.memory import fit_to_rows
from candid_assets.warehouse.provenance import (
    CELLS,
    FAMILY_COLUMNS,
    FORMAT_COLUMNS,
    PROVENANCE,
)
from candid_assets.warehouse.raw_query import raw_query
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.warehouse.tables import replace_table


def land(
    refresh: Refresh, extraction: Extraction, session: Sources, reading: Reading
) -> Iterator[Event]:
    """Land every tab of a reading and say of each whether its content is new."""
    workbook, outcome = reading.workbook, reading.outcome
    tabs = [t for t in workbook.living_tabs if refresh.selection.has(t.source, t.table)]
    if outcome is None:
        yield from (Unchanged(t.source, t.table) for t in tabs)
        return
    if not isinstance(outcome, SourceExtract):
        for tab in tabs:
            yield from _not_landed(refresh, tab, outcome)
        return
    whole = len(outcome.requested) >= len(workbook.living_tabs)
    has_news = False
    for tab in tabs:
        events = _land_table(refresh, session, tab, outcome)
        failed = partial(_not_landed, refresh, tab)
        for event in contained(events, _not_kept(tab), refresh.settings, failed):
            whole = whole and not isinstance(event, Failed)
            has_news = has_news or isinstance(event, Built)
            yield event
    note_undescribed(refresh, workbook, outcome)
    if whole:
        extraction.remember(workbook, outcome, has_news=has_news)
    else:
        refresh.forget(workbook.name)


def _land_table(
    refresh: Refresh, session: Sources, tab: Tab, outcome: SourceExtract
) -> Iterator[Event]:
    """Land a tab, or every member of a family."""
    if tab.is_family:
        yield from merged_events(tab, _land_members(refresh, session, tab, outcome))
    else:
        yield from _land_result(refresh, session, tab, outcome.tabs[tab.name])


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
    """Land what was read of one tab, or say why it could not be read or kept."""
    failed = partial(_not_landed, refresh, tab)
    if isinstance(result, SourceError):
        yield from failed(result)
        return
    events = _land_read(refresh, session, tab, result)
    yield from contained(events, _not_kept(tab), refresh.settings, failed)


def _land_read(
    refresh: Refresh, session: Sources, tab: Tab, extract: TabExtract
) -> Iterator[Event]:
    held = held_back(refresh, tab, extract)
    if held is None:
        yield from _land_tab(refresh, session, tab, extract)
    else:
        yield from _not_landed(refresh, tab, held)


def _not_kept(tab: Tab) -> str:
    return f"{place(tab.workbook, tab.title)} was read but cannot be kept"


def _not_landed(refresh: Refresh, tab: Tab, failure: SourceError | Cause) -> Iterator[Event]:
    """Say why a tab has no new extract."""
    if failure.code in LOST_TAB:
        note_lost(refresh, tab, failure.code, failure.message, failure.fix)
    words = f"{failure.message}; {failure.fix}"
    yield Checked(invariants.read_complete(tab.source, tab.table, error=words))
    why = (failure.code, failure.message, failure.fix)
    yield Failed(tab.source, tab.table, *why, tab.workbook, tab.name)


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
    digest = landed.content_hash
    is_landed = before == CurrentExtract(
        digest,
        extract.spreadsheet_id,
        extract.sheet_id,
        extract.title,
        extract.rows,
        extract.hidden,
    )
    with WRITING:
        if not is_landed:
            record_extract(refresh.connection, tab, extract, digest, refresh.run_id)
        is_known = is_landed and not adopt_extract(refresh.connection, tab, digest, refresh.run_id)
    if is_known:
        yield Unchanged(tab.source, tab.table)
        # What a read that failed left behind does not stand any more.
        yield from () if _read_stands(refresh, tab) else checks
        return
    yield Built(
        tab.source,
        tab.table,
        extract.rows,
        digest,
        time.monotonic() - started,
        {
            "title": extract.title,
            "columns": extract.columns,
            "extract": digest[:12],
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
    fit_to_rows(connection, extract.rows)
    rows_sql = f"({raw_query(connection, refresh.landing, tab, extract)})"
    columns = _columns(refresh, rows_sql)
    with transaction(connection):
        replace_table(
            connection,
            "raw",
            tab.table,
            rows_sql,
            {name: text for name, _, text in columns},
            f"'{tab.title}' as it stands {tab.words.inside}, every row, all text.",
        )
        content, rows = fingerprint_and_rows(connection, qualified("raw", tab.table))
        state = TableState(key, extract.content_hash, rows)
        made = MadeFrom(used_extracts(tab, extract), content=content)
        record_states(connection, [("raw", tab.table, state)], refresh.origin, made)
    refresh.states["raw", tab.table] = state
    facts = {"extract": extract.content_hash[:12]}
    seconds = time.monotonic() - started
    yield Built("raw", tab.table, state.rows, state.fingerprint, seconds, facts, columns)


def _columns(refresh: Refresh, relation: str) -> tuple[tuple[str, str, str], ...]:
    columns = refresh.connection.execute(f"describe from {relation}").fetchall()
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
