"""Dagster's history in PostgreSQL, which several hosts share (CANDID_HISTORY_URL).

What is ours of the history in files is the same here: runs of commands have their job, the
warehouse has its pool, the ends of runs are shown once they are settled.
"""

from types import ModuleType
from typing import Any, Final

from dagster._core.storage.sql import create_engine
from dagster._serdes import ConfigurableClassData

from candid_assets.monitoring.history_place import SharedHistoryError, history_place
from candid_assets.orchestration.command_runs import CommandRuns
from candid_assets.orchestration.remembered_schema import RememberedSchema
from candid_assets.orchestration.run_beats import BeatingEvents, RunBeats

_OWNER: Final = "candid/env"
_POOL: Final[dict[str, Any]] = {
    "pool_size": 1,
    "max_overflow": 20,
    "pool_recycle": 3_600,
    "pool_pre_ping": True,
}


def shared_history(url: str, env: str, inst_data: ConfigurableClassData | None) -> Any:
    """Return the history of an environment in PostgreSQL; its first use makes the tables.

    Raises:
        SharedHistoryError: It is no address, or that of another environment's history, or the
            library for it is not installed.
    """
    place = history_place(url)
    # Dagster speaks to psycopg2; left to itself SQLAlchemy takes the newer library for the address.
    history = _opened(url.replace("postgresql:", "postgresql+psycopg2:", 1), inst_data)
    runs = history.run_storage
    owner = runs.get_cursor_values({_OWNER}).get(_OWNER)
    if owner is None:
        runs.set_cursor_values({_OWNER: env})
    elif owner != env:
        raise SharedHistoryError(
            f"the history in {place} is that of {owner}, and this is {env}",
            f"give {env} a database of its own in CANDID_HISTORY_URL",
        )
    return history


def _opened(url: str, inst_data: ConfigurableClassData | None) -> Any:
    """Return Dagster's own storage in PostgreSQL, with parts that do what ours do in files."""
    library = _library()
    history = library.DagsterPostgresStorage(url, inst_data=inst_data)
    of_runs = (RunBeats, CommandRuns, library.PostgresRunStorage)
    of_events = (BeatingEvents, RememberedSchema, library.PostgresEventLogStorage)
    history._run_storage = type("SharedRuns", of_runs, {})(url)
    history._event_log_storage = type("SharedEvents", of_events, {})(url)
    for part in (history.run_storage, history.event_log_storage, history.schedule_storage):
        # By itself Dagster connects anew for every event, and as a webserver it takes a connection
        # for good that its server has cut.
        part._engine = create_engine(url, isolation_level="AUTOCOMMIT", **_POOL)
    return history


def _library() -> ModuleType:
    try:
        import dagster_postgres  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise SharedHistoryError(
            f"CANDID_HISTORY_URL is set, and the library for it is not installed: {error}",
            'install it with pip install "candid-assets[server]"',
        ) from error
    return dagster_postgres  # type: ignore[no-any-return, unused-ignore]
