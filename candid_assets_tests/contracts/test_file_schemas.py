"""The JSON Schemas for editors say of the catalog's files what the platform says of them."""

import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from candid_assets.contracts import file_schemas as schemas
from candid_assets.contracts.file_schemas import FOLDER, file_schemas, schema_line, write_schemas
from candid_assets.contracts.yaml_document import read_document
from candid_assets.settings import PACKAGE
from candid_assets_tests.contracts.metrics.small_metrics import SALES_METRICS
from candid_assets_tests.contracts.small_catalog import DIM_YAML, HEAD, ORDERS

CATALOG = PACKAGE / "catalog"
SCHEMAS = file_schemas()
OWNERS = "team:sales-ops:\n  channels: [rina@example.com]\n  language: en\n"
KINDS = {"models": "model", "metrics": "metrics", "destinations": "destination"}


def kind_of(path: Path) -> str:
    first = path.relative_to(CATALOG).parts[0]
    if first == "workbooks":
        return "workbook" if path.name == "contract.yaml" else "tab"
    return KINDS.get(first, "glossary")


def faults(kind: str, content: Any) -> list[str]:
    checker = jsonschema.Draft202012Validator(SCHEMAS[kind])
    return [error.message for error in checker.iter_errors(content)]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_valid_itself(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("kind", sorted(set(SCHEMAS) - {"owners"}))
def test_every_file_of_the_catalog_conforms(kind: str) -> None:
    paths = [path for path in CATALOG.rglob("*.yaml") if kind_of(path) == kind]
    assert paths
    for path in paths:
        listed = kind == "glossary"
        content = yaml.safe_load(path.read_text()) if listed else read_document(path).data
        assert faults(kind, content) == [], path


@pytest.mark.parametrize(
    ("kind", "text", "old", "new"),
    [
        ("owners", OWNERS, "channels", "channel"),
        ("owners", OWNERS, "language: en", "language: nl"),
        ("owners", OWNERS, "[rina@example.com]", "rina@example.com"),
        ("workbook", HEAD, "domain: sales", "domain: saless"),
        ("workbook", HEAD, "status: active", "state: active"),
        ("workbook", HEAD, "property: volatile", "property: volatil"),
        ("workbook", HEAD, "environment: staging", "environment: stage"),
        ("workbook", HEAD, "kind: DataContract", "kind: Contract"),
        ("tab", ORDERS, "physicalName: \"Order Harian\"", "title: Order Harian"),
        ("tab", ORDERS, "property: headerRow, value: 3", "property: headerRow, value: three"),
        ("tab", ORDERS, "value: keep_last", "value: keep_all"),
        ("tab", ORDERS, "severity: error", "severity: fatal"),
        ("tab", ORDERS, "logicalType: date", "logicalType: day"),
        ("tab", ORDERS, "exclusiveMaximum: 1.5", "below: 1.5"),
        ("model", DIM_YAML, "value: dimension", "value: dim"),
        ("model", DIM_YAML, "property: owner, value: team:sales-ops", "property: own, value: x"),
        ("metrics", SALES_METRICS, "agg: count_distinct", "agg: distinct"),
        ("metrics", SALES_METRICS, "label: Growth", "labell: Growth"),
        ("metrics", SALES_METRICS, "type: ratio", "type: share"),
        ("metrics", SALES_METRICS, "target: {month: 1000}", "target: {moon: 1000}"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_by_the_schema(kind: str, text: str, old: str, new: str) -> None:
    assert text.count(old) >= 1
    assert faults(kind, yaml.safe_load(plain(text))) == []
    assert faults(kind, yaml.safe_load(plain(text.replace(old, new)))) != []


def plain(text: str) -> str:
    """Return YAML with days and versions as texts, as the catalog's reader takes them."""
    return re.sub(r"(?<!\")\b(\d{4}-\d{2}-\d{2})\b", r'"\1"', text)


def test_a_custom_property_is_described() -> None:
    choices = SCHEMAS["tab"]["properties"]["customProperties"]["items"]["properties"]["property"]
    described = {c["const"]: c.get("description", "") for c in choices["oneOf"]}
    assert described["headerRow"].startswith("Sheet row of the header")
    assert all(described.values())


def test_they_are_written_once_and_found_by_the_line_of_a_file(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / FOLDER)
    assert {path.stem for path in written} == set(SCHEMAS)
    assert write_schemas(tmp_path / FOLDER) == []
    contract = tmp_path / "workbooks" / "toko" / "stok.yaml"
    address = schema_line("tab", 2).partition("$schema=")[2]
    assert (contract.parent / address).resolve() == tmp_path / FOLDER / "tab.json"


def test_the_next_process_takes_those_of_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    schemas.schema_texts.cache_clear()
    first = schemas.schema_texts()
    monkeypatch.setattr(schemas, "file_schemas", dict)
    schemas.schema_texts.cache_clear()
    assert schemas.schema_texts() == first
    monkeypatch.setattr(schemas, "CATALOG_CODE", ("names.py",))
    schemas.schema_texts.cache_clear()
    assert schemas.schema_texts() == {}
    schemas.schema_texts.cache_clear()
