"""Edits a contract file in place: the words that change; all other lines and comments stay.

Why not a round trip by ruamel.yaml: docs/decisions/0025.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from candid_assets.errors import CandidError

Step = str | int


class ByHandError(CandidError):
    """A difference that no edit of the contract settles; the message says what does."""


@dataclass
class YamlFile:
    """One YAML file and its edits; their offsets are those of the text as it was read."""

    path: Path
    content: str = ""
    _edits: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "YamlFile":
        """Read a file with its own line ends."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls(path, file.read())

    @property
    def edited(self) -> str:
        """The text with every edit made."""
        done = self.content
        for start, end, new in sorted(self._edits, key=lambda edit: edit[0], reverse=True):
            done = done[:start] + new + done[end:]
        return done

    def set(self, where: tuple[Step, ...], value: str) -> None:
        """Replace a scalar by `value`, which is YAML."""
        node = self._node(where)
        if not isinstance(node, yaml.ScalarNode):
            raise ByHandError(f"{self.path.name} has no text at {_shown(where)}")
        self._edits.append((node.start_mark.index, node.end_mark.index, value))

    def has(self, where: tuple[Step, ...]) -> bool:
        """Whether the file has something at a place."""
        return self._node(where) is not None

    def add_property(self, where: tuple[Step, ...], name: str, value: str) -> None:
        """Add a custom property, `value` as YAML, to the mapping at a place."""
        item = f"{{property: {name}, value: {value}}}"
        owner = self._node(where)
        if self.has((*where, "customProperties")):
            self.add_item((*where, "customProperties"), item)
        elif not isinstance(owner, yaml.MappingNode) or not owner.value:
            raise ByHandError(f"{self.path.name} has no mapping at {_shown(where)}")
        elif owner.flow_style:
            self._insert(_last(owner).end_mark.index, f", customProperties: [{item}]")
        else:
            keys = [key for key, _ in owner.value]
            key = next((key for key in keys if key.value == "properties"), keys[-1])
            indent = self._newline + " " * key.start_mark.column
            self._insert(key.start_mark.index, f"customProperties:{indent}  - {item}{indent}")

    def add_item(self, where: tuple[Step, ...], item: str) -> None:
        """Add an item, as YAML, at the end of the list at a place."""
        items = self._node(where)
        if not isinstance(items, yaml.SequenceNode):
            raise ByHandError(f"{self.path.name} has no list at {_shown(where)}")
        if items.flow_style:
            inside = self.content[items.start_mark.index + 1 : items.end_mark.index - 1].strip()
            at = _last(items).end_mark.index if inside else items.end_mark.index - 1
            self._insert(at, f", {item}" if inside else item)
            return
        # The end of a text of several lines lies behind its line's end already.
        line_end = self.content.find("\n", max(_last(items).end_mark.index - 1, 0))
        before = self._newline if line_end < 0 else ""
        at = len(self.content) if line_end < 0 else line_end + 1
        indent = " " * items.start_mark.column
        self._insert(at, f"{before}{indent}- {item}{self._newline}")

    def value(self, where: tuple[Step, ...]) -> str | None:
        """Return the scalar at a place as it is written; None where there is none."""
        node = self._node(where)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def find(self, where: tuple[Step, ...], key: str, value: str) -> tuple[Step, ...] | None:
        """Return the place of the item of a list whose `key` has a value; None without one."""
        items = self._node(where)
        for index in range(len(items.value) if items is not None else 0):
            if self.value((*where, index, key)) == value:
                return (*where, index)
        return None

    def place_of(self, where: tuple[Step, ...], key: str, value: str) -> tuple[Step, ...]:
        """Return what `find` does, or raise a `ByHandError`."""
        place = self.find(where, key, value)
        if place is None:
            raise ByHandError(f"{self.path.name} has no {key}: {value} at {_shown(where)}")
        return place

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.content else "\n"

    @cached_property
    def _root(self) -> yaml.Node | None:
        return yaml.compose(self.content, yaml.SafeLoader)

    def _insert(self, at: int, new: str) -> None:
        self._edits.append((at, at, new))

    def _node(self, where: tuple[Step, ...]) -> yaml.Node | None:
        node = self._root
        for step in where:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step] if step < len(node.value) else None
            else:
                return None
        return node


def _last(node: yaml.Node) -> yaml.Node:
    """Return the last node with text of its own: a block's own end lies beyond its text."""
    while isinstance(node, yaml.CollectionNode) and node.value:
        inner = node.value[-1]
        node = inner[1] if isinstance(inner, tuple) else inner
        if isinstance(node, yaml.CollectionNode) and node.flow_style:
            break
    return node


def _shown(where: tuple[Step, ...]) -> str:
    return ".".join(map(str, where)) or "its top"
