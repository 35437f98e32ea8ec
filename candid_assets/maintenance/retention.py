"""Looks for runs and logs past their time and removes them."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from candid_assets.maintenance.backup import undisturbed
from candid_assets.maintenance.log_rotation import aside, logs, past, set_aside
from candid_assets.maintenance.run_history import old_runs, remove_run
from candid_assets.settings import Settings


@dataclass(frozen=True, slots=True)
class Old:
    """What is past its time: runs, the files of their OpenLineage events, and logs."""

    runs: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def told(self) -> str:
        """It in a few words."""
        return f"{len(self.runs):,} runs and {len(self.files):,} files of events and logs"


def look(settings: Settings, instance: dg.DagsterInstance, now: datetime) -> Old:
    """Return what is past its time; a time of 0 days keeps everything."""
    runs: list[str] = []
    files: list[Path] = []
    if settings.keep_runs_days:
        before = now - timedelta(days=settings.keep_runs_days)
        runs = old_runs(instance, before)
        files += past(sorted(settings.openlineage_dir.glob("*.ndjson")), before)
    if settings.keep_logs_days:
        before = now - timedelta(days=settings.keep_logs_days)
        for log in logs(settings):
            files += past(aside(log.file), before)
    return Old(tuple(runs), tuple(files))


def keep(
    settings: Settings,
    instance: dg.DagsterInstance,
    now: datetime,
    seconds: float = float("inf"),
) -> Old:
    """Set logs of earlier months aside and remove what is past its time; return what went.

    Args:
        settings: How long what is kept.
        instance: Whose runs.
        now: This moment.
        seconds: When to stop and leave the rest to the next time.

    Raises:
        HeldError: A backup is being made.
    """
    ending = time.monotonic() + seconds
    with undisturbed(settings.data_dir):
        for log in logs(settings):
            set_aside(log, now)
        found = look(settings, instance, now)
        for file in found.files:
            file.unlink(missing_ok=True)
        gone = []
        for run_id in found.runs:
            if time.monotonic() > ending:
                break
            remove_run(instance, run_id)
            gone.append(run_id)
    return Old(tuple(gone), found.files)
