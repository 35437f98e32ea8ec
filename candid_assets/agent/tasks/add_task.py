"""Adds a task where the others are, in their shape and with the next id."""

import re
from typing import Final

from candid_assets.agent.tasks.status_marks import written_anew
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.task_tables import cells_of, columns_of

_NUMBERED: Final = re.compile(r"(?P<prefix>.*?)(?P<number>\d+)")
_LIST: Final = re.compile(r"(?P<lead>[-*+][ \t]+)\[")


def with_task(document: Document, title: str, assignee: str) -> tuple[Document, str]:
    """Return the document with one more task, and the id it got.

    It follows the last row of the first table that has columns for title, assignee and status, or
    the first checklist, or the end of the file; every other character stays.
    """
    number = _next_id(document)
    for task in document.tasks:
        row = _row(document, task, number, title, assignee) if task.group else None
        if row is not None and task.problem is None:
            last = max(t.line for t in document.tasks if t.group == task.group)
            return _after(document, last, row), number
    last, lead = len(document.lines.starts), "- "
    for task in document.tasks:
        item = _LIST.match(document.lines.line(task.line - 1))
        if item and not task.group:
            last, lead = _end_of_list(document, task.line), item["lead"]
            break
    return _after(document, last, f"{lead}[ ] {number}: {title} @{assignee}"), number


def _next_id(document: Document) -> str:
    numbered = [m for t in document.tasks if (m := _NUMBERED.fullmatch(t.id)) and m["prefix"]]
    if not numbered:
        return "T-1"
    prefix = numbered[0]["prefix"]
    numbers = [m["number"] for m in numbered if m["prefix"] == prefix]
    return prefix + str(max(map(int, numbers)) + 1).zfill(len(numbers[0]))


def _row(document: Document, beside: Task, number: str, title: str, assignee: str) -> str | None:
    """Return a row of the table that a task is in, if it has a column for everything."""
    first = beside.group - 1
    line = document.lines.line(first).strip()
    headers = [cell.text for cell in cells_of(document.lines, first)]
    columns = columns_of(headers, [])
    if line[:1] in (">", "-", "*", "+") or not {"title", "assignee", "status"} <= columns.keys():
        return None
    mark = beside.marks[0]
    peers = [m for t in document.tasks if t.group == beside.group for m in t.marks]
    status = written_anew(mark, "pending", peers) if mark.status else "pending"
    values = [""] * len(headers)
    values[columns["title"]] = title if "id" in columns else f"{number}: {title}"
    values[columns["assignee"]] = assignee
    values[columns["status"]] = f"[{status}]" if mark.is_box else status
    if "id" in columns:
        values[columns["id"]] = number
    row = " | ".join(values)
    return f"| {row} |" if line.startswith("|") else row


def _end_of_list(document: Document, line: int) -> int:
    """Return the last line of the outermost list that a line is in."""
    list_ends = (
        end
        for _, first, end in document.lines.of_kind("bullet_list", "ordered_list")
        if first < line <= end
    )
    end = next(list_ends, line)
    while end > line and not document.lines.line(end - 1).strip():
        end -= 1
    return end


def _after(document: Document, line: int, new: str) -> Document:
    """Return the document with a line after another, counted from 1."""
    text = document.lines
    while line > 1 and line == len(text.starts) and not text.line(line - 1):
        line -= 1
    at = text.line_ends[line - 1]
    before = text.newline if document.text[:at].removeprefix("\ufeff") else ""
    return Document(document.text[:at] + before + new + document.text[at:], document.agent)
