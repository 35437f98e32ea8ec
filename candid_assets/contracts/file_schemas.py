"""JSON Schemas of the catalog's files and of the owners', from what reads them, for editors."""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject
from pydantic import BaseModel, TypeAdapter

from candid_assets.atomic_files import write_whole
from candid_assets.compiled_files import compiled_file, hash_of, keep_compiled
from candid_assets.contracts.column_rules import COLUMN_RULES
from candid_assets.contracts.column_types import LOGICAL_TYPES
from candid_assets.contracts.compiled_catalog import CATALOG_CODE
from candid_assets.contracts.custom_properties import ColumnOptions, ReadOptions, TabOptions
from candid_assets.contracts.metrics.metricflow import MetricFile
from candid_assets.contracts.odcs_vocabulary import (
    ENVIRONMENTS,
    ClosedSet,
    camel,
    closed_sets,
    server_of,
)
from candid_assets.contracts.option_meanings import option_meanings
from candid_assets.contracts.owner_channels import OwnerChannels
from candid_assets.names import HUB, SPOKES
from candid_assets.source_kinds.registry import KINDS

FOLDER: Final = ".schemas"
"""Folder of the catalog that holds them; what begins with a dot declares nothing."""
Json = dict[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TERM: Final = {"term": str, "indonesian": str, "meaning": str}
"""The keys of a term of the company's glossary."""


def file_schemas() -> dict[str, Json]:
    """Return the schema of each kind of file by the kind's name."""
    return {
        "workbook": _workbook(),
        "tab": _table("tab", "column of a tab", ("physicalName",)),
        "model": _table("model", "column of a model", ("customProperties",)),
        "metrics": _titled("Metrics of a spoke", _strict(MetricFile)),
        "destination": _destination(),
        "glossary": _glossary(),
        "owners": _owners(),
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the files that changed."""
    written = []
    for name, text in schema_texts().items():
        path = folder / f"{name}.json"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
            written.append(path)
    return written


@cache
def schema_texts() -> dict[str, str]:
    """Return the text of each schema; those of the same code are kept for the next process."""
    source, key = Path(__file__), hash_of((), *CATALOG_CODE)
    kept = compiled_file(source, key)
    if kept is not None:
        return dict(json.loads(kept))
    texts = {
        name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in file_schemas().items()
    }
    keep_compiled(source, key, json.dumps(texts).encode())
    return texts


def schema_line(kind: str, depth: int) -> str:
    """Return the comment by which an editor finds a file's schema.

    Args:
        kind: The kind of file.
        depth: How many folders below the catalog the file lies.
    """
    return f"# yaml-language-server: $schema={'../' * depth}{FOLDER}/{kind}.json"


def _workbook() -> Json:
    schema = _strict(OpenDataContractStandard)
    _describe_head(schema, "workbook")
    del schema["properties"]["schema"]
    schema["properties"]["domain"] = {"enum": [HUB, *SPOKES]}
    sets = (closed_sets()[server_of(kind)] for kind in KINDS)
    options: ClosedSet = {name: kind for closed in sets for name, kind in closed.items()}
    meanings = {k: v for kind in KINDS.values() for k, v in _meanings(kind.options).items()}
    _allow(schema["$defs"]["Server"], options, meanings)
    schema["required"] += ["name", "version", "status", "domain", "team", "servers"]
    return _titled("A workbook's head", schema)


def _destination() -> Json:
    schema = _strict(OpenDataContractStandard)
    _describe_head(schema, "destination")
    return _titled("A destination of published tables", schema)


def _describe_head(schema: Json, place: str) -> None:
    """Say what a document of the standard must hold here, with its custom properties."""
    _allow(schema, closed_sets()[place])
    schema["properties"]["kind"] = {"const": "DataContract"}
    schema["properties"]["apiVersion"] = {"type": "string", "pattern": r"^v3\."}
    schema["$defs"]["Server"]["properties"]["environment"] = {"enum": list(ENVIRONMENTS)}
    schema["required"] = ["apiVersion", "kind", "id", "description"]


def _table(place: str, column: str, required: tuple[str, ...]) -> Json:
    """Return the schema of a tab's or model's file."""
    schema = _strict(SchemaObject)
    meanings = _meanings(TabOptions) | _meanings(ReadOptions)
    _allow(schema, closed_sets()[place], meanings)
    schema["required"] = ["name", "description", "properties", *required]
    item = schema["$defs"]["SchemaProperty"]
    _allow(item, closed_sets()[column], _meanings(ColumnOptions))
    item["properties"]["logicalType"] = {"enum": list(LOGICAL_TYPES)}
    rules: dict[str, Json] = {rule.key: {} for rule in COLUMN_RULES if not rule.of_column}
    item["properties"]["logicalTypeOptions"] = _object(rules)
    item["required"] = ["name", "logicalType"]
    _allow(schema["$defs"]["Relationship"], closed_sets()["relationship"])
    schema["$defs"]["DataQuality"]["properties"]["severity"] = {"enum": ["error", "warning"]}
    return _titled(f"A {place} and its columns", schema)


def _glossary() -> Json:
    term = _object({name: _schema_of(TypeAdapter(kind)) for name, kind in _TERM.items()})
    term["required"] = ["term", "meaning"]
    return _titled("The company's words", {"type": "array", "items": term})


def _owners() -> Json:
    """Return the schema of the file that CANDID_OWNERS_FILE names."""
    return _titled(
        "Where owners hear of the cells of their tabs",
        {"type": "object", "additionalProperties": _strict(OwnerChannels)},
    )


def _titled(title: str, schema: Json) -> Json:
    return {"$schema": _DIALECT, "title": title, **schema}


def _strict(model: type[BaseModel]) -> Json:
    """Return a class's schema, in which a key that the class lacks is refused."""
    schema: Json = model.model_json_schema(by_alias=True)
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            part["additionalProperties"] = False
    return dict(_plain(schema))


def _plain(schema: Any, *, of_names: bool = False) -> Any:
    """Return a schema without titles made of names, and without defaults that are blank."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {
        key: _plain(value, of_names=key in {"properties", "$defs"} and not of_names)
        for key, value in schema.items()
        if of_names or not (key == "title" or (key == "default" and not value))
    }
    if isinstance(kept.get("description"), str) and not of_names:
        kept["description"] = " ".join(kept["description"].split())
    return kept


def _object(properties: Mapping[str, Json]) -> Json:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _allow(part: Json, known: ClosedSet, meanings: Mapping[str, str] | None = None) -> None:
    """Make the custom properties of a place those that it may have, each with its values."""
    said = meanings or {}
    names = [
        {"const": name, **({"description": said[name]} if name in said else {})} for name in known
    ]
    keys = {key: {"type": "string"} for key in ("id", "description", "vendor")}
    item = _object({"property": {"oneOf": names}, "value": {}, **keys})
    item["required"] = ["property", "value"]
    item["allOf"] = [
        {
            "if": {"properties": {"property": {"const": name}}},
            "then": {"properties": {"value": _schema_of(kind)}},
        }
        for name, kind in known.items()
    ]
    part["properties"]["customProperties"] = {"type": "array", "items": item}


def _schema_of(kind: TypeAdapter[Any]) -> Json:
    return dict(_plain(kind.json_schema()))


def _meanings(options: type) -> dict[str, str]:
    """Return what each option means by its spelling in a file."""
    said = option_meanings(options)
    return {camel(item.name): said[item.name] for item in fields(options) if item.name in said}
