"""Tasks that are terms with definitions: a line, and below it lines that begin with a colon."""

import re
from collections.abc import Iterator
from typing import Final

from candid_assets.agent.tasks.checklists import UNMARKED, TaskFacts, mentioned_in
from candid_assets.agent.tasks.markdown_text import Text, is_struck, plain_text, split_id
from candid_assets.agent.tasks.status_marks import read_mark
from candid_assets.agent.tasks.status_words import agent_name, is_name_of, status_of
from candid_assets.agent.tasks.task import Task

_DEFINITION: Final = re.compile(r"[ \t>]*:[ \t]+(?=\S)")
_PART: Final = re.compile(r"[^,;|·]+")


def is_definition(line: str) -> bool:
    """Whether a line defines the term above it."""
    return bool(_DEFINITION.match(line))


def definition_tasks(text: Text, agent: str) -> Iterator[Task]:
    """Yield the task of every term whose definitions say whose it is."""
    for _, first, end in text.of_kind("paragraph"):
        defined = [is_definition(text.line(line)) for line in range(first, end)]
        for line in range(first, end):
            below = line + 1
            while below < end and defined[below - first]:
                below += 1
            if not defined[line - first] and below > line + 1:
                yield from _task(text, line, range(line + 1, below), agent)


def _task(text: Text, term: int, definitions: range, agent: str) -> Iterator[Task]:
    facts = TaskFacts()
    for line in definitions:
        place = _DEFINITION.match(text.line(line))
        start = place.end() if place else 0
        parts = list(_PART.finditer(text.line(line), start))
        for part in parts:
            words, at = part.group(), text.starts[line] + part.start()
            if ":" in words:
                facts.add_value(words, at)
            elif status_of(plain_text(words)):
                facts.marks.append(read_mark(words, at))
            elif mentioned_in(words) or is_name_of(agent_name(words), agent_name(agent)):
                facts.assignees += mentioned_in(words) or (agent_name(words),)
            else:
                facts.notes.append(plain_text(words))
    if facts.assignees:
        number, title = split_id(plain_text(text.line(term)))
        struck = is_struck(text.line(term))
        yield facts.task(
            number, title or number, term, struck=struck, problem=None if facts.marks else UNMARKED
        )
