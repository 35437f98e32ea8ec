"""Where Dagster keeps its history: SQLite files in the environment's own data folder.

Two things differ from Dagster's own classes. The folder follows `CANDID_ENV` and
`CANDID_DATA_DIR`, so that the runs of one environment never show in another. And the event log
keeps its connections: Dagster opens a new SQLAlchemy engine for every event, so that every
statement is compiled anew and every commit waits for the disk. A refresh writes thousands of
events; keeping engines and syncing at checkpoints (WAL with `synchronous=NORMAL`, safe against a
killed process) makes it about four times faster (docs/decisions/0003).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from candid_assets.settings import Settings

BUSY_SECONDS: Final = 60
KEPT_ENGINES: Final = 16
"""Runs whose files stay open; the one used longest ago is closed first."""

Config = Mapping[str, Any]


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """SQLite event log that keeps one engine per file."""

    def store_event(self, event: EventLogEntry) -> None:
        """Store one event, its parts in one transaction of each file."""
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction of each file."""
        with ExitStack() as stack:
            for shard in sorted({event.run_id for event in events} | {INDEX_SHARD_NAME}):
                stack.enter_context(self._connect(shard))
            for event in events:
                super().store_event(event)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._lock():
            shared: dict[str, Connection] = self.__dict__.setdefault("_shared", {})
            if shard in shared:
                yield shared[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                shared[shard] = connection
                try:
                    yield connection
                finally:
                    del shared[shard]

    def _lock(self) -> threading.RLock:
        lock: threading.RLock = self.__dict__.setdefault("_connect_lock", threading.RLock())
        return lock

    def _engine(self, shard: str) -> Engine:
        # The parent's constructor already connects, before a constructor here could set this.
        engines: OrderedDict[str, Engine] = self.__dict__.setdefault("_engines", OrderedDict())
        if shard in engines:
            engines.move_to_end(shard)
            return engines[shard]
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=8,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sync_at_checkpoints)
        engines[shard] = engine
        if len(engines) > KEPT_ENGINES:
            engines.popitem(last=False)[1].dispose()
        return engine

    def has_table(self, table_name: str) -> bool:
        """Whether the history has a table; asked for every event, so a table is looked up once."""
        seen: set[str] = self.__dict__.setdefault("_tables_seen", set())
        if table_name not in seen and super().has_table(table_name):
            seen.add(table_name)
        return table_name in seen

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Whether the history has the table of checks."""
        return self.has_table("asset_check_executions")

    def dispose(self) -> None:
        """Close every kept connection."""
        for engine in self.__dict__.pop("_engines", {}).values():
            engine.dispose()
        super().dispose()


class HistoryStorage(DagsterSqliteStorage):
    """Runs, events and schedules in `<data>/<env>/dagster`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = PooledSqliteEventLogStorage(f"{base_dir}/history/runs/")

    @classmethod
    def config_type(cls) -> Config:
        """Return the options in dagster.yaml: none."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Config
    ) -> "HistoryStorage":
        """Build the storage where the settings say."""
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
        """Build the log manager where the settings say."""
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
        """Build the storage where the settings say."""
        return cls(_folder(), inst_data=inst_data, **config_value)


def _folder() -> str:
    folder = Settings().data_dir / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def _sync_at_checkpoints(connection: SqliteConnection, _: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
