"""Lines that name an agent in a form that is not read as a task, so that none is lost unseen."""

import re
from collections.abc import Sequence

from candid_assets.agent.tasks.checklists import NOT_ASSIGNED
from candid_assets.agent.tasks.definition_lists import is_definition
from candid_assets.agent.tasks.loose_tasks import FINISHED
from candid_assets.agent.tasks.markdown_text import Text
from candid_assets.agent.tasks.status_words import is_name_of
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.yaml_tasks import yaml_blocks


def unread_lines(text: Text, tasks: Sequence[Task], agent: str) -> tuple[int, ...]:
    """Return the lines that name an agent and are part of no task.

    A heading of a queue is part of the tasks below it. Lines that ask or copy somebody in, and what
    stands below an archive or an example, hold no task.

    Args:
        text: The file.
        tasks: Its tasks.
        agent: The agent in the form of `agent_name`.

    Returns:
        The lines, counted from 1.
    """
    words = r"[-_ \t]+".join(map(re.escape, agent.split("-")))
    name = re.compile(rf"(?<![\w./-])@?{words}[a-z]*(?![\w@-])", re.I)
    part_of_task = _lines_of_tasks(text, tasks)
    headings = {heading.line for heading in text.headings}
    own = [t.line - 1 for t in tasks if any(is_name_of(n, agent) for n in t.assignees)]
    return tuple(
        line + 1
        for line in range(len(text.starts))
        if line not in part_of_task
        and _assigns(text.line(line), name)
        and not any(heading.is_closed for heading in text.above(line))
        and not (line in headings and any(line < o < _end_of(text, line) for o in own))
    )


def _assigns(line: str, name: re.Pattern[str]) -> bool:
    """Whether a line names somebody otherwise than to ask, to copy in or to say what was done."""
    return not FINISHED.match(line) and any(
        not NOT_ASSIGNED.search(line[: named.start()]) for named in name.finditer(line)
    )


def _lines_of_tasks(text: Text, tasks: Sequence[Task]) -> set[int]:
    """Return the lines of tasks: of their sections, items and definitions, or of a whole block.

    A block of YAML or HTML in which one task was read is read as a whole.
    """
    begins = {task.line - 1 for task in tasks}
    blocks = [range(a, b) for _, a, b in text.of_kind("fence", "html_block")]
    blocks += yaml_blocks(text)
    lines = {line for block in blocks if begins.intersection(block) for line in block}
    items = {first: end for _, first, end in reversed(text.of_kind("list_item"))}
    headings = {heading.line for heading in text.headings}
    for first in begins:
        end = _end_of(text, first) if first in headings else items.get(first, first + 1)
        while end < len(text.starts) and is_definition(text.line(end)):
            end += 1
        lines |= set(range(first, end))
    return lines


def _end_of(text: Text, line: int) -> int:
    """Return the line behind the section of a heading."""
    level = next(heading.level for heading in text.headings if heading.line == line)
    below = (h.line for h in text.headings if h.line > line and h.level <= level)
    return next(below, len(text.starts))
