"""Tasks in checklists, and sections of `key: value` lines under a heading with an id."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from candid_assets.agent.task_words import task_words
from candid_assets.agent.tasks.markdown_text import (
    BOX,
    MENTION,
    Text,
    is_struck,
    parse_names,
    plain_text,
    split_id,
)
from candid_assets.agent.tasks.status_marks import Mark, read_mark
from candid_assets.agent.tasks.status_words import OPEN, agent_name, plain_words, status_of
from candid_assets.agent.tasks.task import Task

UNMARKED: Final = "it has neither a box nor a status to write to: begin it with `- [ ]`"

_VALUE: Final = re.compile(
    r"[\s>]*(?:[-*+][ \t]+)?(?P<all>(?:\*\*|__|\*|_)?(?P<key>[A-Za-z][A-Za-z ]{1,22}?)[ \t]*"
    r"(?:\*\*|__)?[ \t]*:[ \t]*(?:\*\*|__)?[ \t]*(?P<value>\S.*?)[ \t_*]*|.*)$"
)
"""A line below a task: a value with its key, or words."""
_INLINE: Final = re.compile(
    r"(?:^|(?<=[\s(\[{|,;·—–-]))(?:\*\*|__)?(?P<key>assignee|assigned to|agent|agen|owner|pic|"
    r"penanggung jawab|ditugaskan ke|status|notes?|catatan)(?:\*\*|__)?\s*(?:::?|=)\s*"
    r"(?:\*\*|__)?\s*(?P<value>[^,;|(){}\[\]·—\r\n]+?)"
    r"(?=\s*(?:[,;|(){}\[\]·—\r\n]|-->|\s[-–—]\s|$|\.(?:\s|$))|\s+\w+(?::|=))",
    re.I,
)
_SLUG: Final = r"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"
_BARE_NAME: Final = re.compile(
    rf"\({_SLUG}\)|\[{_SLUG}\](?!\()|(?:→|->|=>)[ \t]*{_SLUG}(?=\s|$)"
    rf"|\|[ \t]*{_SLUG}(?=[ \t]*(?:\||$))|[ \t][-–—][ \t]+{_SLUG}(?=[ \t]+[-–—][ \t]|[ \t]*$)"
)
"""A name without its @: in brackets, behind an arrow, between pipes or dashes."""
_MENTIONS: Final = re.compile(
    rf"(?<!\w){MENTION.pattern}(?:\s*(?:,|&|\+|/|and|dan)?\s*{MENTION.pattern})*"
)
_EXTRAS: Final = re.compile(
    r"(?<!\S)(?:~\d+(?:\.\d+)?[a-z]+|#[\w-]+|\[[a-z]+::[^\]]*\]|[⏫🔼🔽🔺⏬]|\([A-Z]\)(?=\s)"
    r"|(?:[📅⏳🛫➕]\ufe0f?\s*)\d{4}-\d{2}-\d{2}|\d{4}-\d{2}-\d{2}(?=\s*$))(?!\S)"
)
"""What to-do lists write beside a title: an effort, tags, a priority, a day by which it is due."""
_PLACED: Final = re.compile(r"<!--|-->|\{\s*\}|\(\s*\)|\[[\s:]*\]")
_STATUS_IN_BRACKETS: Final = re.compile(r"[\[(]([A-Za-z][A-Za-z _-]{2,20})[\])](?!\()")
_SIGN: Final = re.compile(r"(?:\*\*)?(?P<sign>[^\w\s()\[\]:#*`@<>|\\-]+)[ \t]+(?=\S)")
"""A sign before a title, which may be its status."""
_STATUS_AT_END: Final = re.compile(r"[ \t][-–—][ \t]+([^-–—|]{2,20}?)[ \t]*$")
NOT_ASSIGNED: Final = re.compile(r"\b(?:cc|fyi|with|dengan|ask|tanya|via)[:\s]*$", re.I)
"""What stands before a name that has no task by it."""


@dataclass(slots=True)
class TaskFacts:
    """What the lines of a task say."""

    assignees: tuple[str, ...] = ()
    marks: list[Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, key: str, value: str, start: int, words: str) -> None:
        """Add a value that begins at `start`; where its key is not known, its words as a note."""
        if plain_words(key) in task_words().columns["assignee"]:
            self.assignees = self.assignees or parse_names(value)
        elif plain_words(key) in task_words().columns["status"]:
            self.marks.append(read_mark(value, start))
        else:
            self.notes.append(plain_text(words))

    def add_value(self, words: str, start: int) -> None:
        """Add a value with its key, or words, that begin at `start`."""
        if match := _VALUE.match(words):
            self.add(
                match["key"] or "", match["value"] or "", start + match.start("value"), match["all"]
            )

    def add_lines(self, text: Text, lines: range) -> None:
        """Add lines below a task."""
        for line in lines:
            self.add_value(text.line(line), text.starts[line])

    def task(
        self, number: str, title: str, line: int, *, struck: bool, problem: str | None = None
    ) -> Task:
        """Return the task that begins at a line, counted from 0."""
        return Task(
            id=number,
            title=title,
            assignees=self.assignees,
            marks=tuple(self.marks),
            notes="\n".join(self.notes),
            line=line + 1,
            problem="it is struck out" if struck else problem,
        )


def list_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every list item with a checkbox."""
    marks = {item: text.box(item.first) for item in text.of_kind("list_item")}
    boxes = {item.first: (item.end, mark) for item, mark in marks.items() if mark}
    own: dict[int, list[range]] = {first: [] for first in boxes}
    for _, first, end in text.of_kind("paragraph", "heading"):
        around = [line for line, (last, _) in boxes.items() if line <= first < last]
        if around:
            own[max(around)].append(range(first, end))
    for first, (end, mark) in boxes.items():
        task = _task(text, first, mark, own[first])
        if any(m.status in OPEN for line, (_, m) in boxes.items() if first < line < end):
            task = replace(task, problem="tasks below it are still open")
        yield task


def section_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every heading with an id or text, and with status and assignee below it."""
    section_ends = [heading.line for heading in text.headings[1:]] + [len(text.starts)]
    for heading, end in zip(text.headings, section_ends, strict=False):
        number, title = split_id(heading.text)
        facts = TaskFacts()
        for _, first, last in text.of_kind("paragraph"):
            if heading.line < first < end:
                facts.add_lines(text, range(first, last))
        if facts.marks and facts.assignees:
            yield facts.task(number, title, heading.line, struck=title.startswith("~~"))


def _task(text: Text, first: int, mark: Mark, own: list[range]) -> Task:
    """Return the task of a list item whose own paragraphs are given, that of its head first."""
    facts = TaskFacts(marks=[mark])
    for lines in own[1:]:
        facts.add_lines(text, lines)
    head = BOX.sub("", text.line(first), count=1)
    for match in _INLINE.finditer(head):
        start = text.line_ends[first] - len(head) + match.start("value")
        facts.add(match["key"], match["value"], start, f"{match['key']}: {match['value']}")
    facts.assignees = facts.assignees or mentioned_in(head)
    bare = None if facts.assignees else _BARE_NAME.search(head)
    if bare is not None:
        facts.assignees = (agent_name(next(filter(None, bare.groups()))),)
    facts.notes += [plain_text(text.line(n)) for lines in own[:1] for n in lines if n > first]
    number, title = _named(head, bare.group() if bare else "")
    return facts.task(number, title, first, struck=is_struck(head))


def unboxed_task(text: Text, line: int, agent: str) -> Task | None:
    """Return the task of a line without a box that says whose it is, or how far it came.

    None where it says neither.
    """
    head = re.sub(r"^[\s>]*(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+", "", text.line(line))
    facts = TaskFacts()
    offset = text.line_ends[line] - len(head)
    for match in _INLINE.finditer(head):
        start = offset + match.start("value")
        facts.add(match["key"], match["value"], start, f"{match['key']}: {match['value']}")
    if (sign := _SIGN.match(head)) and status_of(sign["sign"]):
        facts.marks.append(read_mark(sign["sign"], offset + sign.start("sign")))
        head = " " * sign.end() + head[sign.end() :]
    ways = (_STATUS_IN_BRACKETS, _STATUS_AT_END) if not facts.marks else ()
    for match in (one for way in ways for one in way.finditer(head)):
        mark = read_mark(match[1], offset + match.start(1))
        if mark.status:
            facts.marks.append(mark)
            head = head.replace(match.group(), " " * len(match.group()))
            break
    bare = None
    if not facts.assignees:
        facts.assignees = mentioned_in(head) or named_in(head, agent)
    if not facts.assignees and (bare := _BARE_NAME.search(head)):
        facts.assignees = (agent_name(next(filter(None, bare.groups()))),)
    number, title = _named(head, bare.group() if bare else "")
    title = without_name(title, agent)
    if not (facts.assignees or facts.marks) or not title:
        return None
    task = facts.task(number, title, line, struck=is_struck(head))
    return task if task.marks else replace(task, problem=task.problem or UNMARKED)


def named_in(head: str, agent: str) -> tuple[str, ...]:
    """Return an agent that a line names as a tag, `#data-eng`, or at its beginning, `data-eng:`."""
    name = re.escape(agent_name(agent))
    text = re.sub(r"[*_`]{1,2}", "", head)
    named = re.search(rf"(?<!\S)#{name}(?![\w-])|^\s*@?{name}\s*:", text, re.I)
    return (agent_name(agent),) if named else ()


def without_name(title: str, agent: str) -> str:
    """Return a title without the agent's name before it."""
    return re.sub(rf"^@?{re.escape(agent_name(agent))}\s*:\s*", "", title, flags=re.I)


def _named(head: str, name: str) -> tuple[str, str]:
    """Return the id and the title of an item, without mentions, values and the bare name."""
    rest = head[: head.index(name)] if name.startswith("|") else head.replace(name, "", 1)
    rest = _PLACED.sub("", MENTION.sub("", _INLINE.sub("", rest)))
    number, title = split_id(plain_text(_EXTRAS.sub("", rest)))
    counted = re.match(r"\d+(?:\.\d+)*[.)]?\s+(?=\D)", title)
    if counted and not number:
        number, title = counted.group().strip(" .)"), title[counted.end() :]
    title = re.sub(r"\((?:\s|cc|fyi|[,;|:])*\)|\[\s*\]", "", title, flags=re.I)
    return number, re.sub(r"^[\s|:·—–,;()-]+|[\s|:·—–,;.(→>-]+$", "", title)


def mentioned_in(head: str) -> tuple[str, ...]:
    """Return the first mentions that assign, such as `@a, @b`; none behind `cc` or `fyi`."""
    runs = (run for run in _MENTIONS.finditer(head) if not NOT_ASSIGNED.search(head[: run.start()]))
    run = next(runs, None)
    return tuple(map(agent_name, MENTION.findall(run.group()))) if run else ()
