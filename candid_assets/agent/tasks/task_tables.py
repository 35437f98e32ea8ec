"""Tasks in Markdown tables: what each column holds, and where each status is."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from candid_assets.agent.task_words import Role, task_words
from candid_assets.agent.tasks.html_tables import html_tables
from candid_assets.agent.tasks.markdown_text import (
    Cell,
    Text,
    is_struck,
    parse_names,
    split_id,
)
from candid_assets.agent.tasks.status_marks import read_mark
from candid_assets.agent.tasks.status_words import plain_words
from candid_assets.agent.tasks.task import Task

_CONTAINER: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
"""What a quote or a list writes before a row."""
UNMARKED_ROW: Final = "its row has no status to write to: give the table a column `Status`"
_PIPE: Final = re.compile(r"(?<!\\)\|")


def table_tasks(text: Text) -> Iterator[Task]:
    """Yield the task of every row of every table that has a title or id, and a status.

    Where a table says who does what and has no status, its tasks are left with that reason.
    """
    tables = [
        [(line, cells_of(text, line)) for line in (first, *range(first + 2, end))]
        for _, first, end in text.of_kind("table")
    ]
    for (first, headers), *rows in [*tables, *(table.rows for table in html_tables(text))]:
        columns = columns_of([cell.text for cell in headers], [row for _, row in rows])
        is_known = not columns.keys().isdisjoint({"title", "id"})
        if ("status" in columns and is_known) or {"title", "assignee"} <= columns.keys():
            for line, row in rows:
                cells = {role: row[i] for role, i in columns.items() if i < len(row)}
                yield from _task(text, line, cells, group=first + 1)


def cells_of(text: Text, line: int) -> list[Cell]:
    """Return the cells of a row, split at every pipe that is not escaped."""
    row, start = text.line(line).rstrip(" \t"), text.starts[line]
    container = _CONTAINER.match(row)
    begin, end = container.end() if container else 0, len(row)
    cuts = [pipe.start() for pipe in _PIPE.finditer(row, begin)]
    if cuts and cuts[0] == begin:
        begin, cuts = begin + 1, cuts[1:]
    if cuts and cuts[-1] == end - 1:
        end, cuts = end - 1, cuts[:-1]
    edges = [begin - 1, *cuts, end]
    return [Cell(start + a + 1, row[a + 1 : b]) for a, b in pairwise(edges)]


def columns_of(headers: list[str], rows: list[list[Cell]]) -> dict[Role, int]:
    """Return the column of each role; every column has one at most."""
    words = [plain_words(header) or ("#" if "#" in header else "") for header in headers]
    columns: dict[Role, int] = {}
    for role, names in task_words().columns.items():
        known = [i for i, w in enumerate(words) if w in names and i not in columns.values()]
        if known:
            columns[role] = min(known, key=lambda i: names.index(words[i]))
    if "status" not in columns:
        for i in (i for i, word in enumerate(words) if word in task_words().tick_columns):
            ticks = [read_mark(row[i].markup, row[i].start).is_box for row in rows if i < len(row)]
            if ticks and all(ticks):
                columns.setdefault("status", i)
    if "title" not in columns and {"id", "notes"} <= columns.keys():
        columns["title"] = columns.pop("notes")
    return columns


def _task(text: Text, line: int, cells: dict[Role, Cell], group: int) -> Iterator[Task]:
    texts = {role: cell.text for role, cell in cells.items()}
    title, number = texts.get("title", ""), texts.get("id", "").strip("[]() ")
    leading, rest = split_id(title)
    if leading and (not number or number.isdigit()):
        number, title = leading, rest
    if not {"status", "assignee"} & cells.keys() or not (title or number):
        return
    struck = any(is_struck(cells[role].markup) for role in ("title", "id") if role in cells)
    status = cells.get("status")
    if status and not text.text.startswith(status.markup, status.start):
        status = None
    problem = None if status else UNMARKED_ROW
    yield Task(
        id=number,
        title=title or number,
        assignees=parse_names(cells["assignee"].markup) if "assignee" in cells else (),
        marks=(read_mark(status.markup, status.start),) if status else (),
        notes=texts.get("notes", ""),
        line=line + 1,
        problem="it is struck out" if struck else problem,
        group=group,
    )
