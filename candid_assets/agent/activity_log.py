"""The activity log: one JSON object for each finished task, appended and never changed.

Whoever keeps a log of their own names its command in `CANDID_LOG_COMMAND`; it gets the task, the
status, the agent and the description as its last four arguments.
"""

import json
import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from candid_assets.errors import CandidError
from candid_assets.maintenance.log_rotation import rotated_files
from candid_assets.regular_files import read_bytes, require_regular
from candid_assets.settings import Settings

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 1.0
COMMAND_SECONDS: Final = 60
LOCK_SECONDS: Final = 30


class ActivityError(CandidError):
    """An activity could not be logged."""

    label = "not logged"


@dataclass(frozen=True, slots=True)
class Activity:
    """What an agent has done about a task."""

    task: str
    status: str
    agent: str
    description: str
    key: str | None = None
    """What makes it one of a kind: with a key, the project's own log takes it once."""


def log(
    settings: Settings,
    activity: Activity,
    *,
    pause: float = PAUSE_SECONDS,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Log an activity with the configured command or in the project's own log.

    Args:
        settings: Where the log is and which command is configured.
        activity: What was done.
        pause: Seconds between attempts.
        progress: Called with a line about every attempt that failed.

    Raises:
        ActivityError: It could not be logged after several attempts.
    """
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_fixed(pause),
        retry=retry_if_exception_type(ActivityError),
        after=lambda state: progress(
            f"attempt {state.attempt_number} of {ATTEMPTS} to log {activity.task} failed: "
            f"{state.outcome.exception() if state.outcome else ''}"
        ),
    )
    try:
        retrying(_log_once, settings, activity)
    except RetryError as error:
        raise ActivityError(str(error.last_attempt.exception())) from error


def read_log(path: Path) -> list[dict[str, str]]:
    """Return every entry of a log; a line that a crash cut short is left out."""
    if not path.exists():
        return []
    entries = []
    for line in read_bytes(path).split(b"\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries


def _log_once(settings: Settings, activity: Activity) -> None:
    if settings.log_command:
        _run_command(settings.log_command, activity)
    else:
        _append(settings.activity_file, settings.env, activity)


def _run_command(command: str, activity: Activity) -> None:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ActivityError(f"CANDID_LOG_COMMAND cannot be read: {error}") from error
    if not words:
        raise ActivityError("CANDID_LOG_COMMAND names no command")
    words += [activity.task, activity.status, activity.agent, activity.description]
    try:
        # The operator's own command, run without a shell: no text of a task is ever interpreted.
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ActivityError(f"the command of CANDID_LOG_COMMAND did not run: {error}") from error
    if done.returncode:
        output = (done.stderr or done.stdout).strip()[-500:]
        raise ActivityError(
            f"{words[0]} (CANDID_LOG_COMMAND) exited with {done.returncode}"
            + (f": {output}" if output else "")
        )


def _append(path: Path, env: str, activity: Activity) -> None:
    entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "env": env}
    entry |= {name: value for name, value in asdict(activity).items() if value is not None}
    line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS):
            if activity.key is None or activity.key not in _keys(path):
                _write(path, line)
    except Timeout as error:
        raise ActivityError(f"{path} is locked by another process for {LOCK_SECONDS} s") from error
    except OSError as error:
        raise ActivityError(f"{path} cannot be written: {error.strerror or error}") from error


def _keys(path: Path) -> set[str | None]:
    """Return the keys of a log and of its last rotated month."""
    files = [*rotated_files(path)[-1:], path]
    return {entry.get("key") for file in files for entry in read_log(file)}


def _write(path: Path, line: bytes) -> None:
    require_regular(path)
    with path.open("a+b") as file:
        # A line that a crash cut short ends here and takes nothing of the next one with it.
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
