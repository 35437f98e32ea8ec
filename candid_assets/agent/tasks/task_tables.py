"""Tasks in Markdown tables: which column tells what, and where each status stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from candid_assets.agent.tasks.markdown_text import Text, is_struck, parse_names, plain_text
from candid_assets.agent.tasks.status_marks import Mark, read_mark
from candid_assets.agent.tasks.status_words import TICK_HEADERS, Role, plain_words, role_of
from candid_assets.agent.tasks.task import Task

ID: Final = re.compile(r"#\d+|[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*[-_]\d+(?:\.\d+)*")
LEADING_ID: Final = re.compile(
    rf"^\s*[\[(]?(?P<id>{ID.pattern}|[A-Z]{{1,6}}\d{{1,6}})[\])]?(?=[\s:.–—|]|$)[\s:.–—|-]*"
)
_CONTAINER: Final = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_PIPE: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row, where it begins in the text and what stands there."""

    start: int
    text: str


def table_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every row of every table that tells tasks."""
    depth = 0
    for token in text.tokens:
        if token.type == "table_open" and token.map:
            yield from _tasks_of(text, token.map[0], token.map[1], nested=depth > 0)
        if token.type.startswith(("list_item_", "blockquote_")):
            depth += token.nesting


def cells_of(text: Text, line: int, *, nested: bool = False) -> list[Cell]:
    """Return the cells of a row, split at every pipe that is not escaped."""
    said, start = text.line(line), text.starts[line]
    container = _CONTAINER.match(said) if nested else re.match(r"[ \t]*", said)
    begin = container.end() if container else 0
    end = len(said.rstrip(" \t"))
    cuts = [m.start() for m in _PIPE.finditer(said, begin, end)]
    if cuts and cuts[0] == begin:
        begin, cuts = begin + 1, cuts[1:]
    if cuts and cuts[-1] == end - 1:
        end, cuts = end - 1, cuts[:-1]
    edges = [begin - 1, *cuts, end]
    return [Cell(start + a + 1, said[a + 1 : b]) for a, b in pairwise(edges)]


def columns_of(headers: list[str]) -> dict[Role, int]:
    """Return the column that tells each role; every column tells one at most."""
    found: dict[Role, int] = {}
    roles: tuple[Role, ...] = ("status", "assignee", "id", "title", "notes")
    for role in roles:
        ranked = [
            (rank, i)
            for i, header in enumerate(headers)
            if i not in found.values() and (rank := role_of(header, role)) is not None
        ]
        if ranked:
            found[role] = min(ranked)[1]
    return found


def _tasks_of(text: Text, first: int, end: int, *, nested: bool) -> Iterator[Task]:
    headers = [plain_text(c.text) for c in cells_of(text, first, nested=nested)]
    rows = [(line, cells_of(text, line, nested=nested)) for line in range(first + 2, end)]
    columns = columns_of(headers)
    if "status" not in columns:
        ticks = _column_of_ticks(headers, [cells for _, cells in rows])
        if ticks is not None:
            columns["status"] = ticks
    if "title" not in columns and "id" in columns and "notes" in columns:
        columns["title"] = columns.pop("notes")
    if "status" not in columns or not {"title", "id"} & columns.keys():
        return
    for line, cells in rows:
        task = _task_of(line, cells, columns, group=first + 1)
        if task is not None:
            yield task


def _column_of_ticks(headers: list[str], rows: list[list[Cell]]) -> int | None:
    """Return the column that holds nothing but checkboxes, under no name or one like 'done'."""
    for i, header in enumerate(headers):
        values = [cells[i] for cells in rows if len(cells) > i]
        boxes = [read_mark(c.text, c.start).shape == "box" for c in values]
        if plain_words(header) in TICK_HEADERS and boxes and all(boxes):
            return i
    return None


def _task_of(line: int, cells: list[Cell], columns: dict[Role, int], group: int) -> Task | None:
    told = {role: cells[i] for role, i in columns.items() if i < len(cells)}
    if "status" not in told:
        return None
    texts = {role: plain_text(cell.text) for role, cell in told.items()}
    title, number = texts.get("title", ""), texts.get("id", "").strip("[]() ")
    leading = LEADING_ID.match(title)
    if leading and (not number or number.isdigit()):
        number, title = leading["id"], title[leading.end() :]
    if not title and not number:
        return None
    status = told["status"]
    mark: Mark = read_mark(status.text, status.start)
    struck = any(is_struck(told[r].text) for r in ("title", "id") if r in told)
    return Task(
        id=number,
        title=title or number,
        assignees=parse_names(told["assignee"].text) if "assignee" in told else (),
        marks=(mark,),
        notes=texts.get("notes", ""),
        line=line + 1,
        problem="it is struck out" if struck else None,
        group=group,
    )
