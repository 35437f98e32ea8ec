"""Looks for runs and logs past their time and removes them."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from candid_assets.chained_log import ChainedLog
from candid_assets.gate.production import require_deployed
from candid_assets.maintenance.backup import undisturbed
from candid_assets.maintenance.log_rotation import logs, past, rotate, rotated_files
from candid_assets.maintenance.run_history import old_runs, remove_run
from candid_assets.settings import Settings
from candid_assets.warehouse.confirmed_clock import retention_now
from candid_assets.warehouse.migrations import former_versions


@dataclass(frozen=True, slots=True)
class Due:
    """What is past its time: runs, files of their reports and events, logs, former warehouses."""

    runs: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def summary(self) -> str:
        """The counts, in a few words."""
        return f"{len(self.runs):,} runs and {len(self.files):,} files of reports, events and logs"


def find_due(settings: Settings, instance: dg.DagsterInstance, now: datetime) -> Due:
    """Return what is past its time; a time of 0 days keeps everything."""
    runs: list[str] = []
    files: list[Path] = []
    now = retention_now(settings.data_dir, now)
    if settings.keep_runs_days:
        before = now - timedelta(days=settings.keep_runs_days)
        runs = old_runs(instance, before)
        files += past(sorted(settings.openlineage_dir.glob("*.ndjson")), before)
        files += past([f for f in sorted(settings.reports_dir.glob("*")) if f.is_file()], before)
        files += past(former_versions(settings.warehouse_file), before)
    if settings.keep_logs_days:
        before = now - timedelta(days=settings.keep_logs_days)
        for log in logs(settings):
            files += past(rotated_files(log.file), before)
    return Due(tuple(runs), tuple(files))


def remove_due(
    settings: Settings,
    instance: dg.DagsterInstance,
    now: datetime,
    seconds: float = float("inf"),
) -> Due:
    """Rotate the logs of earlier months and remove what is past its retention; return it.

    Args:
        settings: The retention of runs and logs.
        instance: Dagster's history.
        now: This moment.
        seconds: Time limit; the rest is left to the next call.

    Raises:
        GateError: Production does not run what is deployed, or keeps for another time.
        HeldError: A backup is being made.
    """
    require_deployed(settings)
    deadline = time.monotonic() + seconds
    with undisturbed(settings.data_dir):
        for log in logs(settings):
            rotate(log, now)
        due = find_due(settings, instance, now)
        former_audits = {*rotated_files(settings.audit_file)}
        for file in due.files:
            if file in former_audits:
                # Said first: a file that is gone without a word is what the doctor looks for.
                ChainedLog(settings.audit_file).record_removal(file)
            file.unlink(missing_ok=True)
        gone = []
        for run_id in due.runs:
            if time.monotonic() > deadline:
                break
            remove_run(instance, run_id)
            gone.append(run_id)
    return Due(tuple(gone), due.files)
