"""Edits a contract file in place: the words that change; all other lines and comments stay."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from candid_assets.discovery.contract_text import text

Step = str | int


class EditError(ValueError):
    """An edit that this file's layout does not allow; it has to be made by hand."""


@dataclass(slots=True)
class YamlFile:
    """One YAML file and the edits asked for; offsets are those of the text as it was read."""

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
        """Replace a scalar by text, in quotes unless a plain word is enough."""
        node = self._node(where)
        if not isinstance(node, yaml.ScalarNode):
            raise EditError(f"{self.path.name} has no text at {_shown(where)}")
        self._edits.append((node.start_mark.index, node.end_mark.index, value))

    def has(self, where: tuple[Step, ...]) -> bool:
        """Whether the file has something at a place."""
        return self._node(where) is not None

    def add_property(self, where: tuple[Step, ...], name: str, value: str) -> None:
        """Add a custom property, `value` as YAML, to the mapping at a place."""
        item = f"{{property: {name}, value: {value}}}"
        listed = self._node((*where, "customProperties"))
        if isinstance(listed, yaml.SequenceNode):
            self._append(listed, item)
            return
        owner = self._node(where)
        if not isinstance(owner, yaml.MappingNode) or not owner.value:
            raise EditError(f"{self.path.name} has no mapping at {_shown(where)}")
        if owner.flow_style:
            at = _last(owner).end_mark.index
            self._edits.append((at, at, f", customProperties: [{item}]"))
            return
        key = owner.value[-1][0]
        for candidate, _ in owner.value:
            key = candidate if candidate.value == "properties" else key
        indent = " " * key.start_mark.column
        lines = f"customProperties:{self._newline}{indent}  - {item}{self._newline}{indent}"
        self._edits.append((key.start_mark.index, key.start_mark.index, lines))

    def add_item(self, where: tuple[Step, ...], item: str) -> None:
        """Add an item, as YAML, at the end of the list at a place."""
        listed = self._node(where)
        if not isinstance(listed, yaml.SequenceNode):
            raise EditError(f"{self.path.name} has no list at {_shown(where)}")
        self._append(listed, item)

    def value(self, where: tuple[Step, ...]) -> str | None:
        """Return the scalar at a place as it is written."""
        node = self._node(where)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def find(self, where: tuple[Step, ...], key: str, value: str) -> tuple[Step, ...] | None:
        """Return the place of the item of a list whose `key` is a value."""
        listed = self._node(where)
        for index, item in enumerate(listed.value if listed is not None else ()):
            for name, found in getattr(item, "value", ()):
                if name.value == key and found.value == value:
                    return (*where, index)
        return None

    def place_of(self, where: tuple[Step, ...], key: str, value: str) -> tuple[Step, ...]:
        """Return the place of the item of a list that must have it."""
        found = self.find(where, key, value)
        if found is None:
            raise EditError(f"{self.path.name} has no {key}: {value} at {_shown(where)}")
        return found

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.content else "\n"

    def _append(self, listed: yaml.SequenceNode, item: str) -> None:
        """Add an item to a list that is written in brackets or line by line."""
        if listed.flow_style:
            inside = self.content[listed.start_mark.index + 1 : listed.end_mark.index - 1].strip()
            at = _last(listed).end_mark.index if inside else listed.end_mark.index - 1
            self._edits.append((at, at, f", {item}" if inside else item))
            return
        end = _last(listed).end_mark.index
        # The end of a text of several lines lies behind its line's end already.
        line_end = self.content.find("\n", max(end - 1, 0))
        at = len(self.content) if line_end < 0 else line_end + 1
        indent = " " * listed.start_mark.column
        before = "" if at == 0 or self.content[at - 1] == "\n" else self._newline
        self._edits.append((at, at, f"{before}{indent}- {item}{self._newline}"))

    def _node(self, where: tuple[Step, ...]) -> Any:
        node: Any = yaml.compose(self.content, yaml.SafeLoader)
        for step in where:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step] if step < len(node.value) else None
            else:
                return None
        return node


def scalar(value: str) -> str:
    """Return text as a scalar in quotes."""
    return text(value)


def _last(node: Any) -> Any:
    """Return the last node with text of its own: where a block's own end lies beyond."""
    while isinstance(node, yaml.CollectionNode) and node.value:
        inner = node.value[-1]
        following = inner[1] if isinstance(inner, tuple) else inner
        if isinstance(following, yaml.CollectionNode) and following.flow_style:
            return following
        node = following
    return node


def _shown(where: tuple[Step, ...]) -> str:
    return ".".join(map(str, where)) or "its top"
