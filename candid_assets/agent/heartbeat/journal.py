"""What the heartbeat has done about each task, so that a crash repeats and loses nothing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from candid_assets.agent.tasks.task import Task
from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_bytes

Phase = Literal["begun", "worked", "logged", "done"]


class AttemptEntry(BaseModel):
    """How far one attempt at a task has come."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str
    attempt: int = 1
    phase: Phase = "begun"
    succeeded: bool = False
    description: str = ""
    report: str = ""
    runs: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """The task's name for runs: each attempt runs once."""
        return self.task if self.attempt == 1 else f"{self.task}#{self.attempt}"


@dataclass(frozen=True, slots=True)
class AttemptJournal:
    """The entries of one agent about one tasks file."""

    folder: Path
    tasks: Path
    agent: str

    def read(self, task: Task) -> AttemptEntry | None:
        """Return the entry of a task; one that cannot be read is none."""
        try:
            return AttemptEntry.model_validate_json(read_bytes(self._path(task)))
        except (OSError, ValueError):
            return None

    def write(self, task: Task, entry: AttemptEntry) -> AttemptEntry:
        """Keep an entry, whole or not at all."""
        write_whole(self._path(task), entry.model_dump_json(), PRIVATE)
        return entry

    def begin(self, task: Task) -> AttemptEntry:
        """Return the entry to work on: a new attempt where a person opened a done task again."""
        entry = self.read(task)
        if entry is None:
            return self.write(task, AttemptEntry(task=task.key))
        if entry.phase == "done" and task.status == "pending":
            return self.write(task, AttemptEntry(task=task.key, attempt=entry.attempt + 1))
        return entry

    def advance(self, task: Task, entry: AttemptEntry, phase: Phase, **facts: Any) -> AttemptEntry:
        """Keep and return the entry in its next phase."""
        return self.write(task, entry.model_copy(update={"phase": phase, **facts}))

    def key(self, entry: AttemptEntry) -> str:
        """Return what makes the entry's line in the activity log one of a kind."""
        where = hashlib.sha256(str(self.tasks.resolve()).encode()).hexdigest()[:8]
        return f"{where}/{self.agent}/{entry.order}"

    def _path(self, task: Task) -> Path:
        where = hashlib.sha256(f"{self.tasks.resolve()}\n{self.agent}".encode()).hexdigest()[:12]
        return self.folder / "journal" / where / f"{task.name}.json"
