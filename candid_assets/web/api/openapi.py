"""Builds the OpenAPI 3.1 document from the declared relations, metrics and answer schemas."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.web.api.formula_texts import FORMULAS
from candid_assets.web.api.query_parameters import (
    MOST_OFFSET,
    MOST_ROWS,
    OWN,
    ROWS,
    operators,
)
from candid_assets.web.api.relations import CELLS, CHECKS, LEDGER, SERIES, Relation, RelationColumn
from candid_assets.web.api.responses import MEDIA, Limits
from candid_assets.web.api.schemas import LISTED, MOST_LISTED, SHAPES
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.api.value_schemas import TYPES, condition_schemas

ROOT: Final = "/api/v1"
_LAYERS: Final = "|".join(("ready", "clean", *SOURCES))
_NAME: Final = rf"^({_LAYERS})[./][^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*$"
_PROBLEMS: Final[Mapping[str, str]] = {
    "401": "No token, or none that is known.",
    "4XX": "Not understood, not known, too much: the detail says what, and the fix.",
    "503": "Nothing is published yet.",
}


def openapi(snapshot: Snapshot, limits: Limits) -> dict[str, Any]:
    """Return the OpenAPI document of a snapshot."""
    _, schemas = models_json_schema(
        [(shape, "serialization") for shape in SHAPES],
        ref_template="#/components/schemas/{model}",
    )
    components = {
        "schemas": {**schemas["$defs"], **_rows_of(snapshot), **condition_schemas()},
        "responses": {status: _problem(description) for status, description in _PROBLEMS.items()},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "parameters": _shared(),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "candid",
            "version": version("candid-assets"),
            "description": (
                f"What environment {snapshot.env} has published, read-only. Decimals are text in "
                "JSON, to the last digit. Every answer has an ETag of the published snapshot: send "
                "it as If-None-Match and 304 says that nothing is new. An answer has at most "
                f"{MOST_ROWS:,} rows and takes at most {limits.seconds:g} seconds; `next` and the "
                "Link header lead to the following rows. Get a token with `candid users token "
                "NAME`; a browser that is logged in needs none."
            ),
        },
        "security": [{"token": []}],
        "paths": {f"{ROOT}{path}": item for path, item in _paths(snapshot)},
        "components": components,
    }


def _paths(snapshot: Snapshot) -> Iterable[tuple[str, dict[str, Any]]]:
    yield "/openapi.json", _get("openapi", "This document.", [], {"type": "object"})
    yield "/tables", _get("tables", "Every table with its columns.", [], _ref("Tables"))
    for relation in snapshot.tables.values():
        yield f"/tables/{relation.name}", _relation_path(relation, f"rows_{relation.name}")
    yield "/metrics", _get("metrics", "Every metric.", [], _ref("Metrics"))
    for metric in snapshot.catalog.registry.metrics:
        yield f"/metrics/{metric.name}", _metric_path(metric)
        yield f"/metrics/{metric.name}/cells", _cells_path(metric)
    if names := [metric.name for metric in snapshot.catalog.registry.metrics]:
        name = _in_path("name", {"type": "string", "enum": names}, "Name of the metric.")
        summary = "The definition of a metric."
        yield "/metrics/{name}/definition", _get("definition", summary, [name], _ref("Definition"))
    of = _in_path("name", {"type": "string", "pattern": _NAME}, "`ready.TABLE[.COLUMN]`, "
                  f"`clean.TABLE[.COLUMN]` or a source's `{SOURCES[0]}/TABLE.HEADER`.")  # fmt: skip
    way = _query("direction", {"type": "string", "enum": ["up", "down"]}, "Up to the sources, or "
                 "down to what hangs on it; a header goes down by itself.")  # fmt: skip
    yield "/lineage/{name}", _get("lineage", "Lineage.", [of, way], _ref("Lineage"))
    yield "/quality", _relation_path(CHECKS, "checks")
    yield "/quality/ledger", _relation_path(LEDGER, "ledger")
    yield "/quality/cells", _relation_path(CELLS, "cells")
    yield "/quality/health", _get("health", "Freshness and failures.", [], _ref("Health"))


def _relation_path(relation: Relation, name: str) -> dict[str, Any]:
    own = [
        _listed("columns", [f.name for f in relation.fields], "Columns to answer; all without."),
        _listed("sort", [f"{sign}{f.name}" for f in relation.fields for sign in ("", "-")],
                "Columns to sort by; - for descending."),
        *_paging(),
    ]  # fmt: skip
    conditions = [c for field in relation.fields for c in _conditions(field)]
    return _get(name, relation.description, [*own, *conditions], _page(relation), rows=True)


def _conditions(field: RelationColumn) -> Iterable[dict[str, Any]]:
    """Yield the query parameters that select rows by a column."""
    equal = f"{field.name}.eq" if field.name in OWN else field.name
    many = _ref(f"asked.{field.kind}.list")
    yield {**_query(equal, many, f"One of these. {field.description}".strip()), **_EXPLODED}
    for operator in operators(field.kind):
        name = f"{field.name}.{operator}"
        if operator == "null":
            yield _query(name, {"type": "boolean"})
        elif operator == "ne":
            yield {**_query(name, many), **_EXPLODED}
        else:
            yield _query(name, _ref(f"asked.{field.kind}"))


_OF_SERIES: Final = ("metric", "grain", "dimension")
_EXPLODED: Final = {"style": "form", "explode": True}


def _of_metric(metric: Metric) -> tuple[dict[str, Any], ...]:
    """Return the parameters that say which values of a metric are asked for."""
    dimensions = [TOTAL, *metric.dimensions]
    return (
        _query("grain", {"type": "string", "enum": list(metric.grains)}, "The first without."),
        _query("dimension", {"type": "string", "enum": dimensions}, "The undivided value without."),
        _query("member", _ref("asked.string"), "A member of the dimension."),
    )


def _cells_path(metric: Metric) -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": LISTED}
    parameters = [
        *_of_metric(metric),
        _query("period", _ref("asked.date"), "First day; the last complete period without."),
        _query("limit", limit, "Rows of each input that are listed, at most."),
    ]
    summary = f"The rows and cells that a value of {metric.label} is computed from."
    return _get(f"cells_of_{metric.name}", summary, parameters, _ref("MetricCellsShape"))


def _metric_path(metric: Metric) -> dict[str, Any]:
    parameters = (
        *_of_metric(metric),
        _query("from", _ref("asked.date"), "First period."),
        _query("to", _ref("asked.date"), "Last period."),
    )
    summary = f"{metric.label}: {metric.description}"
    return _get(
        f"series_{metric.name}",
        summary,
        [*parameters, *_paging()],
        _page(SERIES, _OF_SERIES),
        rows=True,
    )


def _shared() -> dict[str, Any]:
    forms = {"type": "string", "enum": list(MEDIA)}
    formulas = {"type": "string", "enum": list(FORMULAS), "default": FORMULAS[0]}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}
    offset = {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET, "default": 0}
    seen = {"type": "string", "minLength": 1}
    parameters = (
        _query("limit", limit, "Rows of the answer, at most."),
        _query("offset", offset, "Rows to leave out before."),
        _query("format", forms, "Instead of Accept."),
        _query(
            "formulas", formulas, "Of texts in CSV that a program such as Excel would calculate."
        ),
        _query(
            "snapshot", seen, "The snapshot of the first page; 409 if it is no longer published."
        ),
    )
    return {parameter["name"]: parameter for parameter in parameters}


def _paging() -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in _shared()]


def _query(name: str, schema: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "schema": schema}
    return {**parameter, "description": description} if description else parameter


def _in_path(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        "description": description,
    }


def _listed(name: str, choices: Sequence[str], description: str) -> dict[str, Any]:
    items = {"type": "string", "enum": list(choices)}
    schema = {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}
    return {**_query(name, schema, description), "style": "form", "explode": False}


def _get(
    name: str,
    summary: str,
    parameters: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any],
    *,
    rows: bool = False,
) -> dict[str, Any]:
    content: dict[str, Any] = {MEDIA["json"]: {"schema": schema}}
    if rows:
        content[MEDIA["csv"]] = {"schema": {"type": "string"}}
        content[MEDIA["arrow"]] = {"schema": {"type": "string", "format": "binary"}}
    headers = {"ETag": {"schema": {"type": "string"}}}
    answers: dict[str, Any] = {
        "200": {"description": summary, "content": content, "headers": headers},
        "304": {"description": "Nothing new since If-None-Match."},
    }
    answers |= {s: {"$ref": f"#/components/responses/{s}"} for s in _PROBLEMS}
    return {
        "get": {
            "operationId": name.replace(".", "_"),
            "summary": summary,
            "parameters": list(parameters),
            "responses": answers,
        }
    }


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _page(relation: Relation, around: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of a page of a relation's rows."""
    head = {name: {"type": "string"} for name in ("snapshot", "env", *around)}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*head, "count", "next", "rows"],
        "properties": {
            **head,
            "count": {"type": "integer"},
            "next": {"type": ["string", "null"]},
            "rows": {"type": "array", "items": _ref(f"row.{relation.name}")},
        },
    }


def _rows_of(snapshot: Snapshot) -> dict[str, Any]:
    relations = {r.name: r for r in (*snapshot.tables.values(), CHECKS, LEDGER, CELLS)}
    schemas = {f"row.{name}": _row(relation) for name, relation in relations.items()}
    if snapshot.catalog.registry.metrics:
        # The rows of a series are some of the columns of the table that holds all of them.
        schemas.setdefault(f"row.{SERIES.name}", _row(SERIES))
    return schemas


def _row(relation: Relation) -> dict[str, Any]:
    columns = {field.name: _value(field) for field in relation.fields}
    return {"type": "object", "additionalProperties": False, "properties": columns}


def _value(field: RelationColumn) -> dict[str, Any]:
    kind: dict[str, Any] = dict(TYPES[field.kind]) if field.exact else {"type": "number"}
    if field.nullable or not field.key:
        # A check that only warns lets blanks of a required column be published.
        kind["type"] = [kind["type"], "null"]
    return {**kind, "description": f"{field.description} {kind.get('description', '')}".strip()}
