"""One refresh from the sources to the published snapshot: the order of the stages, nothing else.

A tab or model that fails keeps its last good table and everything else goes on; what failed is
said once and the caller decides what a failed refresh means.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.catalog import BrokenTab, Workbook
from candid_assets.engines.routing import Engines
from candid_assets.gate.production import require_deployed
from candid_assets.quality import invariants
from candid_assets.refresh.closing import WriteReport, close
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.event_log import log_end, log_event
from candid_assets.refresh.events import Checked, Event, Failed
from candid_assets.refresh.extract_stage import Extraction
from candid_assets.refresh.failures import invalid_file
from candid_assets.refresh.foreign_keys import look_up
from candid_assets.refresh.input_keys import code_version
from candid_assets.refresh.land_stage import land
from candid_assets.refresh.layout_drift import let_go
from candid_assets.refresh.ready_stage import build_models
from candid_assets.refresh.ready_verdicts import judge_ready
from candid_assets.refresh.record import Record
from candid_assets.refresh.tab_tables import TabTables
from candid_assets.refresh.workers import Builders, workers
from candid_assets.sources.open_sources import Sources
from candid_assets.warehouse.builds import Origin, table_states
from candid_assets.warehouse.catalog_archive import CatalogArchive


def run_refresh(
    refresh: Refresh,
    session: AbstractContextManager[Sources],
    record: Record,
    report: WriteReport,
) -> Iterator[Event]:
    """Refresh what is selected and publish; yields what happened as it happens.

    Raises:
        GateError: It is production, and what runs here is not what is deployed.
    """
    require_deployed(refresh.settings, refresh.catalog.files)
    refresh.origin = Origin(
        refresh.run_id,
        CatalogArchive(refresh.settings.catalogs_dir).store(refresh.catalog.files),
        code_version(),
    )
    refresh.states |= table_states(refresh.connection)
    refresh.engines = Engines(refresh.settings)
    install_macros(refresh.connection)
    refresh.times.begin(refresh.run_id, refresh.settings.env)
    for event in _stages(refresh, session, record):
        record.add(event)
        log_event(event, refresh.run_id)
        if isinstance(event, Failed):
            refresh.failed.add(event.table)
        yield event
    yield from close(refresh, record, report)
    refresh.times.end(succeeded=record.succeeded)
    log_end(refresh.run_id, succeeded=record.succeeded, stages=refresh.times.rounded())


def _stages(
    refresh: Refresh, session: AbstractContextManager[Sources], record: Record
) -> Iterator[Event]:
    yield from _broken_contracts(refresh)
    yield from let_go(refresh)
    with workers(refresh) as builders:
        yield from _tables(refresh, session, record, builders)


def _tables(
    refresh: Refresh,
    session: AbstractContextManager[Sources],
    record: Record,
    builders: Builders,
) -> Iterator[Event]:
    before = dict(refresh.states)
    tabs = TabTables(refresh, builders)
    if any(_wants_source(refresh, w) for w in refresh.catalog.workbooks):
        with session as opened:
            extraction = Extraction(refresh, opened, refresh.looks)
            building: Iterator[Event] = iter(())
            for reading in refresh.times.during("read", extraction.readings()):
                # This workbook lands while the tables of the one before are built.
                landing = land(refresh, extraction, opened, reading)
                yield from refresh.times.during("land", landing, workbook=reading.workbook.name)
                before_it, building = building, tabs.build(reading.workbook)
                yield from before_it
            yield from building
            record.sheets_reads, record.drive_reads = opened.reads
            record.read_as = opened.read_as
            record.wrong_clocks = opened.wrong_clocks
            record.clock_agrees = opened.clock_agrees
    # What was not read may be stale all the same: its contract changed, or a run was killed.
    for workbook in refresh.catalog.workbooks:
        yield from tabs.build(workbook)
    yield from refresh.times.during("keys", look_up(refresh, tabs.replaced, tabs.rekeyed))
    models = [m for m in refresh.catalog.models if refresh.selection.has("ready", m.name)]
    yield from build_models(refresh, models, builders)
    yield from refresh.times.during("ready", judge_ready(refresh, before))


def _wants_source(refresh: Refresh, workbook: Workbook) -> bool:
    return any(refresh.selection.has(t.source, t.table) for t in workbook.living_tabs)


def _broken_contracts(refresh: Refresh) -> Iterator[Event]:
    """Report contracts that cannot be read; their tabs keep the last good tables."""
    reported = set()
    for workbook in refresh.catalog.workbooks:
        for tab in workbook.broken_tabs:
            if refresh.selection.has(tab.source, tab.table):
                reported |= set(tab.problems)
                yield from _broken_tab(tab)
    for problem in refresh.catalog.problems:
        if problem not in reported:
            yield invalid_file(problem)


def _broken_tab(tab: BrokenTab) -> Iterator[Event]:
    problems = "; ".join(str(p) for p in tab.problems)
    yield Checked(invariants.contract_holds(tab.source, tab.table, problem=problems))
    for problem in tab.problems:
        where = f"{problem.path}:{problem.line}: {problem.message}"
        yield Failed(
            tab.source, tab.table, "contract_invalid", where, problem.fix, tab.workbook, tab.name
        )
