"""Dagster's SQLite event log with connections that stay open and events that are stored together.

Dagster's own class opens a new SQLAlchemy engine for every event, compiles every statement anew
and waits for the disk at every commit; a refresh stores thousands of events. Here an engine a file
is kept, syncing happens at checkpoints (WAL with `synchronous=NORMAL`, safe against a killed
process), and a step's event waits up to a second for those that follow, to be stored in one
transaction (docs/decisions/0003). Whoever reads through the same storage sees what waits.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final, cast

from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.pool import QueuePool

from candid_assets.orchestration.remembered_schema import RememberedSchema

BUSY_SECONDS: Final = 60
KEPT_ENGINES: Final = 16
"""Runs whose files stay open; the one used longest ago is closed first."""
WAIT_SECONDS: Final = 1.0
"""How long an event of a step may wait for others."""
MOST_WAITING: Final = 200
MAY_WAIT: Final = {
    DagsterEventType.STEP_OUTPUT,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_OBSERVATION,
    DagsterEventType.ASSET_CHECK_EVALUATION,
}
"""Events that a step yields while it works; its start and end, and a run's, are stored at once."""
_INDEXED: Final = ASSET_EVENTS | ASSET_CHECK_EVENTS | EVENT_TYPE_TO_PIPELINE_RUN_STATUS.keys()
"""What Dagster keeps in the file of all runs, too."""

Row = dict[str, Any]


class PooledSqliteEventLogStorage(RememberedSchema, SqliteEventLogStorage):
    """SQLite event log that keeps one engine per file and stores events in batches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the options of Dagster's class."""
        # The parent's constructor already connects.
        self._connect_lock = threading.RLock()
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._shared: dict[str, Connection] = {}
        self._waiting: list[EventLogEntry] = []
        self._timer: threading.Timer | None = None
        self._lost: Exception | None = None
        self._recorded_checks: tuple[str, set[tuple[str, str]]] = ("", set())
        super().__init__(*args, **kwargs)

    def store_event(self, event: EventLogEntry) -> None:
        """Store one event, now or within a second.

        Raises:
            sqlalchemy.exc.DBAPIError: This event, or one that waited, cannot be written.
        """
        with self._connect_lock:
            self._raise_lost()
            self._waiting.append(event)
            waits = event.is_dagster_event and event.dagster_event_type in MAY_WAIT
            if not waits or len(self._waiting) >= MOST_WAITING:
                self._store_waiting()
            elif self._timer is None:
                self._timer = threading.Timer(WAIT_SECONDS, self._store_late)
                self._timer.daemon = True
                self._timer.start()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction of each file, after those that wait."""
        with self._connect_lock:
            self._raise_lost()
            self._store_waiting()
            self._store(events)

    def _store_late(self) -> None:
        with self._connect_lock:
            try:
                self._store_waiting()
            except Exception as error:
                # No caller is here to raise to: the next one to store an event gets the error.
                self._lost = error

    def _raise_lost(self) -> None:
        error, self._lost = self._lost, None
        if error is not None:
            raise error

    def _store_waiting(self) -> None:
        """Store the waiting events together, or one by one where that fails."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        events, self._waiting = self._waiting, []
        if not events:
            return
        try:
            self._store(events)
        except Exception as error:
            failed = error if len(events) == 1 else self._store_singly(events)
            if failed is not None:
                raise failed from error

    def _store_singly(self, events: Sequence[EventLogEntry]) -> Exception | None:
        """Store each event by itself and return the last error."""
        failed: Exception | None = None
        for waiting in events:
            try:
                self._store([waiting])
            except Exception as error:
                failed = error
        return failed

    def _store(self, events: Sequence[EventLogEntry]) -> None:
        try:
            self._store_together(events)
        except Exception:
            self._recorded_checks = ("", set())
            raise
        for run_id in {entry.run_id for entry in events}:
            # Dagster's pages follow a run by its file, which only its WAL has grown beside.
            os.utime(self.path_for_shard(run_id))

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        rows = [self._event_to_row(event) for event in events]
        with ExitStack() as stack:
            # Every file's transaction is open before the first row and ends after the last.
            index = stack.enter_context(self._connect(INDEX_SHARD_NAME))
            for run_id in sorted({event.run_id for event in events}):
                run = stack.enter_context(self._connect(run_id))
                own = [row for row in rows if row["run_id"] == run_id]
                run.execute(SqlEventLogStorageTable.insert(), own)
            indexed = [
                (event, row)
                for event, row in zip(events, rows, strict=True)
                if event.is_dagster_event and event.dagster_event_type in _INDEXED
            ]
            if indexed:
                ids = _inserted(index, [row for _, row in indexed])
                for (event, row), event_id in zip(indexed, ids, strict=True):
                    self._note(index, event, row, event_id)

    def _note(self, index: Connection, event: EventLogEntry, row: Row, event_id: int) -> None:
        """Update Dagster's tables of assets and checks with an event."""
        if event.dagster_event_type in ASSET_EVENTS:
            self._store_asset_event_tags(index, [event], [event_id])
            self._store_asset_event(index, event, event_id)
        elif event.dagster_event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            self._store_evaluation(index, event, row, event_id)
        elif event.dagster_event_type in ASSET_CHECK_EVENTS:
            self._recorded_checks = ("", set())
            self.store_asset_check_event(event, event_id)

    def _store_evaluation(
        self, index: Connection, event: EventLogEntry, row: Row, event_id: int
    ) -> None:
        """Insert an evaluation; where its row may exist already, update first as Dagster does."""
        evaluation = event.get_dagster_event().asset_check_evaluation_data
        check = (evaluation.asset_key.to_string(), evaluation.check_name)
        recorded = self._checks_of(index, event.run_id)
        if not event.run_id or evaluation.partition is not None or check in recorded:
            self.store_asset_check_event(event, event_id)
            return
        recorded.add(check)
        status = (
            AssetCheckExecutionRecordStatus.SUCCEEDED
            if evaluation.passed
            else AssetCheckExecutionRecordStatus.FAILED
        )
        target = evaluation.target_materialization_data
        index.execute(
            AssetCheckExecutionsTable.insert(),
            {
                "asset_key": check[0],
                "check_name": check[1],
                "run_id": event.run_id,
                "execution_status": status.value,
                "evaluation_event": row["event"],
                "evaluation_event_timestamp": row["timestamp"],
                "evaluation_event_storage_id": event_id,
                "materialization_event_storage_id": target.storage_id if target else None,
                "partition": None,
            },
        )

    def _checks_of(self, index: Connection, run_id: str) -> set[tuple[str, str]]:
        """Return the checks of a run that have a row, planned or evaluated."""
        known, recorded = self._recorded_checks
        if known != run_id:
            table = AssetCheckExecutionsTable.c
            rows = index.execute(
                select(table.asset_key, table.check_name).where(table.run_id == run_id)
            )
            recorded = {(str(key), str(name)) for key, name in rows}
            self._recorded_checks = (run_id, recorded)
        return recorded

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._connect_lock:
            if shard in self._shared:
                yield self._shared[shard]
                return
            if self._waiting:
                self._store_waiting()
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                self._shared[shard] = connection
                try:
                    yield connection
                finally:
                    del self._shared[shard]

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=8,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sync_at_checkpoints)
        self._engines[shard] = engine
        if len(self._engines) > KEPT_ENGINES:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def delete_events(self, run_id: str) -> None:
        """Remove a run's events, and the run's file, which Dagster would leave behind empty."""
        super().delete_events(run_id)
        with self._connect_lock:
            engine = self._engines.pop(run_id, None)
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            self._recorded_checks = ("", set())
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path_for_shard(run_id)}{suffix}").unlink(missing_ok=True)

    def dispose(self) -> None:
        """Store what waits and close every kept connection."""
        with self._connect_lock:
            self._store_waiting()
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()


def _inserted(index: Connection, rows: list[Row]) -> list[int]:
    """Insert events and return their ids in the same order."""
    statement = SqlEventLogStorageTable.insert().returning(
        SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
    )
    return [cast("int", event_id) for event_id in index.execute(statement, rows).scalars()]


def _sync_at_checkpoints(connection: SqliteConnection, _: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
