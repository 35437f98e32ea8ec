"""What is wrong now: failed runs, failed checks, stale workbooks, holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import dagster as dg
import duckdb

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.gate.open_holds import ACCEPTABLE, held
from candid_assets.names import DESTINATION_TAG, REFRESH_ALL
from candid_assets.refresh.undescribed import still_undescribed
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.extracts import last_read
from candid_assets.warehouse.last_looks import last_looks
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.warehouse.tab_changes import undescribed_tables

Kind = Literal["run", "check", "stale", "hold", "undescribed"]
ENDED: Final = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
RUNS_LOOKED_AT: Final = 200
CELLS: Final = 3
PLATFORM: Final = "team:data"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""A time that lies further in the future was given by a wrong clock."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong, identified by its key."""

    key: str
    kind: Kind
    cause: str
    owner: str
    command: str
    """What to run next."""
    cells: tuple[str, ...] = ()
    """Links to the first cells to correct."""


def open_alerts(
    settings: Settings, catalog: Catalog, instance: dg.DagsterInstance, now: datetime
) -> list[Alert]:
    """Return everything that is wrong now."""
    records = instance.get_run_records(dg.RunsFilter(statuses=ENDED), limit=RUNS_LOOKED_AT)
    alerts = [*_failed_runs(instance, records, catalog)]
    if settings.published_file.exists():
        with open_published(settings.published_file) as connection:
            alerts += _failed_checks(connection, catalog)
            alerts += _stale(connection, settings, catalog, now)
            alerts += _undescribed(connection, catalog)
    return [*alerts, *_holds(settings, catalog)]


def seen_workbooks(
    settings: Settings, catalog: Catalog, now: datetime
) -> list[tuple[Workbook, datetime | None]]:
    """Return each connected workbook and when it was read, or seen unchanged, last."""
    if not settings.published_file.exists():
        return []
    with open_published(settings.published_file) as connection:
        return list(last_seen(connection, settings, catalog, now))


def _failed_runs(
    instance: dg.DagsterInstance, records: Sequence[dg.RunRecord], catalog: Catalog
) -> Iterator[Alert]:
    """Yield the newest run of each job if it failed and no refresh of everything came after.

    A failed delivery goes to the owner of its destination; to a removed one, to nobody.
    """
    seen: set[str] = set()
    owners = {d.name: d.owner for d in catalog.destinations}
    for record in records:
        run = record.dagster_run
        if run.job_name in seen or (REFRESH_ALL in seen and not _part(run) and not _delivers(run)):
            continue
        if not (run.job_name == REFRESH_ALL and _part(run) and run.is_success):
            seen.add(run.job_name)
        destination = run.tags.get(DESTINATION_TAG)
        if run.is_failure and (destination is None or destination in owners):
            yield Alert(
                f"run:{run.job_name}",
                "run",
                f"{run.job_name} failed as {run.run_id[:8]}: {_reason(instance, run.run_id)}",
                owners.get(destination or "", PLATFORM),
                f"candid export {destination}"
                if destination
                else f"candid agent report {run.run_id[:8]}",
            )


def _delivers(run: dg.DagsterRun) -> bool:
    """Return whether a run delivers to a destination, which no refresh makes good."""
    return DESTINATION_TAG in run.tags


def _part(run: dg.DagsterRun) -> bool:
    return run.job_name == REFRESH_ALL and bool(run.asset_selection)


def _reason(instance: dg.DagsterInstance, run_id: str) -> str:
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    for record in instance.get_records_for_run(run_id, of_type=kinds, limit=5).records:
        event = record.event_log_entry.dagster_event
        if event is not None and event.is_step_failure:
            failure = event.step_failure_data.user_failure_data
            if failure is not None and failure.description:
                return _line(failure.description)
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            if error is not None:
                return _line(error.message)
        if event is not None and event.message:
            return _line(event.message)
    return "no reason was given"


def _line(message: str) -> str:
    said = message.strip().removeprefix("dagster._core.definitions.events.Failure: ")
    return " ".join(said.split())[:400]


def _failed_checks(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Alert]:
    owners = {t.table: t.owner for t in catalog.tabs} | {m.name: m.owner for m in catalog.models}
    for check in recorded_checks(connection, failed=True):
        cells = [s.link for s in check.samples if s.link]
        yield Alert(
            f"check:{check.relation}:{check.name}",
            "check",
            f"{check.relation} {check.name}: {check.message}",
            owners.get(check.table, PLATFORM),
            f"candid agent checks {check.relation} --failed",
            tuple(dict.fromkeys(cells))[:CELLS],
        )


def _stale(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalog: Catalog,
    now: datetime,
) -> Iterator[Alert]:
    """Yield the workbooks that were neither read nor seen unchanged within their promise."""
    for workbook, last in last_seen(connection, settings, catalog, now):
        if not is_stale(workbook, last, now):
            continue
        when = f"since {last.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if last else "ever"
        if last and last > now:
            when += ", a time in the future that a wrong clock gave"
        yield Alert(
            f"stale:{workbook.name}",
            "stale",
            f"{workbook.title} was not read {when}; its contract promises every "
            f"{workbook.fresh_hours:g} hours",
            workbook.owner,
            f"candid run --workbook {workbook.name}",
        )


def last_seen(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalog: Catalog,
    now: datetime,
) -> Iterator[tuple[Workbook, datetime | None]]:
    """Yield each connected workbook and when it was read, or seen unchanged, last.

    A time in the future is one only where there is no other.
    """
    known = last_read(connection), last_looks(settings.data_dir)
    for workbook in catalog.workbooks:
        if workbook.locations.get(settings.env):
            moments = [times[workbook.name] for times in known if workbook.name in times]
            past = [moment for moment in moments if moment <= now + CLOCKS_DIFFER]
            yield workbook, max(past or moments, default=None)


def is_stale(workbook: Workbook, last: datetime | None, now: datetime) -> bool:
    """Whether a workbook's contract promises more than it got."""
    promise = workbook.fresh_hours
    if promise is None:
        return False
    return last is None or not -CLOCKS_DIFFER <= now - last <= timedelta(hours=promise)


def _undescribed(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Alert]:
    """Yield the tables of sources that no contract names."""
    owners = {workbook.name: workbook.owner for workbook in catalog.workbooks}
    for table in still_undescribed(catalog, undescribed_tables(connection)):
        yield Alert(
            f"undescribed:{table.workbook}:{table.title}",
            "undescribed",
            f"{table.message}: {table.proposal}",
            owners.get(table.workbook, PLATFORM),
            f"candid contracts diff {table.workbook}",
        )


def _holds(settings: Settings, catalog: Catalog) -> Iterator[Alert]:
    owners = {t.table: t.owner for t in catalog.tabs}
    for hold in held(settings):
        content = hold.content_hash[:12]
        acceptable = hold.cause in ACCEPTABLE
        yield Alert(
            f"hold:{hold.table}:{content}",
            "hold",
            f"{hold.table} is held back: {hold.message}",
            owners.get(hold.table, PLATFORM),
            f"candid holds accept {content}" if acceptable else "candid holds",
        )
