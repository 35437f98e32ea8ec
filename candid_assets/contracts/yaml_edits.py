"""Edits a contract file in place: the words that change; all other lines and comments stay.

Why not a round trip by ruamel.yaml: docs/decisions/0025.
"""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from candid_assets.contracts.yaml_document import LOADER
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
        numbered = (
            (start, number, end, new) for number, (start, end, new) in enumerate(self._edits)
        )
        # From the end on, so that offsets stay true; what is added at one place stays in order.
        for start, _, end, new in sorted(numbered, reverse=True):
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

    def put(self, where: tuple[Step, ...], key: str, value: str) -> str:
        """Give a mapping a key with a value, both YAML; return `replace` or `add`."""
        owner, present = self._node(where), self._node((*where, key))
        if present is not None:
            self._edits.append((present.start_mark.index, _end_of(present), value))
            return "replace"
        if not isinstance(owner, yaml.MappingNode) or not owner.value:
            raise ByHandError(f"{self.path.name} has no mapping at {_shown(where)}")
        if owner.flow_style:
            self._insert(_last(owner).end_mark.index, f", {key}: {value}")
        else:
            first = owner.value[-1][0]
            indent = self._newline + " " * first.start_mark.column
            self._insert(first.start_mark.index, f"{key}: {value}{indent}")
        return "add"

    def put_property(self, where: tuple[Step, ...], name: str, value: str) -> str:
        """Give the mapping at a place a custom property; return `replace` or `add`."""
        place = self.find((*where, "customProperties"), "property", name)
        if place is not None:
            return self.put(place, "value", value)
        self.add_property(where, name, value)
        return "add"

    def take_out(self, where: tuple[Step, ...]) -> None:
        """Take an item of a list, or a key of a mapping, out of what is written in one line."""
        owner = self._node(where[:-1])
        if not isinstance(owner, yaml.CollectionNode) or self._node(where) is None:
            raise ByHandError(f"{self.path.name} has nothing at {_shown(where)}")
        inside = [each if isinstance(each, tuple) else (each, each) for each in owner.value]
        at = next(n for n, (key, _) in enumerate(inside) if where[-1] in (n, key.value))
        if len(inside) == 1:
            self.take_out(where[:-1])
            return
        if not owner.flow_style:
            first, last = inside[at][0].start_mark.index, _end_of(inside[at][1])
            start = self.content.rfind("\n", 0, first) + 1
            end = self.content.find("\n", last)
            self._edits.append((start, len(self.content) if end < 0 else end + 1, ""))
        elif at:
            before, end = _end_of(inside[at - 1][1]), _end_of(inside[at][1])
            self._edits.append((before, end, ""))
        else:
            start, after = inside[0][0].start_mark.index, inside[1][0].start_mark.index
            self._edits.append((start, after, ""))

    def text_at(self, where: tuple[Step, ...]) -> str:
        """Return what is written at a place, as it is written; nothing where there is nothing."""
        node = self._node(where)
        return "" if node is None else self.content[node.start_mark.index : _end_of(node)]

    def line_of(self, where: tuple[Step, ...]) -> int:
        """Return the number of the line in which the node at a place begins, counted from 1."""
        node = self._node(where)
        if node is None:
            raise ByHandError(f"{self.path.name} has nothing at {_shown(where)}")
        return int(node.start_mark.line) + 1

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
        return _composed(self.content)

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


@lru_cache(maxsize=4)
def _composed(content: str) -> yaml.Node | None:
    """Return the nodes of a file, which nothing changes: the answers about it share them."""
    return yaml.compose(content, LOADER)


def _last(node: yaml.Node) -> yaml.Node:
    """Return the last node with text of its own: a block's own end lies beyond its text."""
    while isinstance(node, yaml.CollectionNode) and node.value:
        inner = node.value[-1]
        node = inner[1] if isinstance(inner, tuple) else inner
        if isinstance(node, yaml.CollectionNode) and node.flow_style:
            break
    return node


def _end_of(node: yaml.Node) -> int:
    """Return where the text of a node ends."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        node = _last(node)
    return int(node.end_mark.index)


def _shown(where: tuple[Step, ...]) -> str:
    return ".".join(map(str, where)) or "its top"
