"""Tasks in checklists, and sections of `key: value` lines under a heading with an id."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from candid_assets.agent.tasks.markdown_text import (
    MENTION,
    Heading,
    Text,
    is_struck,
    parse_names,
    plain_text,
)
from candid_assets.agent.tasks.status_marks import Mark, box_mark, known_box, read_mark
from candid_assets.agent.tasks.status_words import agent_name, role_of
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_tables import LEADING_ID

_BOX: Final = re.compile(
    r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[(?P<mark>[^\]]{0,2})\](?=[ \t]|$)"
)
_KEY: Final = re.compile(
    r"(?P<mark>\*\*|__)?(?P<key>[A-Za-z][A-Za-z ]{1,22}?)[ \t]*(?P=mark)?[ \t]*:[ \t]*(?:\*\*|__)?"
    r"[ \t]*(?P<value>\S.*?)[ \t]*$"
)
_KEY_LINE: Final = re.compile(r"[\s>]*(?:[-*+][ \t]+)?(?=\S)")
_INLINE: Final = re.compile(
    r"(?:^|(?<=[\s(\[|,;·—–-]))(?:\*\*|__)?(?P<key>assignee|assigned to|agent|agen|owner|pic|"
    r"penanggung jawab|ditugaskan ke|status|notes?|catatan)(?:\*\*|__)?\s*[:=]\s*(?:\*\*|__)?\s*"
    r"(?P<value>[^,;|()\[\]·—\r\n]+?)(?=\s*(?:[,;|()\[\]·—\r\n]|\s[-–]\s|$))",
    re.I,
)
_SLUG: Final = r"(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)+)"
_BARE_NAME: Final = re.compile(
    rf"\({_SLUG}\)|\[{_SLUG.replace('name', 'name2')}\](?!\()|(?:→|->|=>)[ \t]*"
    rf"{_SLUG.replace('name', 'name3')}(?=\s|$)|\|[ \t]*{_SLUG.replace('name', 'name4')}"
    r"(?=[ \t]*(?:\||$))"
)
"""A name such as `data-eng` without its @, in brackets, behind an arrow or between pipes."""
_ASIDE: Final = re.compile(r"\b(?:cc|fyi|with|dengan|ask|tanya|via)[:\s]*$", re.I)
_RUN_OF_MENTIONS: Final = re.compile(r"\s*(?:,|&|\+|/|and|dan)?\s*")


@dataclass(slots=True)
class _Item:
    """A list item while its lines are gathered."""

    first: int
    end: int
    mark: Mark | None
    own: list[tuple[int, int]] = field(default_factory=list)
    open_children: bool = False
    parents: list[Heading] = field(default_factory=list)


def list_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every list item with a checkbox."""
    for item in _items(text):
        if item.mark is not None:
            yield _task_of(text, item, item.mark)


def parents_of_lists(text: Text) -> dict[int, list[Heading]]:
    """Return, for each line of a task, the plain list items it hangs below, nearest first."""
    return {item.first + 1: item.parents for item in _items(text) if item.mark is not None}


def section_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every heading with an id below which status and assignee are told."""
    lines = _paragraph_lines(text)
    for i, heading in enumerate(text.headings):
        leading = LEADING_ID.match(heading.text)
        end = text.headings[i + 1].line if i + 1 < len(text.headings) else len(text.starts)
        if not leading:
            continue
        told = _Told()
        for line in range(heading.line + 1, end):
            if line in lines:
                told.take_line(text, line)
        if told.marks and told.assignees:
            title = heading.text[leading.end() :]
            yield Task(
                id=leading["id"],
                title=title,
                assignees=told.assignees,
                marks=tuple(told.marks),
                notes="\n".join(told.notes),
                line=heading.line + 1,
                problem="it is struck out" if title.startswith("~~") else None,
            )


@dataclass(slots=True)
class _Told:
    """What `key: value` tells of a task."""

    assignees: tuple[str, ...] = ()
    marks: list[Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, key: str, value: str, start: int) -> bool:
        """Take a value where its key is known; say whether it is."""
        if role_of(key, "assignee") is not None:
            self.assignees = self.assignees or parse_names(value)
        elif role_of(key, "status") is not None:
            self.marks.append(read_mark(value, start))
        else:
            return False
        return True

    def take_line(self, text: Text, line: int) -> None:
        """Take a line below a task: a value, or a note."""
        said = text.line(line)
        lead = _KEY_LINE.match(said)
        begin = lead.end() if lead else 0
        found = _KEY.match(said, begin)
        if found and self.take(
            found["key"], found["value"], text.starts[line] + found.start("value")
        ):
            return
        self.notes.append(plain_text(said[begin:]))


def _items(text: Text) -> list[_Item]:
    """Return every list item with the lines that are its own and not those of tasks below it."""
    items: list[_Item] = []
    stack: list[_Item] = []
    for token in text.tokens:
        if token.type == "list_item_open" and token.map:
            item = _Item(token.map[0], token.map[1], _box_of(text, token.map[0]))
            item.parents = [
                Heading(7, p.first, plain_text(re.sub(r"^[\s>*+-]+", "", text.line(p.first))))
                for p in reversed(stack)
                if p.mark is None
            ]
            if item.mark is not None and item.mark.status in (None, "pending", "in_progress"):
                for parent in stack:
                    parent.open_children = True
            stack.append(item)
            items.append(item)
        elif token.type == "list_item_close":
            stack.pop()
        elif token.type == "inline" and token.map and stack:
            owner = next((i for i in reversed(stack) if i.mark is not None), None)
            if owner is not None:
                owner.own.append((token.map[0], token.map[1]))
    return items


def _box_of(text: Text, line: int) -> Mark | None:
    box = _BOX.match(text.line(line))
    if box is None or not known_box(box["mark"]):
        return None
    return box_mark(text.starts[line] + box.start("mark"), box["mark"])


def _task_of(text: Text, item: _Item, mark: Mark) -> Task:
    lines = [n for first, end in item.own for n in range(first, end)]
    head_end = item.own[0][1] if item.own else item.first + 1
    told = _Told(marks=[mark])
    for line in lines:
        if line >= head_end:
            told.take_line(text, line)
    head = _BOX.sub("", text.line(item.first), count=1)
    shift = text.starts[item.first] + len(text.line(item.first)) - len(head)
    for found in _INLINE.finditer(head):
        if not told.take(found["key"], found["value"], shift + found.start("value")):
            told.notes.append(plain_text(f"{found['key']}: {found['value']}"))
    if not told.assignees:
        told.assignees = _mentioned(head)
    bare = None if told.assignees else _BARE_NAME.search(head)
    if bare is not None:
        told.assignees = (agent_name(next(filter(None, bare.groups()))),)
    told.notes += [plain_text(text.line(n)) for n in lines if item.first < n < head_end]
    number, title = _named(head, bare.group() if bare else "")
    problem = "it is struck out" if is_struck(head.strip()) else None
    if item.open_children:
        problem = "tasks below it are still open"
    return Task(
        id=number,
        title=title,
        assignees=told.assignees,
        marks=tuple(told.marks),
        notes="\n".join(told.notes),
        line=item.first + 1,
        problem=problem,
    )


def _named(head: str, name: str) -> tuple[str, str]:
    """Return the id and the title of an item, without what is told of it beside."""
    told = head[: head.index(name)] if name.startswith("|") else head.replace(name, "", 1)
    bare = plain_text(MENTION.sub("", _INLINE.sub("", told)))
    leading = LEADING_ID.match(bare)
    title = bare[leading.end() :] if leading else bare
    title = re.sub(r"\((?:\s|cc|fyi|[,;|:])*\)|\[\s*\]", "", title, flags=re.I)
    title = re.sub(r"^[\s|:·—–,;()-]+|[\s|:·—–,;(→-]+$", "", title)
    return (leading["id"] if leading else ""), title


def _mentioned(head: str) -> tuple[str, ...]:
    """Return the first run of mentions that are no aside, such as `@a, @b`."""
    names: list[str] = []
    end = 0
    for mention in MENTION.finditer(head):
        if not names and _ASIDE.search(head[: mention.start()]):
            continue
        if names and not _RUN_OF_MENTIONS.fullmatch(head[end : mention.start()]):
            break
        names.append(agent_name(mention[1]))
        end = mention.end()
    return tuple(names)


def _paragraph_lines(text: Text) -> frozenset[int]:
    """Return the lines of text that are neither code nor a table nor a heading."""
    lines: set[int] = set()
    inside = 0
    for before, token in zip([None, *text.tokens], text.tokens, strict=False):
        if token.type in ("table_open", "table_close"):
            inside += token.nesting
        heads = before is not None and before.type == "heading_open"
        if token.type == "inline" and token.map and not inside and not heads:
            lines.update(range(token.map[0], token.map[1]))
    return frozenset(lines)
