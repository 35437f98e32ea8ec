"""Rotates logs by month and finds those past their retention.

A log is rotated by one rename: a writer that has it open finishes its line in the old file, and the
next one starts a new file, so no line is lost or cut.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from candid_assets.chained_log import lock_of
from candid_assets.settings import Settings

LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Log:
    """A log of JSON lines, and the lock that its writers hold where they read it too."""

    file: Path
    lock: Callable[[], AbstractContextManager[object]] = nullcontext


def logs(settings: Settings) -> list[Log]:
    """Return the logs of an environment."""
    return [
        Log(settings.audit_file, lambda: lock_of(settings.audit_file)),
        Log(settings.activity_file, lambda: _lock(settings.activity_file)),
        Log(settings.alerts_file, lambda: _lock(settings.open_alerts_file)),
    ]


def rotate(log: Log, now: datetime) -> Path | None:
    """Rename a log that began in an earlier month after that month; return its new name."""
    if not log.file.exists():
        return None
    with log.lock():
        month = _month(log.file)
        if month is None or month >= f"{now.astimezone(UTC):%Y-%m}":
            return None
        target = next(path for path in _names(log.file, month) if not path.exists())
        log.file.rename(target)
        return target


def rotated_files(file: Path) -> list[Path]:
    """Return the rotated files of a log, the oldest first."""
    return sorted(file.parent.glob(f"{file.stem}-[0-9]*{file.suffix}"))


def past(paths: list[Path], before: datetime) -> list[Path]:
    """Return the files that were written to for the last time before a moment."""
    return [path for path in paths if path.stat().st_mtime < before.timestamp()]


def _month(file: Path) -> str | None:
    """Return the month of a log's first whole line; an empty log has none."""
    with file.open("rb") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
                return str(entry.get("when") or entry["at"])[:7]
            except (ValueError, LookupError, AttributeError):
                continue
    return None


def _names(file: Path, month: str) -> Iterator[Path]:
    yield file.with_name(f"{file.stem}-{month}{file.suffix}")
    number = 2
    while True:
        yield file.with_name(f"{file.stem}-{month}-{number}{file.suffix}")
        number += 1


def _lock(file: Path) -> FileLock:
    return FileLock(file.with_suffix(".lock"), timeout=LOCK_SECONDS)
