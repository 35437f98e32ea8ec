"""Tasks without a checkbox: bullets, headings and lines that say whose they are.

One that also says its status is worked like any other. Without a place for a status nothing could
be marked, so that such a task is left with the reason.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from candid_assets.agent.tasks.checklists import unboxed_task
from candid_assets.agent.tasks.markdown_text import Text, plain_text
from candid_assets.agent.tasks.status_words import status_of
from candid_assets.agent.tasks.task import Task

_ENTRY: Final = re.compile(r"\*\*[^*]+\*\*|\([A-Z]\) |T-\d|\[[^\]]+\]|\|(?!\|)")
"""How a line begins that is an entry of its own in a paragraph: an id, a priority, a bold word, a
row of what is no table of Markdown."""
FINISHED: Final = re.compile(r"x \d{4}-\d{2}-\d{2} ")
"""How a line of todo.txt begins whose task is done."""


def loose_tasks(text: Text, agent: str, read: Collection[range]) -> Iterator[Task]:
    """Yield the tasks of lines that assign something and have no box.

    Args:
        text: The file.
        agent: The agent for whom it is read; its name counts without an @ too.
        read: The lines that belong to other tasks.
    """
    for line in _candidates(text):
        if any(line in lines for lines in read):
            continue
        task = unboxed_task(text, line, agent)
        if task is None or any(h.is_closed for h in text.above(line)):
            continue
        cells = text.line(line).split("|")
        if any(status_of(plain_text(cell)) in ("done", "cancelled") for cell in cells[1:]):
            continue
        yield task


def _candidates(text: Text) -> Iterator[int]:
    """Yield the first lines of plain list items, headings and entries in paragraphs."""
    below = {first: end for _, first, end in text.of_kind("list_item")}
    for first, end in below.items():
        boxed = any(text.box(line) for line in range(first, end))
        if not boxed and not any(first < other < end for other in below):
            yield first
    for heading in text.headings:
        yield heading.line
    inside = {line for first, end in below.items() for line in range(first, end)}
    for _, first, end in text.of_kind("paragraph"):
        lines = [line for line in range(first, end) if line not in inside]
        yield from (line for line in lines if _ENTRY.match(text.line(line)))
