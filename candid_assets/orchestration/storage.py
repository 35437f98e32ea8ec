"""Where Dagster keeps its history: SQLite files in the environment's own data folder.

The folder follows `CANDID_ENV` and `CANDID_DATA_DIR`, so that the runs of one environment never
show in another; the event log is our own (`event_log.py`). With `CANDID_HISTORY_URL` runs, events
and schedules are in PostgreSQL, and what runs print stays in the folder.
"""

from collections.abc import Mapping
from typing import Any

from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from candid_assets.orchestration.command_runs import CommandRuns
from candid_assets.orchestration.event_log import PooledSqliteEventLogStorage
from candid_assets.settings import Settings

Config = Mapping[str, Any]


class LocalRuns(CommandRuns, SqliteRunStorage):
    """Dagster's store of runs in a SQLite file."""


class HistoryStorage(DagsterSqliteStorage):
    """Runs, events and schedules in `<data>/<env>/dagster`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._run_storage = LocalRuns.from_local(f"{base_dir}/history/")
        self._event_log_storage = PooledSqliteEventLogStorage(f"{base_dir}/history/runs/")

    @classmethod
    def config_type(cls) -> Config:
        """Return the options in dagster.yaml: none."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Config
    ) -> Any:
        """Build the storage in the data folder of the settings, or where CANDID_HISTORY_URL says.

        Raises:
            SharedHistoryError: That is no history of this environment, or the library is missing.
        """
        settings = Settings()
        if settings.history_url is not None:
            # It costs as much to import as Dagster's webserver, and only servers have it.
            from candid_assets.orchestration.shared_history import shared_history

            return shared_history(settings.history_url.get_secret_value(), settings.env, inst_data)
        return cls.from_local(_folder(), inst_data=inst_data, **config_value)


class HistoryLogs(LocalComputeLogManager):
    """What runs print, in `<data>/<env>/dagster/logs`."""

    @classmethod
    def config_type(cls) -> Config:
        """Return the options in dagster.yaml: none."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Config
    ) -> "HistoryLogs":
        """Build the log manager in the data folder of the settings."""
        return cls(base_dir=f"{_folder()}/logs", inst_data=inst_data, **config_value)


class HistoryFiles(LocalArtifactStorage):
    """Dagster's own files, in `<data>/<env>/dagster`."""

    @classmethod
    def config_type(cls) -> Config:
        """Return the options in dagster.yaml: none."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Config
    ) -> "HistoryFiles":
        """Build the storage in the data folder of the settings."""
        return cls(_folder(), inst_data=inst_data, **config_value)


def _folder() -> str:
    folder = Settings().data_dir / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)
