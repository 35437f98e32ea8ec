"""Launches runs on the code server, and knows when the process of a run is gone.

Dagster's own launcher never asks after a run that has started: one whose server was killed would
count as running, and keep its place in the queue, until it is too old. Here the daemon's monitoring
finds it at its next look, marks it failed and lets it be tried again.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from dagster import DagsterRun, DefaultRunLauncher
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from filelock import FileLock, Timeout

from candid_assets.names import COMMAND, LAUNCHED_BY
from candid_assets.orchestration.run_beats import SILENT_SECONDS, RunBeats
from candid_assets.settings import Settings

CONNECT_SECONDS: Final = 2.0
RUNNING: Final = CheckRunHealthResult(WorkerStatus.RUNNING)


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, which also knows when a run's process is gone."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Whether the daemon may check a run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return whether the process that executes a run is there.

        The code server reports the runs that end under it; only its own end goes unreported. A run
        of a command holds a lock, which the kernel releases with its process. In a history that
        several hosts share, the heartbeat says it of a run that has no lock here.
        """
        path = _lock_file(Settings(), run.run_id)
        runs = self._instance.run_storage if self.has_instance else None
        if isinstance(runs, RunBeats) and not path.exists():
            return _health_by_beat(runs, run)
        server = run.tags.get(GRPC_INFO_TAG)
        if server is not None:
            return _health_of_server(json.loads(server))
        if not path.exists():
            # A command holds its lock before its run is recorded, and until it has ended.
            is_gone = run.tags.get(LAUNCHED_BY) == COMMAND
            return _gone("the command that ran it is gone") if is_gone else RUNNING
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)
        except Timeout:
            return RUNNING
        return _gone("the command that ran it was ended by force")


@contextmanager
def held_by_this_process(settings: Settings, run_id: str) -> Iterator[None]:
    """Hold the lock that shows that a run of this process is alive."""
    path = _lock_file(settings, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path):
            yield
    finally:
        path.unlink(missing_ok=True)


def _lock_file(settings: Settings, run_id: str) -> Path:
    return settings.data_dir / "dagster" / "alive" / f"{run_id}.lock"


def _gone(why: str) -> CheckRunHealthResult:
    return CheckRunHealthResult(WorkerStatus.NOT_FOUND, why)


def _health_by_beat(runs: RunBeats, run: DagsterRun) -> CheckRunHealthResult:
    """Return the health of a run by when it was last heard of, on whatever host it is."""
    silence = runs.seconds_silent(run.run_id)
    if silence is None:
        # A command is heard of before its run is recorded; another run once it begins.
        is_gone = run.tags.get(LAUNCHED_BY) == COMMAND
        return _gone("the command that ran it was never heard of") if is_gone else RUNNING
    if silence < SILENT_SECONDS:
        return RUNNING
    return _gone(f"its process was not heard of for {silence:.0f} seconds")


def _health_of_server(server: dict[str, Any]) -> CheckRunHealthResult:
    """Return the health of a server: only a refused connection means that it is gone."""
    path = server.get("socket")
    family = socket.AF_UNIX if path else socket.AF_INET
    address = path or (server.get("host"), server.get("port"))
    with socket.socket(family) as connection:
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return _gone("its code server was ended by force")
        except OSError:
            return RUNNING
    return RUNNING
