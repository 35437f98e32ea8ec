"""Logs of the platform's processes as JSON lines, with the run, workbook and tab of each line.

All processes of an environment append to one file, which rotates by size; a lock keeps their lines
whole. Without `write_logs` a process logs as Python does by default.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from concurrent_log_handler import ConcurrentRotatingFileHandler

from candid_assets.regular_files import require_regular

LOGGER: Final = logging.getLogger("candid_assets")
EVENTS: Final = logging.getLogger("candid_assets.events")
"""What refreshes did; it goes to the log alone, never to stderr."""
EVENTS.propagate = False
EVENTS.addHandler(logging.NullHandler())
LARGEST_FILE: Final = 10_000_000
"""Bytes after which a log file is put aside under a number."""
FILES_KEPT: Final = 5


def write_logs(folder: Path) -> None:
    """Append what this process logs from INFO on to `candid.jsonl` in a folder, once a process.

    Warnings still go to stderr where nothing else shows them. A log that cannot be written stops
    nothing: the first error is shown and the rest is dropped.
    """
    file = (folder / "candid.jsonl").absolute()
    for handler in [h for h in LOGGER.handlers if isinstance(h, _LogFile)]:
        if Path(handler.baseFilename) == file:
            return
        _detach(handler)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        require_regular(file)
        new = _LogFile(str(file), maxBytes=LARGEST_FILE, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        LOGGER.warning("the log %s is not written: %s", file, error)
        return
    new.setFormatter(_json_lines())
    for logger in (LOGGER, EVENTS):
        logger.setLevel(logging.INFO)
        logger.addHandler(new)
    if logging.lastResort is not None and logging.lastResort not in LOGGER.handlers:
        LOGGER.addHandler(logging.lastResort)


@contextmanager
def logged_with(**fields: str) -> Iterator[None]:
    """Add fields, such as the run or the workbook, to every line that this thread logs inside."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def _detach(handler: logging.Handler) -> None:
    for logger in (LOGGER, EVENTS):
        logger.removeHandler(handler)
    handler.close()


def _json_lines() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
        ],
    )


class _LogFile(ConcurrentRotatingFileHandler):
    """The log file; an error in writing it is shown once and never raised."""

    _failed = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name in logging
        """Show the first error in one line."""
        if not self._failed:
            self._failed = True
            error = sys.exc_info()[1]
            print(f"candid · the log {self.baseFilename} is not written: {error}", file=sys.stderr)
