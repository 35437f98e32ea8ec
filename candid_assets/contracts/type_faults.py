"""Values of the wrong type, in the words of the file that holds them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import ErrorDetails

from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

_KINDS: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    **dict.fromkeys(
        ("mapping_type", "model_type", "model_attributes_type", "dict_type"), "keys with values"
    ),
}
"""What a value had to be, by the kind of error."""
_COUNTS: Final = {"too_short": "has too few items", "too_long": "has too many items"}


def report_faults(
    document: YamlDocument,
    errors: Iterable[ErrorDetails],
    at: tuple[Step, ...] = (),
    name: str | None = None,
) -> None:
    """Report each value that has not the type it needs, once, whatever it could have been.

    Args:
        document: The file.
        errors: What the type's own check found.
        at: The place of the value that was checked.
        name: What the value is called, where it is not called by its key.
    """
    faults: dict[tuple[Step, ...], list[ErrorDetails]] = {}
    for error in errors:
        within = error["loc"][:-1] if error["type"] == "missing" else error["loc"]
        faults.setdefault(_place(document, (*at, *within)), []).append(error)
    for place, alternatives in faults.items():
        deeper = any(len(p) > len(place) and p[: len(place)] == place for p in faults)
        _report(document, place, alternatives, _title(place, name), has_faults_below=deeper)


def _place(document: YamlDocument, where: Sequence[object]) -> tuple[Step, ...]:
    """Return the part of a path that the file has, without the names of types between its keys."""
    value: Any = document.data
    steps: list[Step] = []
    for step in where:
        inside = isinstance(value, Mapping) and step in value
        if inside or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            value = value[step]
            steps.append(step)  # type: ignore[arg-type] # keys are texts, items are numbered
    return tuple(steps)


def _title(place: tuple[Step, ...], name: str | None) -> str:
    """Return what a value is called in a message."""
    key = name or next((step for step in reversed(place) if isinstance(step, str)), None)
    item = "an item of " if place and isinstance(place[-1], int) else ""
    return f"{item}{key!r}" if key else "the file"


def _report(
    document: YamlDocument,
    place: tuple[Step, ...],
    alternatives: Sequence[ErrorDetails],
    title: str,
    *,
    has_faults_below: bool,
) -> None:
    """Report what is wrong with one value, which may be allowed to be of several types."""
    missing = [str(error["loc"][-1]) for error in alternatives if error["type"] == "missing"]
    for key in dict.fromkeys(missing):
        document.report(document.line(*place), f"{title} needs {key!r}", f"add {key}:")
    if missing or has_faults_below:
        return  # It is of the type whose keys it has; that it is of no other is no fault.
    value = alternatives[0]["input"]
    rest = [error for error in alternatives if error["type"] not in _KINDS]
    kinds = dict.fromkeys(_KINDS[e["type"]] for e in alternatives if e["type"] in _KINDS)
    if "a number" in kinds:
        kinds.pop("a whole number", None)
    musts = [in_words(error) for error in rest]
    if kinds:
        musts.insert(0, f"must be {' or '.join(kinds)}")
    musts = [musts[0], *(must.removeprefix("must be ") for must in musts[1:])]
    document.fault(place, f"{title} {' or '.join(dict.fromkeys(musts))}", _fix(alternatives, value))


def in_words(error: ErrorDetails) -> str:
    """Return what is wrong with one value, in the words of the file that holds it."""
    if error["type"] in _KINDS:
        return f"must be {_KINDS[error['type']]}"
    text = error["msg"].replace("Input should", "must").removeprefix("Value error, ")
    return _COUNTS.get(error["type"], text)


def _fix(alternatives: Sequence[ErrorDetails], value: object) -> str:
    """Return what to write instead of a value."""
    shown = _shown(value)
    if [error["type"] for error in alternatives] == ["string_type"] and not isinstance(
        value, dict | list | tuple
    ):
        return f"put {shown} in quotes"
    choices = [c for e in alternatives if e["type"] == "literal_error" for c in _choices(e)]
    near = nearest(value, choices, 0.5) if isinstance(value, str) and choices else None
    return f"write {near} instead of {shown}" if near else f"correct {shown}"


def _choices(error: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _shown(value: Any) -> str:
    """Return a value as the file's author wrote it, cut to a readable length."""
    if value is None:
        return "the blank"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
