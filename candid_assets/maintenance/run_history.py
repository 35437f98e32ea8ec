"""Finds and removes old runs of Dagster's history, and never the newest word about anything.

What a person or Dagster asks of the present is answered by the newest run of each job, the newest
materialization, plan and observation of each asset, and the newest verdict of each check. The runs
that hold them stay, however old they are: a table that has not changed for a year is no stranger.
"""

from datetime import datetime

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from sqlalchemy import delete, func, select


def old_runs(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Return the ended runs that began before a moment and are not needed, the oldest first."""
    ended = instance.get_runs(dg.RunsFilter(statuses=FINISHED_STATUSES, created_before=before))
    if not ended:
        return []
    needed = _newest_of_assets(instance) | _newest_of_checks(instance)
    needed |= _newest_of_jobs(instance, {run.job_name for run in ended})
    return [run.run_id for run in reversed(ended) if run.run_id not in needed]


def remove_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Remove a run: what it printed, its verdicts, its events and last the run itself.

    Whoever is cut off in the middle finds the run again and ends the work.
    """
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    storage = instance.event_log_storage
    if isinstance(storage, SqlEventLogStorage):
        # Dagster leaves the verdicts of a removed run behind, most of what there is of it.
        of_run = AssetCheckExecutionsTable.c.run_id == run_id
        with storage.index_connection() as connection:
            connection.execute(delete(AssetCheckExecutionsTable).where(of_run))
    storage.delete_events(run_id)
    instance.run_storage.delete_run(run_id)


def _newest_of_assets(instance: dg.DagsterInstance) -> set[str]:
    run_ids: set[str] = set()
    keys = instance.event_log_storage.all_asset_keys()
    for record in instance.get_asset_records(keys):
        entry = record.asset_entry
        run_ids |= {entry.last_run_id or "", entry.last_planned_materialization_run_id or ""}
        if entry.last_materialization_record is not None:
            run_ids.add(entry.last_materialization_record.run_id)
    for key in keys:
        run_ids |= {r.run_id for r in instance.fetch_observations(key, limit=1).records}
    return run_ids


def _newest_of_checks(instance: dg.DagsterInstance) -> set[str]:
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        return set()
    verdicts = AssetCheckExecutionsTable.c
    newest = select(func.max(verdicts.id)).group_by(verdicts.asset_key, verdicts.check_name)
    with storage.index_connection() as connection:
        rows = connection.execute(select(verdicts.run_id).where(verdicts.id.in_(newest)))
        return {run_id for (run_id,) in rows}


def _newest_of_jobs(instance: dg.DagsterInstance, jobs: set[str]) -> set[str]:
    newest = (instance.get_run_ids(dg.RunsFilter(job_name=job), limit=1) for job in jobs)
    return {run_id for run_ids in newest for run_id in run_ids}
