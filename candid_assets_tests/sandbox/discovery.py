"""Google's own discovery documents as JSON Schema, strict: no unknown property passes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
from jsonschema import Draft202012Validator

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_FORMATS = {
    "int64": {"type": "string", "pattern": "^-?[0-9]+$"},
    "date-time": {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$",
    },
    "int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
}


@cache
def document(name: str) -> dict[str, Any]:
    """Return a discovery document, such as `sheets.v4`."""
    content: dict[str, Any] = json.loads((_DOCUMENTS / f"{name}.json").read_text())
    return content


def validator(name: str, schema: str) -> Draft202012Validator:
    """Return a validator for one of the document's schemas."""
    known = document(name)["schemas"]
    return Draft202012Validator(
        {
            "$ref": f"#/$defs/{schema}",
            "$defs": {title: _converted(content) for title, content in known.items()},
        }
    )


def method(name: str, *path: str) -> dict[str, Any]:
    """Return a method's description: `method("sheets.v4", "spreadsheets", "values", "get")`."""
    place = document(name)
    for resource in path[:-1]:
        place = place["resources"][resource]
    content: dict[str, Any] = place["methods"][path[-1]]
    return content


def query_parameters(described: dict[str, Any]) -> set[str]:
    """Return the names a method takes in its query."""
    return {k for k, v in described["parameters"].items() if v["location"] == "query"}


def _converted(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    if schema.get("type") == "any":
        return {}
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    made: dict[str, Any] = {"type": schema["type"]}
    if "enum" in schema:
        made["enum"] = schema["enum"]
    if "items" in schema:
        made["items"] = _converted(schema["items"])
    if schema["type"] == "object":
        made["properties"] = {k: _converted(v) for k, v in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties")
        made["additionalProperties"] = _converted(more) if more else False
    return made
