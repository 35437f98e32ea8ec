"""A YAML file as plain values with the lines of its nodes, and every problem in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from candid_assets.contracts.catalog import ContractProblem
from candid_assets.near_names import nearest
from candid_assets.regular_files import IrregularFileError, read_text
from candid_assets.storage_errors import storage_error

Step = str | int
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""What reads a contract's YAML: libyaml where it is there, which is ten times as fast."""
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]+\.[0-9]*([eE][-+]?[0-9]+)?")
_DEEPEST: Final = 40
_TAG: Final = "tag:yaml.org,2002:"


@dataclass(slots=True)
class YamlDocument:
    """A YAML file, its plain values and the problems reported so far."""

    path: Path
    root: yaml.Node | None = None
    data: dict[str, Any] = field(default_factory=dict)
    problems: list[ContractProblem] = field(default_factory=list)

    def report(self, line: int, message: str, fix: str) -> None:
        """Add a problem at a line of the file."""
        problem = ContractProblem(self.path, line, message, fix)
        if problem not in self.problems:
            self.problems.append(problem)

    def fault(self, where: tuple[Step, ...], message: str, fix: str) -> None:
        """Add a problem at the line of a key path."""
        self.report(self.line(*where), message, fix)

    def has_problem(self, *where: Step) -> bool:
        """Return whether a problem is reported already at the line of a key path."""
        line = self.line(*where)
        return any(problem.line == line for problem in self.problems)

    def line(self, *where: Step) -> int:
        """Return the line of a key path, or of the last part of it that the file has."""
        node, line = self.root, 1
        for step in where:
            below = _step(node, step)
            if below is not None:
                line, node = below
        return line

    def node(self, *where: Step) -> yaml.Node | None:
        """Return the node at a key path, or None if the file has none."""
        node = self.root
        for step in where:
            below = _step(node, step)
            if below is None:
                return None
            node = below[1]
        return node


def read_document(path: Path) -> YamlDocument:
    """Return a YAML file as read; faults of it are in the document's problems."""
    document = YamlDocument(path)
    try:
        text = read_text(path)
        fault = _structure_fault(text)
        if fault:
            document.report(*fault)
            return document
        document.root = yaml.compose(text, LOADER)
    except IrregularFileError as error:
        document.report(1, error.message, error.fix)
    except (OSError, UnicodeDecodeError) as error:
        refused = storage_error(error, path)
        if refused is not None:
            document.report(1, f"the file cannot be read: {refused.message}", refused.fix)
            return document
        document.report(1, f"the file cannot be read: {error}", "save it as UTF-8 text")
    except yaml.YAMLError as error:
        document.report(
            _error_line(error), f"not valid YAML: {_error_text(error)}", _yaml_fix(error)
        )
    else:
        _fill(document)
    return document


def _structure_fault(text: str) -> tuple[int, str, str] | None:
    """Return line, reason and fix of YAML that no contract needs: deep nesting, aliases, tags.

    The C composer recurses without a limit: a file of brackets would end the process.
    """
    depth = 0
    for event in yaml.parse(text, LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return _event_line(event), "the YAML is nested too deeply", "close earlier brackets"
        if isinstance(event, yaml.AliasEvent):
            message = f"the YAML alias *{event.anchor} repeats an earlier value"
            return _event_line(event), message, "write the value out"
        tag = getattr(event, "tag", None)
        if tag is not None:
            return _event_line(event), f"YAML tag {tag!r} is not supported", "remove the tag"
    return None


def _event_line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _fill(document: YamlDocument) -> None:
    """Turn the composed nodes into plain values."""
    if not isinstance(document.root, yaml.MappingNode):
        what = "is empty" if document.root is None else "is not a mapping of keys to values"
        document.report(1, f"the file {what}", "begin it with `name:`")
        return
    builder = _Builder(document)
    document.data = builder.mapping(document.root)
    if builder.odd_keys:
        document.root, document.data = None, {}


def _step(node: yaml.Node | None, step: Step) -> tuple[int, yaml.Node] | None:
    """Return line and node of one key or index below a node."""
    if isinstance(node, yaml.MappingNode) and isinstance(step, str):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value.start_mark.line + 1, value
    return None


class _Builder:
    """Builds plain values; reports scalars that YAML reads differently from their text."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self.odd_keys = False

    def mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        """Return a mapping with text keys, each once."""
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.odd_keys = True
                self._document.report(line, "a key is not plain text", "write a plain key")
            elif key.value in lines:
                message = f"key {key.value!r} is given twice (first in line {lines[key.value]})"
                self._document.report(line, message, "remove one of the two")
            else:
                lines[key.value] = line
                values[key.value] = self.value(value)
        return values

    def value(self, node: yaml.Node) -> Any:
        """Return the plain value of a node."""
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        text, kind = str(node.value), node.tag.removeprefix(_TAG)
        if kind in {"str", "timestamp"}:
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in {"true", "yes", "on"}
        if kind == "int" and _INTEGER.fullmatch(text):
            return int(text)
        if kind == "float" and _DECIMAL.fullmatch(text):
            return float(text)
        message = f"{text!r} is not read by YAML as it is written"
        fix = f'write it in quotes: "{text}", or as a plain number'
        self._document.report(node.start_mark.line + 1, message, fix)
        return None


def known_keys(
    document: YamlDocument,
    node: yaml.MappingNode,
    known: Mapping[str, Any] | frozenset[str],
    what: str,
) -> None:
    """Report the keys of a mapping that are not known, with the nearest that is."""
    owner: tuple[str, str] | None = None
    pieces: list[yaml.Node] = []
    for key, value in node.value:
        if owner and node.flow_style and _lacks_colon(key, value):
            pieces.append(key)
            continue
        _report_cut(document, owner, pieces)
        owner, pieces = (str(key.value), str(value.value)), []
        if key.value not in known:
            message = f"unknown key {key.value!r} in {what}"
            fix = f"the nearest known key is {nearest(str(key.value), known)!r}"
            document.report(key.start_mark.line + 1, message, fix)
    _report_cut(document, owner, pieces)


def _lacks_colon(key: yaml.Node, value: yaml.Node) -> bool:
    """Return whether a flow mapping's key has neither colon nor value."""
    return value.value == "" and bool(value.start_mark.index == key.end_mark.index)


def _report_cut(
    document: YamlDocument, owner: tuple[str, str] | None, pieces: list[yaml.Node]
) -> None:
    """Report unquoted text that YAML cut at its commas, as in {physicalType: DECIMAL(18,2)}."""
    if owner is None or not pieces:
        return
    comma = "," if owner[1].upper().startswith("DECIMAL(") else ", "
    text = comma.join([owner[1], *(str(piece.value) for piece in pieces)])
    message = f"YAML cuts the unquoted text of {owner[0]!r} at its comma"
    document.report(pieces[0].start_mark.line + 1, message, f'write {owner[0]}: "{text}" in quotes')


def _error_line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return 1 if mark is None else int(mark.line) + 1


def _error_text(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None)
    return str(problem or str(error).splitlines()[0])


def _yaml_fix(error: yaml.YAMLError) -> str:
    if "'\\t'" in str(error) or "tab character" in str(error):
        return "indent with spaces, not tabs"
    return "correct it here or just above; quote text that holds a colon, comma, bracket or #"
