"""A task of tasks.md."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from candid_assets.agent.task_words import Status
from candid_assets.agent.tasks.status_marks import Mark
from candid_assets.agent.tasks.status_words import agent_name, is_name_of

_PLAIN_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Task:
    """One task: a row, a list item or a section of the file."""

    id: str
    """What people call it; empty where it has no id."""
    title: str
    assignees: tuple[str, ...]
    """Names in the form of `agent_name`."""
    marks: tuple[Mark, ...]
    """Every place with its status; all of them change together."""
    notes: str = ""
    line: int = 0
    """Counted from 1."""
    problem: str | None = None
    """Why it is left to a person."""
    group: int = 0
    """The first line of its table, whose rows write statuses alike; 0 outside tables."""

    @property
    def status(self) -> Status | None:
        """The status its marks agree on: a box that is ticked is done, else the words count."""
        statuses = [mark.status for mark in self.marks]
        if not statuses or None in statuses:
            return None
        return "done" if "done" in statuses else statuses[-1]

    @property
    def key(self) -> str:
        """What identifies it: its id; without one, or with a mere number, also its title."""
        if self.id and not self.id.isdigit():
            return self.id
        digest = hashlib.sha256(" ".join(self.title.casefold().split()).encode()).hexdigest()
        return f"{self.id or 'untitled'}-{digest[:_PLAIN_LENGTH]}"

    @property
    def name(self) -> str:
        """The name under which a report or run of it is filed."""
        plain = re.sub(r"[^\w.-]+", "_", self.key, flags=re.ASCII).strip("._")
        if plain == self.key and len(plain) <= 80:
            return plain
        return f"{plain[:60]}-{hashlib.sha256(self.key.encode()).hexdigest()[:_PLAIN_LENGTH]}"

    def is_for(self, agent: str) -> bool:
        """Whether it is assigned to an agent, whose name may be written out: `Data Engineer`."""
        return any(is_name_of(name, agent_name(agent)) for name in self.assignees)
