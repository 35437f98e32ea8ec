"""Launches a refresh in this process: finds what is stale, then runs Dagster's job over it."""

import gc
import logging
import uuid
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import duckdb

from candid_assets.contracts.catalog import Catalog, Model
from candid_assets.contracts.load import load_catalog
from candid_assets.errors import CandidError
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, require_deployed
from candid_assets.maintenance.leftovers import remove_leftovers
from candid_assets.names import COMMAND, LAUNCHED_BY, REFRESH_OPERATION
from candid_assets.near_names import hint
from candid_assets.orchestration.open_warehouse import open_for_refresh
from candid_assets.orchestration.run_sources import RunSources
from candid_assets.refresh.closing import close
from candid_assets.refresh.context import Progress, Refresh
from candid_assets.refresh.downstream import Table, with_downstream
from candid_assets.refresh.failures import invalid_file
from candid_assets.refresh.record import Record
from candid_assets.refresh.staleness import Looks, stale_tables
from candid_assets.reports.after_refresh import end_run
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.storage_errors import storage_error_in
from candid_assets.warehouse.errors import duckdb_errors
from candid_assets.warehouse.landing import Landing

if TYPE_CHECKING:
    import dagster as dg

log = logging.getLogger(__name__)

RETENTION_SECONDS = 3
"""How long a run may spend on removing what is past its time; the rest is left to the next."""


@dataclass(frozen=True, slots=True)
class How:
    """The options of `candid run`."""

    force: bool = False
    read_all: bool = False
    accept_loss: bool = False


class RefreshError(CandidError):
    """A refresh that could not start or broke off."""


def refresh(
    settings: Settings,
    workbooks: Sequence[str],
    tabs: Sequence[str],
    *,
    how: How,
    progress: Progress,
) -> Record:
    """Refresh what is stale among the chosen workbooks and tabs and return what happened.

    Raises:
        RefreshError: An unknown name, or another refresh is at work.
        GateError: Production does not run what is deployed.
        SourceError: No source can be opened.
        WarehouseError: The warehouse is another environment's.
    """
    catalog = load_catalog(settings.catalog_dir)
    _require_connected(catalog, settings)
    require_deployed(settings, catalog.files)
    if how.accept_loss and settings.env == PRODUCTION:
        raise GateError("in production no loss is taken without a signature", "candid holds")
    chosen = _chosen(catalog, workbooks, tabs)
    record = Record()
    for leftover in remove_leftovers(settings):
        log.info("removed %s, left by a process that was killed", leftover.path)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        session = stack.enter_context(Sources(settings))
        looks = session.states(catalog.workbooks)
        record.drive_reads = session.reads[1]
        record.read_as = session.read_as
        record.wrong_clocks = session.wrong_clocks
        record.clock_agrees = session.clock_agrees
        stale = _stale(catalog, settings, looks, chosen, how, record)
        if not stale:
            _record_interrupted(settings)
            return record
        run = RunSources(nullcontext(session), progress, looks, record)
        record = _run_job(settings, catalog, stale, how, run)
    _tidy(settings)
    return record


def _stale(
    catalog: Catalog,
    settings: Settings,
    looks: Looks,
    chosen: frozenset[Table] | None,
    how: How,
    record: Record,
) -> frozenset[Table]:
    """Return what the run covers; where nothing is stale, finish the record and report."""
    opened = open_for_refresh(settings.warehouse_file, settings.env)
    with duckdb_errors(), opened as connection:
        stale = stale_tables(catalog, connection, settings.env, looks)
        stale = stale if chosen is None else stale & chosen
        if how.force or how.read_all:
            return chosen if chosen is not None else _everything(catalog)
        if not stale:
            for problem in catalog.problems:
                record.add(invalid_file(problem))
            idle = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id=str(uuid.uuid4()),
                earlier_versions=_no_versions,
                looks=dict(looks),
            )
            for _ in close(idle, record, end_run):
                pass
        return stale


def _no_versions(refresh: Refresh, model: Model) -> NoReturn:
    raise ValueError(f"a refresh without news builds no history: {refresh.run_id} {model.name}")


def _tidy(settings: Settings) -> None:
    """Remove from the warehouse what is past its time; what that cannot do ends no run."""
    from candid_assets.maintenance.record_retention import tidy_daily

    try:
        tidy_daily(settings, datetime.now(UTC))
    except (OSError, CandidError, duckdb.Error) as error:
        log.warning("what is past its time could not be removed: %s", error)


def _record_interrupted(settings: Settings) -> None:
    """Record killed runs as interrupted where nothing else needs Dagster."""
    from candid_assets.orchestration.interrupted_runs import (
        has_dead_runs,
        history_problem,
        is_of_history,
        record_interrupted,
    )

    if has_dead_runs(settings):
        import dagster as dg

        try:
            with dg.DagsterInstance.get() as instance:
                record_interrupted(instance)
        except Exception as error:
            if not is_of_history(error):
                raise
            log.warning("%s", history_problem(error, settings))


def _run_job(
    settings: Settings,
    catalog: Catalog,
    stale: frozenset[Table],
    how: How,
    run: RunSources,
) -> Record:
    # Dagster and the graph cost seconds to load; a refresh without news ends before that.
    import dagster as dg

    from candid_assets.maintenance.backup import HeldError
    from candid_assets.maintenance.retention import remove_due
    from candid_assets.orchestration.command_job import command_job
    from candid_assets.orchestration.interrupted_runs import (
        history_problem,
        is_of_history,
        record_interrupted,
    )

    job = command_job(settings, catalog, stale)
    try:
        with dg.DagsterInstance.get() as instance:
            record_interrupted(instance)
            record = _executed(job, instance, settings, how, run)
            # An installation without a daemon does not grow for ever either.
            with suppress(HeldError):
                remove_due(settings, instance, datetime.now(UTC), RETENTION_SECONDS)
            return record
    except Exception as error:
        if not is_of_history(error):
            raise
        log.warning("%s: this run is not recorded in it", history_problem(error, settings))
    gc.collect()  # what the broken run was amid is closed with it: it holds the warehouse
    with dg.DagsterInstance.ephemeral() as instance:
        return _executed(job, instance, settings, how, replace(run, record=Record()))


def _executed(
    job: "dg.JobDefinition",
    instance: "dg.DagsterInstance",
    settings: Settings,
    how: How,
    run: RunSources,
) -> Record:
    from candid_assets.orchestration.run_launcher import held_by_this_process

    run_id = str(uuid.uuid4())
    with held_by_this_process(settings, run_id):
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            resources={"sources": run},
            run_config={
                "ops": {REFRESH_OPERATION: {"config": asdict(how)}},
                # The terminal shows bars and causes; Dagster's history has every event.
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            tags={"candid/env": settings.env, LAUNCHED_BY: COMMAND},
            raise_on_error=False,
        )
    if run.record.summary is None or (run.record.succeeded and not result.success):
        reason = reason_of(result)
        raise storage_error_in(reason, settings.data_dir) or RefreshError(
            f"the run {result.run_id} broke off: {reason}"
        )
    return run.record


def reason_of(result: "dg.ExecuteInProcessResult") -> str:
    """Return why a run failed that no cause explains, from the innermost error."""
    import dagster as dg

    for event in result.all_events:
        error = None
        if event.is_step_failure:
            error = event.step_failure_data.error
        elif event.is_job_failure:
            error = event.job_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
            return "it was told to end; the next run makes up for the rest"
        if error is not None:
            return error.message.strip()
    messages = [event.message for event in result.all_events if event.is_failure]
    return str(messages[0]) if messages else "no reason was given"


def _require_connected(catalog: Catalog, settings: Settings) -> None:
    """Refuse a refresh that has nothing to read, in one sentence instead of one a workbook."""
    if catalog.workbooks and not any(w.locations.get(settings.env) for w in catalog.workbooks):
        many = len(catalog.workbooks)
        what = "the one workbook is not" if many == 1 else f"none of the {many} workbooks is"
        raise RefreshError(
            f"{what} connected in {settings.env}, so there is nothing to read",
            f"write its location into the {settings.env} server of a head such as"
            f" {catalog.workbooks[0].path}, or `candid discover SOURCE --workbook NAME`",
        )


def _everything(catalog: Catalog) -> frozenset[Table]:
    names = {w.name for w in catalog.workbooks}
    return with_downstream(catalog, names, set()) | {("ready", m.name) for m in catalog.models}


def _chosen(
    catalog: Catalog, workbooks: Sequence[str], tabs: Sequence[str]
) -> frozenset[Table] | None:
    if not workbooks and not tabs:
        return None
    known_workbooks = {w.name for w in catalog.workbooks}
    known_tabs = {t.table for t in catalog.tabs}
    known_tabs |= {t.table for w in catalog.workbooks for t in w.broken_tabs}
    _require("workbook", workbooks, known_workbooks)
    _require("tab", tabs, known_tabs)
    return with_downstream(catalog, set(workbooks), set(tabs))


def _require(kind: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            message = f"no {kind} is called {name!r} in the catalog{hint(name, known)}"
            raise RefreshError(message, exit_code=2)
