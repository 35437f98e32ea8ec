"""Gathers what `candid status` shows: snapshot, freshness, runs, holds, alerts, deployment.

Nothing here needs a webserver or a daemon: Dagster's history is read as its files have it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
import duckdb
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus

from candid_assets.contracts.load import load_catalog
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.open_holds import held
from candid_assets.gate.production import PRODUCTION, deployed
from candid_assets.monitoring.notify import recorded_alerts
from candid_assets.monitoring.open_alerts import (
    is_stale,
    last_seen,
)
from candid_assets.names import LAUNCHED_BY
from candid_assets.refresh.undescribed import still_undescribed
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.snapshot_status import SnapshotStatus, snapshot_status
from candid_assets.warehouse.tab_changes import undescribed_tables

RUNS: Final = 10
DAEMON_SILENT_SECONDS: Final = 120
"""The daemon shows itself every thirty seconds."""


def gather(settings: Settings, now: datetime) -> dict[str, Any]:
    """Return the state of an environment as one object; `unread` says why a snapshot has none."""
    history = _history(settings, now)
    try:
        with open_published(settings.published_file) as connection:
            state = snapshot_status(connection).as_dict() | {"unread": None}
            catalog = load_catalog(settings.catalog_dir)
            tables = still_undescribed(catalog, undescribed_tables(connection))
            state["undescribed"] = [table.as_dict() for table in tables]
            _add_freshness(state["workbooks"], settings, connection, now)
        holds = [hold.as_dict() for hold in held(settings)]
    except WarehouseError as error:
        state, holds = SnapshotStatus(settings.env).as_dict() | {"unread": str(error)}, []
        state["undescribed"] = []
    shared = {
        "alerts": recorded_alerts(settings),
        "holds": holds,
        "deployment": deployment(settings),
    }
    return state | history | shared


def deployment(settings: Settings) -> dict[str, Any] | None:
    """Return what production runs and who applied it; other environments have no gate."""
    if settings.env != PRODUCTION:
        return None
    installation = Installation.of(settings)
    facts: dict[str, Any] = {"number": None, "problem": None, "command": None}
    try:
        records = Records(installation)
        chain = records.applied()
        if chain:
            last = chain[-1]
            decisions = records.decisions(records.plan(last.plan))
            facts |= {"number": last.number, "commit": last.commit, "plan": last.plan}
            facts |= {"by": last.by, "at": last.at}
            facts["approved_by"] = [d.principal for d in decisions if d.decision == "approve"]
        deployed(settings, installation)
    except GateError as error:
        facts |= {"problem": error.message, "command": error.fix}
    return facts


def _history(settings: Settings, now: datetime) -> dict[str, Any]:
    if not settings.data_dir.exists():
        # Looking makes no files where there are none yet.
        return {"runs": [], "automation": _seen_nothing()}
    try:
        with dg.DagsterInstance.get() as instance:
            return {"runs": _runs(instance), "automation": _automation(instance, now)}
    # Whatever Dagster raises over a damaged history, the rest is worth telling.
    except Exception as error:
        return {"runs": [], "automation": None, "problem": f"{error}; run: candid doctor"}


def _add_freshness(
    workbooks: Sequence[dict[str, Any]],
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    now: datetime,
) -> None:
    catalog = load_catalog(settings.catalog_dir)
    seen = {w.name: (w, t) for w, t in last_seen(connection, settings, catalog, now)}
    for entry in workbooks:
        workbook, last = seen.get(entry["workbook"], (None, None))
        entry["last_seen"] = last.astimezone(UTC).isoformat(timespec="seconds") if last else None
        entry["fresh_hours"] = workbook and workbook.fresh_hours
        entry["stale"] = bool(workbook and is_stale(workbook, last, now))


def _runs(instance: dg.DagsterInstance) -> list[dict[str, Any]]:
    return [_run(record) for record in instance.get_run_records(limit=RUNS)]


def _run(record: dg.RunRecord) -> dict[str, Any]:
    run, start, end = record.dagster_run, record.start_time, record.end_time
    began = datetime.fromtimestamp(start, UTC) if start else record.create_timestamp
    return {
        "run_id": run.run_id,
        "job": run.job_name,
        "status": run.status.value,
        "started_at": began.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(end - start, 1) if start and end else None,
        "launched_by": run.tags.get(LAUNCHED_BY) or _origin(run),
        "task": run.tags.get("task"),
    }


def _origin(run: dg.DagsterRun) -> str | None:
    tags = run.tags
    if "dagster/auto_retry_run_id" in tags or "dagster/retry_number" in tags:
        return "retry"
    return tags.get("dagster/schedule_name") or tags.get("dagster/sensor_name")


def _seen_nothing() -> dict[str, Any]:
    return {"daemon": False, "daemon_seen": None, "instigators": []}


def _automation(instance: dg.DagsterInstance, now: datetime) -> dict[str, Any]:
    """Return when the daemon was seen last, and what it last did with each schedule and sensor."""
    beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    last = datetime.fromtimestamp(max(beats), UTC) if beats else None
    states = [_state(instance, state) for state in instance.all_instigator_state()]
    newest: dict[str, dict[str, Any]] = {}
    for state in sorted(states, key=lambda s: s["last_tick"] or ""):
        newest[state["name"]] = state
    return {
        "daemon": last is not None and abs((now - last).total_seconds()) < DAEMON_SILENT_SECONDS,
        "daemon_seen": last.isoformat(timespec="seconds") if last else None,
        "instigators": sorted(newest.values(), key=lambda s: s["name"]),
    }


def _state(instance: dg.DagsterInstance, state: InstigatorState) -> dict[str, Any]:
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    tick = ticks[0] if ticks else None
    when = datetime.fromtimestamp(tick.timestamp, UTC) if tick else None
    return {
        "name": state.instigator_name,
        "kind": state.instigator_type.value.lower(),
        "on": state.status is not InstigatorStatus.STOPPED,
        "last_tick": when.isoformat(timespec="seconds") if when else None,
        "last_status": tick.status.value if tick else None,
        "last_words": (tick.skip_reason or (str(tick.error.message) if tick.error else None))
        if tick
        else None,
    }
