"""Runs tasks on a Spark cluster through Spark Connect.

Spark hands each task to a worker and repeats those whose worker was lost. A task reads and writes
files of a folder that this process and all workers see under one path.
"""

import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from candid_assets.engines import task as task_module
from candid_assets.engines.errors import EngineError
from candid_assets.engines.tasks import (
    Script,
    TaskOutcome,
    WorkerTask,
    outcome_of,
    script_text,
    task_text,
)

if TYPE_CHECKING:
    import pyarrow as pa


PORT: Final = 15002
"""Where a Connect server listens if its address does not say."""
_WAIT_SECONDS: Final = 10
_FIX: Final = "see the log of the cluster's workers, then run `candid run` again"
_SESSIONS: Final[dict[str, Any]] = {}
_OPENING: Final = threading.Lock()


def session_of(url: str) -> Any:
    """Return the session of this process with a cluster.

    Raises:
        EngineError: Nothing answers at the address, or the library for it is not installed.
    """
    _require_listening(url)
    with _OPENING:
        session = _SESSIONS.get(url)
        if session is None or session.is_stopped:
            _SESSIONS[url] = session = _opened(url)
        return session


def forget_session(url: str) -> None:
    """Let the next work on a cluster begin a session of its own."""
    with _OPENING:
        _SESSIONS.pop(url, None)


def _require_listening(url: str) -> None:
    """Ask the address itself: the library would go on trying for minutes."""
    parts = urlsplit(url)
    fix = "start the cluster, or correct CANDID_ENGINE_URL; without it tables are cleaned here"
    if parts.scheme != "sc" or not parts.hostname:
        raise EngineError(f"CANDID_ENGINE_URL={url} is no address such as sc://host:{PORT}", fix)
    place = (parts.hostname, parts.port or PORT)
    try:
        socket.create_connection(place, _WAIT_SECONDS).close()
    except OSError as error:
        raise EngineError(f"the cluster at {url} does not answer: {error}", fix) from error


def _opened(url: str) -> Any:
    try:
        from pyspark.sql.connect.client.retries import (  # type: ignore[import-not-found, unused-ignore]
            DefaultPolicy,
        )
        from pyspark.sql.connect.session import (  # type: ignore[import-not-found, unused-ignore]
            SparkSession,
        )
    except ImportError as error:
        raise EngineError(
            f"the library for clusters is not installed: {error}",
            'install it with pip install "candid-assets[spark]"',
        ) from error
    session = SparkSession.builder.remote(url).create()
    # Left to itself the library tries again for ten minutes once a server is gone.
    session.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=2_000)])
    return session


@dataclass(frozen=True, slots=True)
class SparkTasks:
    """Runs tasks in this process's session with a cluster."""

    url: str
    """Address of its Connect server."""
    folder: Path

    def run(self, script: Script, tasks: Sequence[WorkerTask]) -> list[TaskOutcome]:
        """Return what the tasks came to, in their order.

        Raises:
            EngineError: A worker refuses, a task fails again and again, or the cluster is away.
        """
        session = session_of(self.url)  # says what is wrong where there is no library, too
        from pyspark import cloudpickle  # type: ignore[import-not-found, unused-ignore]
        from pyspark.errors import PySparkException  # type: ignore[import-not-found, unused-ignore]

        # The workers have no copy of this package: what they run is sent with its orders.
        pickling: Any = cloudpickle
        pickling.register_pickle_by_value(task_module)
        each = _runner(script_text(script, self.folder), [task_text(task) for task in tasks])
        count = len(tasks)
        try:
            numbers = session.range(0, count, 1, count)
            texts = [row.outcome for row in numbers.mapInArrow(each, "outcome string").collect()]
        except PySparkException as error:
            forget_session(self.url)  # a server that was started again knows none of before
            raise EngineError(f"a task failed: {_last_line(error)}", _FIX) from error
        outcomes = sorted((outcome_of(text) for text in texts), key=lambda one: one.number)
        if len(outcomes) != count:
            raise EngineError(f"{len(outcomes)} of {count} tasks ended", _FIX)
        return outcomes


def _runner(script: str, tasks: Sequence[str]) -> Any:
    """Return the function that runs, on a worker, the tasks whose numbers it is given."""
    run_task = task_module.run_task

    def each(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield pa.RecordBatch.from_pydict({"outcome": [run_task(script, tasks[number])]})

    return each


def _last_line(error: Exception) -> str:
    """Return what a task failed with: of a traceback the line that names the error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if "Error" in line or "Exception" in line]
    return (named or lines or [type(error).__name__])[-1]
