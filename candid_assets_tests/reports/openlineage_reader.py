"""Reads an OpenLineage event back into the classes of the standard's client, strictly.

The client's classes are generated from the standard's JSON schemas; a key that a class does not
have, a value of another type or a missing one is an error. A facet names its class by its schema.
"""

import inspect
import types
import typing
from enum import Enum
from typing import Any

import attr
from openlineage.client import facet_v2
from openlineage.client.generated import base

FACETS = {
    item._get_schema(): item
    for module in vars(facet_v2).values()
    if inspect.ismodule(module)
    for item in vars(module).values()
    if inspect.isclass(item) and issubclass(item, base.BaseFacet)
}


def read_event(event: dict[str, Any]) -> base.RunEvent:
    """Return an event as the client's classes hold it."""
    assert event["schemaURL"] == base.RunEvent._get_schema()
    return _read(base.RunEvent, event)


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        wanted = [item for item in arguments if item is not type(None)]
        return None if value is None else _read(wanted[0], value)
    if origin is list:
        return [_read(arguments[0], item) for item in value]
    if origin is dict:
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if inspect.isclass(kind) and attr.has(kind):
        return _read_class(kind, value)
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return kind(value)
    assert kind is Any or type(value) is kind, (kind, value)
    return value


def _read_class(kind: Any, value: dict[str, Any]) -> Any:
    if issubclass(kind, base.BaseFacet):
        facet_class = FACETS[value["_schemaURL"]]
        assert issubclass(facet_class, kind), (facet_class, kind)
        assert value["_producer"]
        kind = facet_class
    known = vars(typing) | vars(base) | vars(inspect.getmodule(kind))
    hints = typing.get_type_hints(kind, known)
    fields = {field.name: field for field in attr.fields(kind)}
    assert set(value) <= set(fields), set(value) - set(fields)
    given = {k: _read(hints[k], v) for k, v in value.items() if fields[k].init}
    return kind(**{key.lstrip("_"): item for key, item in given.items()})
