"""Writes the catalog as complete ODCS documents: one for each workbook, one for each ready spoke.

In the catalog a tab's schema object has a file of its own and its workbook's head another, and a
foreign key names a table of any workbook. A complete document holds head and tabs together, gives
every table and column a stable id, and names a table of another document by that document's file.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import yaml

from candid_assets.contracts.catalog import Catalog, Column, Model, Tab, Workbook
from candid_assets.contracts.fingerprint import fingerprint
from candid_assets.contracts.yaml_document import read_document
from candid_assets.names import HUB, SNAPSHOT_FILE, SPOKES

VERSION: Final = "v3.2.0"


def odcs_documents(catalog: Catalog) -> dict[str, str]:
    """Return every document as YAML, by its file name."""
    places = dict(_places(catalog))
    documents: dict[str, dict[str, Any]] = {}
    for workbook in catalog.workbooks:
        documents[f"{workbook.name}.yaml"] = _workbook(workbook, places)
    for spoke in (HUB, *SPOKES):
        models = [model for model in catalog.models if model.spoke == spoke]
        if models:
            documents[_ready_file(spoke)] = _spoke(spoke, models, places)
    return {name: _as_yaml(document) for name, document in documents.items()}


def _places(catalog: Catalog) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield every table with the file and the name under which its document holds it."""
    for tab in catalog.tabs:
        yield tab.table, (f"{tab.workbook}.yaml", tab.name)
    for model in catalog.models:
        yield model.name, (_ready_file(model.spoke), model.name)


def _ready_file(spoke: str) -> str:
    return f"ready_{spoke}.yaml"


def _workbook(workbook: Workbook, places: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    head = dict(read_document(workbook.path).data)
    head["apiVersion"] = VERSION
    file = f"{workbook.name}.yaml"
    head["schema"] = [_tab(tab, file, places) for tab in workbook.tabs]
    return head


def _tab(tab: Tab, file: str, places: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    declared = read_document(tab.path).data
    return _schema_object(declared, tab.columns, file, places, "sheet")


def _spoke(
    spoke: str, models: list[Model], places: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    file = _ready_file(spoke)
    stamp = fingerprint(*(model.fingerprint for model in models))[:12]
    owner = models[0].owner.removeprefix("team:")
    what = "dimensions that every spoke shares" if spoke == HUB else f"facts and marts of {spoke}"
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": f"ready_{spoke}",
        "name": f"Ready tables of {spoke}",
        # No number is kept by hand: the build part changes with any of the tables.
        "version": f"1.0.0+{stamp}",
        "status": "active",
        "domain": spoke,
        "description": {"purpose": f"The {what}, as readers query them in the schema ready."},
        "team": {"name": owner},
        "servers": [
            {"server": "published", "type": "duckdb", "database": SNAPSHOT_FILE, "schema": "ready"}
        ],
        "schema": [_model(model, file, places) for model in models],
    }


def _model(model: Model, file: str, places: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    own_file = model.path.stem == model.name and model.path.is_file()
    declared = read_document(model.path).data if own_file else _declared(model)
    return _schema_object(declared, model.columns, file, places, "table")


def _declared(model: Model) -> dict[str, Any]:
    """Return the declaration of a table without a file of its own, such as the metrics' tables."""
    custom = {"kind": model.kind, "owner": model.owner}
    return {
        "name": model.name,
        "description": model.description,
        "dataGranularityDescription": model.grain,
        "customProperties": [{"property": k, "value": v} for k, v in custom.items()],
        "properties": [
            {
                "name": column.name,
                "required": column.required,
                **({"primaryKey": True} if column.primary_key_position is not None else {}),
                "description": column.description,
            }
            for column in model.columns
        ],
    }


def _schema_object(
    declared: Mapping[str, Any],
    columns: tuple[Column, ...],
    file: str,
    places: Mapping[str, tuple[str, str]],
    kind: str,
) -> dict[str, Any]:
    """Return a table with the defaults that its file omits written out."""
    rest = {key: value for key, value in declared.items() if key not in {"name", "properties"}}
    if declared.get("quality"):
        rest["quality"] = [_rule(rule) for rule in declared["quality"]]
    by_name = {item["name"]: item for item in declared["properties"]}
    return {
        "id": declared["name"],
        "name": declared["name"],
        "logicalType": "object",
        "physicalType": kind,
        **rest,
        "properties": [_property(by_name[c.name], c, file, places) for c in columns],
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a quality rule; a range of one number is an equality in the standard's schema."""
    low, high = rule.get("mustBeBetween") or (None, None)
    if low is None or low != high:
        return dict(rule)
    return {"mustBe" if k == "mustBeBetween" else k: rule[k] for k in rule} | {"mustBe": low}


def _property(
    declared: Mapping[str, Any],
    column: Column,
    file: str,
    places: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    exported: dict[str, Any] = {
        "id": column.name,
        **declared,
        "logicalType": column.logical_type,
        "physicalType": column.physical_type,
        "required": column.required,
    }
    if column.primary_key_position is not None:
        exported["primaryKeyPosition"] = column.primary_key_position
    if column.reference is not None:
        relation = dict(declared["relationships"][0])
        other, table = places[column.reference.table]
        target = column.reference.column
        near = f"{table}.{target}"
        far = f"{other}#schema/{table}/properties/{target}"
        relation["to"] = near if other == file else far
        exported["relationships"] = [relation]
    return exported


def _as_yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(
        _plain(document), allow_unicode=True, sort_keys=False, width=100, default_flow_style=False
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: dates are texts in the standard's schema."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
