"""Adds a task where the others stand, in their shape and with the next id."""

import re
from typing import Final

from candid_assets.agent.tasks.markdown_text import plain_text
from candid_assets.agent.tasks.status_marks import written_anew
from candid_assets.agent.tasks.status_words import Role
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.task_tables import cells_of, columns_of

_NUMBERED: Final = re.compile(r"(?P<prefix>.*?)(?P<number>\d+)")
_LIST: Final = re.compile(r"(?P<lead>[-*+][ \t]+)\[")


def with_task(document: Document, title: str, assignee: str) -> tuple[Document, str]:
    """Return the document with one more task, and the id it got.

    It stands after the last row of the first table with all of id, title, assignee and status, or
    after the first checklist, or at the end; every other character stays.
    """
    number = _next_id(document)
    for task in document.tasks:
        if task.group and task.problem is None:
            row = _row(document, task, number, title, assignee)
            if row is not None:
                last = max(t.line for t in document.tasks if t.group == task.group)
                return _after(document, last, row), number
    lists = [t for t in document.tasks if not t.group and _lead(document, t)]
    lead = _lead(document, lists[0]) if lists else "- "
    item = f"{lead}[ ] {number}: {title} @{assignee}"
    last = _end_of_list(document, lists[0].line) if lists else len(document.lines.starts)
    return _after(document, last, item), number


def _next_id(document: Document) -> str:
    found = [m for t in document.tasks if (m := _NUMBERED.fullmatch(t.id)) and m["prefix"]]
    if not found:
        return "T-1"
    prefix = found[0]["prefix"]
    numbers = [m["number"] for m in found if m["prefix"] == prefix]
    return prefix + str(max(map(int, numbers)) + 1).zfill(len(numbers[0]))


def _row(document: Document, beside: Task, number: str, title: str, assignee: str) -> str | None:
    """Return a row of the table that a task stands in, if it has a column for everything."""
    text = document.lines
    first = beside.group - 1
    if text.line(first).lstrip()[:1] in (">", "-", "*", "+"):
        return None
    headers = [plain_text(c.text) for c in cells_of(text, first)]
    columns = columns_of(headers)
    needed: tuple[Role, ...] = ("title", "assignee", "status")
    if not set(needed) <= columns.keys():
        return None
    mark = beside.marks[0]
    peers = [m for t in document.tasks if t.group == beside.group for m in t.marks]
    status = written_anew(mark, "pending", peers) if mark.status else "pending"
    if mark.shape == "box":
        status = f"[{status}]"
    values = [""] * len(headers)
    values[columns["title"]] = title if "id" in columns else f"{number}: {title}"
    values[columns["assignee"]] = assignee
    values[columns["status"]] = status
    if "id" in columns:
        values[columns["id"]] = number
    line = text.line(first).strip()
    row = " | ".join(values)
    return f"| {row} |" if line.startswith("|") else row


def _lead(document: Document, task: Task) -> str:
    found = _LIST.match(document.lines.line(task.line - 1))
    return found["lead"] if found else ""


def _end_of_list(document: Document, line: int) -> int:
    """Return the last line of the top-level list that a line stands in."""
    depth, end = 0, line
    for token in document.lines.tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0 and token.map and token.map[0] < line <= token.map[1]:
                end = token.map[1]
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
    while end > line and not document.lines.line(end - 1).strip():
        end -= 1
    return end


def _after(document: Document, line: int, new: str) -> Document:
    """Return the document with a line after another, counted from 1."""
    text = document.lines
    line = min(line, len(text.starts))
    while line > 1 and line == len(text.starts) and not text.line(line - 1):
        line -= 1
    at = text.ends[line - 1]
    before = text.newline if document.text[:at].removeprefix("\ufeff") else ""
    return Document(document.text[:at] + before + new + document.text[at:], document.agent)
