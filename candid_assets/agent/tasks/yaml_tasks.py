"""Tasks in YAML, which JSON is too: a list of mappings, as a whole file or in a block of code."""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from candid_assets.agent.task_words import Role, task_words
from candid_assets.agent.tasks.markdown_text import Text, parse_names
from candid_assets.agent.tasks.status_marks import Mark, read_mark
from candid_assets.agent.tasks.status_words import plain_words
from candid_assets.agent.tasks.task import Task

_FENCE: Final = re.compile(
    r"^(?P<fence>```|~~~)(?:ya?ml|json)[ \t]*\n(?P<body>.*?)^(?P=fence)", re.M | re.S
)
_FRONT: Final = re.compile(r"\A\ufeff?---[ \t]*\n(?P<body>.*?)^---[ \t]*$", re.M | re.S)
"""What a Markdown file says of itself before it begins."""
_BEGINS: Final = re.compile(
    r"\A\ufeff?(?:#.*\n|\s*\n|---[ \t]*\n)*(?:- \w+:|\w+:[ \t]*\n[ \t]*- \w+:)"
)
"""A file that begins with a list of mappings, or with a key that has one."""


def is_yaml(text: str) -> bool:
    """Whether a whole file is a list of tasks in YAML."""
    return bool(_BEGINS.match(text)) and _composed(text) is not None


def yaml_tasks(text: Text) -> Iterator[Task]:
    """Yield the tasks of a YAML file, or of the blocks of YAML in or before a Markdown file."""
    if is_yaml(text.text):
        yield from _tasks(text.text, 0, 0)
        return
    for block in _blocks(text):
        start = block.start("body")
        yield from _tasks(block["body"], start, text.text.count("\n", 0, start))


def yaml_blocks(text: Text) -> list[range]:
    """Return the lines of the blocks of YAML: of the whole file, or in or before its Markdown."""
    if is_yaml(text.text):
        return [range(len(text.starts))]
    count = text.text.count
    return [
        range(count("\n", 0, block.start()), count("\n", 0, block.end()) + 1)
        for block in _blocks(text)
    ]


def _blocks(text: Text) -> list[re.Match[str]]:
    return [*_FRONT.finditer(text.text), *_FENCE.finditer(text.text)]


def _composed(body: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(body, yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    return node


def _tasks(body: str, start: int, lines: int) -> Iterator[Task]:
    """Yield the tasks of one document that begins at a position and after some lines."""
    for item in _items(_composed(body)):
        values = {plain_words(str(key.value)): value for key, value in item.value}
        assigned = _value(values, "assignee")
        title, number = _value(values, "title"), _value(values, "id")
        status = _value(values, "status")
        if assigned is None or title is None:
            continue
        notes = _value(values, "notes")
        yield Task(
            id=_text(number),
            title=_text(title),
            assignees=parse_names(_text(assigned).replace("\n", ", ")),
            marks=(_mark(status, start),) if isinstance(status, yaml.ScalarNode) else (),
            notes="" if notes is title else _text(notes),
            line=lines + item.start_mark.line + 1,
            problem=None if status is not None else "it has no status: add `status: pending`",
        )


def _items(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Yield the mappings of the lists in a document."""
    if isinstance(node, yaml.SequenceNode):
        yield from (item for item in node.value if isinstance(item, yaml.MappingNode))
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            if isinstance(value, yaml.SequenceNode):
                yield from _items(value)


def _value(values: dict[str, yaml.Node], what: Role) -> yaml.Node | None:
    """Return the value under the surest key for something."""
    return next((values[key] for key in task_words().columns[what] if key in values), None)


def _text(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "\n".join(_text(item) for item in node.value)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _mark(node: yaml.ScalarNode, start: int) -> Mark:
    """Return the place of a status, without the quotes around it."""
    quotes = 1 if node.style in {'"', "'"} else 0
    return read_mark(str(node.value), start + int(node.start_mark.index) + quotes)
