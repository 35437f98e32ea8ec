"""The keys of a contract: those of ODCS v3.2, and our closed sets of custom properties."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_type_hints

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    EnumValue,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Server,
)
from pydantic import BaseModel, BeforeValidator, TypeAdapter, ValidationError, WithJsonSchema

from candid_assets.contracts.catalog import Severity
from candid_assets.contracts.custom_properties import ColumnOptions, ReadOptions, TabOptions
from candid_assets.contracts.type_faults import report_faults
from candid_assets.contracts.yaml_document import Step, YamlDocument, known_keys
from candid_assets.near_names import nearest
from candid_assets.settings import Environment
from candid_assets.source_kinds.registry import KINDS

Parsed = TypeVar("Parsed", bound=BaseModel)
ClosedSet = Mapping[str, TypeAdapter[Any]]

_DURATION: Final = re.compile(r"P([1-9]\d{0,4})([DWMY])|([1-9]\d{0,4}) (day|week|month|year)s?")
_DAYS: Final = {"D": 1, "W": 7, "M": 30, "Y": 365}


def retention_days(value: object) -> object:
    """Return the days of `P90D`, `P12W`, `90 days` or `90`; a month counts 30 days, a year 365.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be days such as P90D or 90 days")
    count, unit = match[1] or match[3], match[2] or match[4][0].upper()
    return int(count) * _DAYS[unit]


Retention = Annotated[
    int,
    BeforeValidator(retention_days),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"pattern": f"^({_DURATION.pattern})$"}]}
    ),
]
ENVIRONMENTS: Final = get_args(Environment)
_WHAT: Final[dict[type[BaseModel], str]] = {
    OpenDataContractStandard: "the workbook's contract",
    SchemaObject: "the table",
    SchemaProperty: "a column",
    EnumValue: "an enum value",
    CustomProperty: "a custom property",
    DataQuality: "a quality rule",
    Server: "a server",
}


def parse(document: YamlDocument, model: type[Parsed]) -> Parsed | None:
    """Return the file as the standard's own model, or None where it does not conform."""
    if not isinstance(document.root, yaml.MappingNode):
        return None
    _walk(document, document.root, model)
    try:
        return model.model_validate(document.data, strict=True)
    except ValidationError as error:
        report_faults(document, error.errors(include_url=False))
    return None


def _walk(document: YamlDocument, node: yaml.Node, model: type[BaseModel]) -> None:
    """Report unknown keys in a mapping and in every mapping below it."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _walk(document, item, model)
    if not isinstance(node, yaml.MappingNode):
        return
    shape = _shape(model)
    what = _WHAT.get(model, f"the {model.__name__.removeprefix('Written').lower()}")
    known_keys(document, node, shape, what)
    for key, value in node.value:
        inner = shape.get(key.value)
        if inner is not None and not isinstance(value, yaml.ScalarNode):
            _walk(document, value, inner)


@cache
def _shape(model: type[BaseModel]) -> dict[str, type[BaseModel] | None]:
    """Return the keys of one of the standard's models with the models below them."""
    return {
        info.alias or name: _inner_model(info.annotation)
        for name, info in model.model_fields.items()
    }


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """Return the first model named in an annotation such as `list[Server] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, get_args(annotation))), None)


def closed_set(options: type | None = None, **more: Any) -> ClosedSet:
    """Return custom property names with the types of their values: a dataclass's fields."""
    hints = get_type_hints(options, include_extras=True) if options else {}
    named = {camel(item.name): hints[item.name] for item in fields(options)} if options else {}
    return {name: TypeAdapter(kind) for name, kind in (named | more).items()}


def option_fields(options: type) -> dict[str, str]:
    """Return the ODCS spelling of each field of a dataclass with the field's name."""
    return {camel(item.name): item.name for item in fields(options)}


def camel(name: str) -> str:
    """Return the ODCS spelling of a field: `header_row` becomes `headerRow`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


@cache
def closed_sets() -> dict[str, ClosedSet]:
    """Return the custom properties of each kind of place, built once when first needed."""
    return {
        "workbook": closed_set(volatile=bool, retention=Retention, ignore=tuple[str, ...]),
        **{server_of(k.name): closed_set(k.options) for k in KINDS.values()},
        "tab": {**closed_set(TabOptions), **closed_set(ReadOptions)},
        "model": closed_set(
            owner=str,
            kind=Literal["dimension", "fact", "mart", "history"],
            engine=Literal["spark"],
        ),
        "column of a tab": closed_set(ColumnOptions, unit=str),
        "column of a model": closed_set(unit=str),
        "destination": closed_set(metrics=tuple[str, ...]),
        "relationship": closed_set(severity=Severity),
    }


def server_of(kind: str) -> str:
    """Return the name of a kind's set of custom properties of a server."""
    return f"server of type {kind}"


def custom_values(
    document: YamlDocument,
    where: tuple[Step, ...],
    items: Sequence[CustomProperty] | None,
    place: str,
) -> dict[str, Any]:
    """Return the custom properties of one place by name, checked against its closed set."""
    known = closed_sets()[place]
    values: dict[str, Any] = {}
    for index, item in enumerate(items or ()):
        at = (*where, "customProperties", index)
        name = item.property or ""
        if name not in known:
            message = f"unknown custom property {name!r} of a {place}"
            document.fault(at, message, f"the nearest known one is {nearest(name, known)!r}")
        elif name in values:
            document.fault(at, f"custom property {name!r} is given twice", "remove one of the two")
        else:
            values[name] = _custom_value(document, at, name, item.value, known[name])
    return {name: value for name, value in values.items() if value is not None}


def custom_place(
    where: tuple[Step, ...], items: Sequence[CustomProperty] | None, name: str
) -> tuple[Step, ...]:
    """Return the path of a custom property in the file."""
    names = [item.property for item in items or ()]
    return (*where, "customProperties", names.index(name)) if name in names else where


def _custom_value(
    document: YamlDocument, at: tuple[Step, ...], name: str, value: Any, kind: TypeAdapter[Any]
) -> Any:
    """Return one custom property's value in its type, or None where it has another."""
    if isinstance(value, list):
        value = tuple(value)
    try:
        return kind.validate_python(value, strict=True)
    except ValidationError as error:
        report_faults(document, error.errors(include_url=False), (*at, "value"), name)
        return None
