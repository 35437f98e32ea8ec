"""A whole tasks.md: its tasks, and the text with a status changed or a task added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from candid_assets.agent.task_words import Status
from candid_assets.agent.tasks.checklists import list_tasks, named_in, section_tasks, without_name
from candid_assets.agent.tasks.definition_lists import definition_tasks
from candid_assets.agent.tasks.loose_tasks import loose_tasks
from candid_assets.agent.tasks.markdown_text import BOX, MENTION, Heading, Text, plain_text
from candid_assets.agent.tasks.status_marks import Mark, written_anew
from candid_assets.agent.tasks.status_words import agent_name
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_tables import table_tasks
from candid_assets.agent.tasks.unread_lines import unread_lines
from candid_assets.agent.tasks.yaml_tasks import is_yaml, yaml_tasks


@dataclass(frozen=True)
class Document:
    """The tasks of a text; every position counts characters, every byte is kept."""

    text: str
    agent: str

    @classmethod
    def from_bytes(cls, content: bytes, agent: str) -> "Document":
        """Return the document of a file's bytes; stray bytes are carried along as they are."""
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
        text = self.lines
        parsed = [_readable(self._with_tag(task)) for task in self._parsed()]
        parsed.sort(key=lambda task: task.line)
        known = frozenset(
            {agent_name(name) for name in (self.agent, *MENTION.findall(plain_text(self.text)))}
            | {name for task in parsed for name in task.assignees}
        )
        name = agent_name(self.agent)
        tasks = [_below(task, text.above(task.line - 1), known, name) for task in parsed]
        lines: dict[str, list[str]] = {}
        for task in tasks:
            lines.setdefault(task.key.casefold(), []).append(str(task.line))
        return tuple(_alone(task, lines[task.key.casefold()]) for task in tasks)

    def _parsed(self) -> list[Task]:
        """Return the tasks of every shape, each line in one of them."""
        text = self.lines
        if is_yaml(self.text):
            return list(yaml_tasks(text))
        tasks = [*table_tasks(text), *list_tasks(text), *section_tasks(text), *yaml_tasks(text)]
        tasks += definition_tasks(text, self.agent)
        blocks = text.of_kind("list_item", "table")
        whole = {first: end for _, first, end in reversed(blocks)}
        read = [range(t.line - 1, whole.get(t.line - 1, t.line)) for t in tasks]
        read += [range(first, end) for kind, first, end in blocks if kind == "table"]
        return [*tasks, *loose_tasks(text, self.agent, read)]

    def _with_tag(self, task: Task) -> Task:
        """Return a task that nobody has with the agent whom its line names as a tag."""
        if task.assignees:
            return task
        head = BOX.sub("", self.lines.line(task.line - 1), count=1)
        title = without_name(task.title, self.agent)
        return replace(task, assignees=named_in(head, self.agent), title=title or task.title)

    @cached_property
    def unread_lines(self) -> tuple[int, ...]:
        """The lines that name the agent and are part of no task, counted from 1."""
        return unread_lines(self.lines, self.tasks, agent_name(self.agent))

    def find(self, key: str) -> Task | None:
        """Return the task of a key, if there is exactly one."""
        tasks = [t for t in self.tasks if t.key.casefold() == key.casefold()]
        return tasks[0] if len(tasks) == 1 else None

    def with_status(self, task: Task, status: Status) -> "Document":
        """Return the document with one task's status changed and every other character as it is."""
        text = self.text
        for mark in sorted(task.marks, key=lambda m: -m.start):
            new = written_anew(mark, status, self._peers(task, mark))
            text = text[: mark.start] + new + text[mark.end :]
        return Document(text, self.agent)

    def _peers(self, task: Task, mark: Mark) -> Sequence[Mark]:
        """Return the marks that are written in the same manner: those of the same table or none."""
        marks = [m for t in self.tasks if t.group == task.group for m in t.marks]
        return marks if task.group or mark.is_box else [m for m in marks if m != mark]


def _readable(task: Task) -> Task:
    """Return the task with a replacement character for each byte that is no UTF-8.

    The document keeps such bytes, but names, reports and logs are text.
    """

    def shown(text: str) -> str:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    return replace(
        task,
        id=shown(task.id),
        title=shown(task.title),
        notes=shown(task.notes),
        assignees=tuple(shown(name) for name in task.assignees),
    )


def _below(task: Task, above: list[Heading], known: frozenset[str], agent: str) -> Task:
    """Return a task with the assignee and problem that the lines above give it, nearest first."""
    names = next((n for heading in above if (n := heading.names(known, agent))), ())
    problem = next(
        (f"it is below '{heading.text}'" for heading in above if heading.is_closed), None
    )
    return replace(task, assignees=task.assignees or names, problem=task.problem or problem)


def _alone(task: Task, lines: list[str]) -> Task:
    if len(lines) == 1 or task.problem:
        return task
    name = task.id or task.title
    problem = f"{name} is in lines {', '.join(lines)}: give each its own id"
    return replace(task, problem=problem)
