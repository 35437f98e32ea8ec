"""The custom properties of contracts with types and defaults, from the classes that read them."""

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Final

from candid_assets.contracts.custom_properties import ColumnOptions, ReadOptions, TabOptions
from candid_assets.contracts.odcs_vocabulary import camel, closed_set
from candid_assets.contracts.option_meanings import option_meanings
from candid_assets.source_kinds.registry import KINDS

_KINDS: Final = {"string": "text", "integer": "whole number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Property:
    """One custom property of a place in a contract."""

    name: str
    values: str
    """Its values, in words."""
    default: str
    """The default, blank where there is none."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a contract with the custom properties that it may have."""

    title: str
    meaning: str
    properties: list[Property]


def spots() -> list[Spot]:
    """Return every place of a contract whose custom properties are options of the code."""
    return [
        _spot("A tab or table: its rows", TabOptions),
        _spot("A tab or table: how it is read", ReadOptions),
        _spot("A column", ColumnOptions),
        *(_spot(f"A server of type {k.name}", k.options) for k in KINDS.values() if k.options),
    ]


def _spot(title: str, options: type) -> Spot:
    return Spot(title, inspect.cleandoc(options.__doc__ or ""), properties_of(options))


def properties_of(options: type) -> list[Property]:
    """Return the custom properties that a dataclass of options declares, in its order."""
    meanings = option_meanings(options)
    checks = closed_set(options)
    return [
        Property(
            camel(item.name),
            _values(checks[camel(item.name)].json_schema()),
            _default(item),
            meanings.get(item.name, ""),
        )
        for item in fields(options)
    ]


def _values(schema: Mapping[str, Any]) -> str:
    """Return the values that a JSON schema allows, in words."""
    if "anyOf" in schema:
        parts = [_values(part) for part in schema["anyOf"] if part.get("type") != "null"]
        return " or ".join(parts)
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_values(schema['items'])}"
    if schema.get("type") == "object":
        return f"map to {_values(schema['additionalProperties'])}"
    kind = str(schema.get("type", ""))
    return _KINDS.get(kind, kind)


def _default(item: Field[Any]) -> str:
    value = item.default if item.default_factory is MISSING else item.default_factory()
    if value is None or value is MISSING or value == {}:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
