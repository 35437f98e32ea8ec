"""The session that one run reads with and its progress: the run's `sources` resource.

`candid run` has read the state of the sources already and shows progress in the terminal, so it
gives its own to `execute_in_process`; a run that Dagster launches opens a session and logs.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Self

from candid_assets.refresh.context import Progress
from candid_assets.refresh.record import Record
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.protocol import StateOrError


@dataclass(frozen=True, slots=True)
class RunSources:
    """A session, what was read of the sources before, and where progress is shown."""

    session: AbstractContextManager[Sources]
    progress: Progress
    looks: Mapping[str, StateOrError] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    """Filled by the refresh."""

    def for_run(self, settings: Settings, log: Callable[[str], None]) -> Self:
        """Return itself, made for one run."""
        return self


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
