"""What the caller of a refresh hands to it when both run in one process.

`candid run` has looked at the sources already and shows progress in the terminal; a run that
Dagster started by itself has neither, opens its own session and writes progress to its log.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from candid_assets.quality.audit import AuditProcess
from candid_assets.refresh.context import Progress
from candid_assets.refresh.record import Record
from candid_assets.sources.open_sources import Look, Sources


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller's open session, what it saw of the sources, where it shows progress."""

    session: Sources
    looks: Mapping[str, Look]
    progress: Progress
    record: Record
    """Filled by the refresh, so that the caller can tell what happened."""
    audits: AuditProcess = field(default_factory=AuditProcess)
    """Started by the caller, so that it is ready when the first table is staged."""


_caller: ContextVar[Caller | None] = ContextVar("candid_caller", default=None)


@contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """Serve refreshes that run inside the block with what the caller has."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def current_caller() -> Caller | None:
    """Return who called in this process, if anybody did."""
    return _caller.get()


@dataclass(slots=True)
class LoggedProgress:
    """Progress as a log line per twenty steps and at the end of a stage."""

    write: Callable[[str], None]
    totals: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stage(self, name: str, total: int) -> None:
        """Raise the stage's total."""
        self.totals[name] = self.totals.get(name, 0) + total

    def step(self, name: str, note: str = "") -> None:
        """Count a step and log it now and then."""
        with self.lock:
            count = self.done[name] = self.done.get(name, 0) + 1
        total = self.totals.get(name, 0)
        if count == total or count % 20 == 0:
            self.write(f"{name}: {count} of {total} ({note})")
