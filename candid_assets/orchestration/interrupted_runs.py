"""Records runs whose process was killed as interrupted, and knows the errors of a damaged history.

Dagster's daemon does the first, too, where one is running; a command that follows a killed one
does not wait for it.
"""

import sqlite3
from typing import TYPE_CHECKING, Final

from candid_assets.atomic_files import unowned
from candid_assets.monitoring.history_place import shared_place, shared_problem
from candid_assets.settings import Settings
from candid_assets.storage_errors import chain_of, storage_error

if TYPE_CHECKING:
    import dagster as dg

INTERRUPTED: Final = (
    "interrupted: its process was ended by force, or by DuckDB on a disk that refuses;"
    " the next run makes up for it"
)


def has_dead_runs(settings: Settings) -> bool:
    """Whether a command left the lock of its run behind, for it was killed."""
    for lock in (settings.data_dir / "dagster" / "alive").glob("*.lock"):
        with unowned(lock) as free:
            if free:
                return True
    return False


def record_interrupted(instance: "dg.DagsterInstance") -> list[str]:
    """Record every run as failed that counts as running and whose process is gone."""
    import dagster as dg
    from dagster._core.launcher.base import WorkerStatus

    status = dg.DagsterRunStatus
    under_way = [status.NOT_STARTED, status.STARTING, status.STARTED, status.CANCELING]
    gone = []
    for run in instance.get_runs(dg.RunsFilter(statuses=under_way)):
        health = instance.run_launcher.check_run_worker_health(run)
        if health.status == WorkerStatus.NOT_FOUND:
            instance.report_run_failed(run, f"{INTERRUPTED} ({health.msg})")
            gone.append(run.run_id)
    return gone


def is_of_history(error: BaseException) -> bool:
    """Whether an error comes from Dagster's history: damaged, full, not writable or away."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    return any(
        isinstance(cause, sqlite3.Error | SQLAlchemyError | CommandError)
        for cause in chain_of(error)
    )


def history_problem(error: BaseException, settings: Settings) -> str:
    """Return what is wrong with the history, and the fix."""
    place = shared_place(settings)
    if place is not None:
        return "; ".join(shared_problem(error, place))
    folder = settings.data_dir / "dagster"
    refused = storage_error(error, folder)
    if refused is not None:
        return f"Dagster's history cannot be written; {refused}"
    return (
        f"Dagster's history cannot be used ({str(error).splitlines()[0]}); put {folder} back from a"
        " backup, or rename it: only the history of runs is lost"
    )
