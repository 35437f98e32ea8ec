"""The heartbeat of runs, in a history that several hosts share.

The process that executes a run says every few seconds that it is alive. The times are those of the
history's server, so that no clock of a host decides about a run of another.
"""

import threading
from typing import Final

from dagster import DagsterRun
from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from candid_assets.names import COMMAND, LAUNCHED_BY
from candid_assets.orchestration.run_status import FINAL_EVENTS

BEAT_SECONDS: Final = 10
SILENT_SECONDS: Final = 60
"""From how long a silence a run counts as gone: beats that the network loses end no run."""
_KEPT_SECONDS: Final = 86_400
_PREFIX: Final = "candid/alive/"
_BEAT: Final = text(
    "insert into kvs (key, value) values (:key, cast(extract(epoch from now()) as text))"
    " on conflict (key) do update set value = excluded.value"
)
_SILENCE: Final = text(
    "select extract(epoch from now()) - cast(value as numeric) from kvs where key = :key"
)
_FORGET: Final = text(
    "delete from kvs where case when key like :pattern"
    " then cast(value as numeric) < extract(epoch from now()) - :seconds else false end"
)


class RunBeats(SqlRunStorage):
    """Dagster's store of runs in PostgreSQL, in which each run that is executed has a heartbeat."""

    _beating: threading.Thread | None = None
    _ended: threading.Event

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Store a run; one of a command is executed by this process, and alive from here on.

        One that is made from it later has the job that it is launched as, and another process.
        """
        if dagster_run.remote_job_origin is None and dagster_run.tags.get(LAUNCHED_BY) == COMMAND:
            self.begin_beating(dagster_run.run_id)
        return super().add_run(dagster_run)

    def begin_beating(self, run_id: str) -> None:
        """Say that a run of this process is alive, now and until it has ended."""
        if self._beating is not None:
            if self._beating.name == run_id:
                return
            self.end_beating(self._beating.name)
        with self.connect() as connection:
            connection.execute(_BEAT, {"key": f"{_PREFIX}{run_id}"})
            forgotten = {"pattern": f"{_PREFIX}%", "seconds": _KEPT_SECONDS}
            connection.execute(_FORGET, forgotten)
        self._ended = threading.Event()
        arguments = (run_id, self._ended)
        self._beating = threading.Thread(
            target=self._beat, args=arguments, name=run_id, daemon=True
        )
        self._beating.start()

    def end_beating(self, run_id: str) -> None:
        """Say no more of a run that has ended, where it is that of this process."""
        if self._beating is not None and self._beating.name == run_id:
            self._ended.set()
            self._beating = None

    def seconds_silent(self, run_id: str) -> float | None:
        """Return for how long a run has not been heard of; None if it never was."""
        with self.connect() as connection:
            silence = connection.execute(_SILENCE, {"key": f"{_PREFIX}{run_id}"}).scalar()
        return None if silence is None else float(silence)

    def _beat(self, run_id: str, ended: threading.Event) -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with self.connect() as connection:
                    connection.execute(_BEAT, {"key": f"{_PREFIX}{run_id}"})
            except SQLAlchemyError:
                continue  # the next beat may be heard again


class BeatingEvents(SqlEventLogStorage):
    """Dagster's event log, with which a process that begins a run begins its heartbeat."""

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; the first one of a run comes from the process that executes it."""
        kind = event.dagster_event_type if event.is_dagster_event else None
        runs = self._instance.run_storage if self.has_instance else None
        if isinstance(runs, RunBeats) and kind == DagsterEventType.RUN_START:
            runs.begin_beating(event.run_id)
        super().store_event(event)
        if isinstance(runs, RunBeats) and kind in FINAL_EVENTS:
            runs.end_beating(event.run_id)
