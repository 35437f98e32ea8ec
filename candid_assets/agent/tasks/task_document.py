"""A whole tasks.md: its tasks, and the text with a status changed or a task added."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from candid_assets.agent.tasks.checklists import list_tasks, parents_of_lists, section_tasks
from candid_assets.agent.tasks.markdown_text import MENTION, Heading, Text, plain_text
from candid_assets.agent.tasks.status_marks import Mark, written_anew
from candid_assets.agent.tasks.status_words import Status, agent_name, status_of_phrase
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_tables import table_tasks
from candid_assets.errors import CandidError


class TasksError(CandidError):
    """tasks.md cannot be read or written, or another heartbeat works on it."""


@dataclass(frozen=True)
class Document:
    """The tasks of a text; every position counts characters, every byte is kept."""

    text: str
    agent: str

    @classmethod
    def from_bytes(cls, content: bytes, agent: str) -> "Document":
        """Read a file's bytes; stray bytes are carried along as they are.

        Raises:
            TasksError: It is UTF-16.
        """
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4096]:
            raise TasksError("it is no UTF-8 text (UTF-16?)", "save it as UTF-8")
        return cls(content.decode("utf-8", "surrogateescape"), agent)

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        return self.text.encode("utf-8", "surrogateescape")

    @cached_property
    def lines(self) -> Text:
        """Lines and blocks of the text."""
        return Text(self.text)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task in the order of the file, with the reason why one is left to a person."""
        found = [
            *table_tasks(self.lines),
            *list_tasks(self.lines),
            *section_tasks(self.lines),
        ]
        found.sort(key=lambda task: task.line)
        placed = list(self._placed(found))
        often = Counter(task.key.casefold() for task in placed)
        return tuple(
            t if often[t.key.casefold()] == 1 or t.problem else t.with_problem(_twice(t, placed))
            for t in placed
        )

    def find(self, key: str) -> Task | None:
        """Return the task of a key, if there is exactly one."""
        found = [t for t in self.tasks if t.key.casefold() == key.casefold()]
        return found[0] if len(found) == 1 else None

    def with_status(self, task: Task, status: Status) -> "Document":
        """Return the document with one task's status changed and every other character as it is."""
        text = self.text
        for mark in sorted(task.marks, key=lambda m: -m.start):
            new = written_anew(mark, status, self._peers(task, mark))
            text = text[: mark.start] + new + text[mark.end :]
        return Document(text, self.agent)

    def _peers(self, task: Task, mark: Mark) -> Sequence[Mark]:
        """Return the marks that are written in the same manner, those of the same table first."""
        near = [t for t in self.tasks if t.group == task.group]
        marks = [m for t in near for m in t.marks]
        return marks if task.group or mark.shape == "box" else [m for m in marks if m != mark]

    def _placed(self, found: list[Task]) -> Iterator[Task]:
        """Yield tasks with what the headings and list items above tell of them."""
        known = frozenset(
            {agent_name(self.agent)}
            | {name for task in found for name in task.assignees}
            | {agent_name(m) for m in MENTION.findall(plain_text(self.text))}
        )
        hanging = parents_of_lists(self.lines)
        for task in found:
            above = hanging.get(task.line, []) + self.lines.above(task.line - 1)
            names = next((n for heading in above if (n := heading.names(known))), ())
            yield replace(
                task,
                assignees=task.assignees or names,
                problem=task.problem or _set_aside(above),
            )


def _set_aside(above: list[Heading]) -> str | None:
    for heading in above:
        if not heading.is_for_work:
            return f"it stands under '{heading.text}'"
        status = status_of_phrase(re.sub(r"[^\w\s-]", " ", heading.text))
        if status in ("done", "blocked", "cancelled"):
            return f"it stands under '{heading.text}'"
    return None


def _twice(task: Task, tasks: list[Task]) -> str:
    lines = [str(t.line) for t in tasks if t.key.casefold() == task.key.casefold()]
    return f"{task.id or task.title} stands in lines {', '.join(lines)}: give each its own id"
