"""JSON Schemas of the values in answers and in the conditions of questions, by logical type."""

from collections.abc import Mapping
from typing import Any, Final

from candid_assets.web.api.query_parameters import MOST_INTEGER, MOST_VALUES

_DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?$"
_MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"
_CLOCK: Final = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"
TYPES: Final[Mapping[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "format": "int64"},
    "number": {"type": "string", "pattern": _DECIMAL, "description": "An exact decimal, as text."},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "pattern": _MOMENT},
    "time": {"type": "string", "pattern": _CLOCK},
}
_CONDITION_VALUES: Final[Mapping[str, dict[str, Any]]] = {
    **TYPES,
    "string": {"type": "string", "pattern": "^[^\\x00]*$"},
    "integer": {"type": "integer", "minimum": -MOST_INTEGER, "maximum": MOST_INTEGER},
    "number": {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"},
    "timestamp": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"},
}
"""The schema of a value in a condition, by the logical type of the column."""


def condition_schemas() -> dict[str, Any]:
    """Return the schemas of one value and of several values of a condition, by component name."""
    one = {f"asked.{kind}": schema for kind, schema in _CONDITION_VALUES.items()}
    many = {
        f"asked.{kind}.list": {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/asked.{kind}"},
            "minItems": 1,
            "maxItems": MOST_VALUES,
        }
        for kind in _CONDITION_VALUES
    }
    return {**one, **many}
