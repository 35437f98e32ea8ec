"""The answers of `/tables` and `/metrics`: the published tables and the declared metrics."""

from typing import Any

from candid_assets.web.api.openapi import ROOT
from candid_assets.web.api.schemas import Metrics, Tables
from candid_assets.web.api.snapshots import Snapshot


def tables_listed(snapshot: Snapshot) -> dict[str, Any]:
    """Return the answer of `/tables`: every published table with its columns."""
    tables = []
    for relation in snapshot.tables.values():
        rows, built = snapshot.built.get(relation.name, (None, None))
        columns = [
            {
                "name": field.name,
                "type": field.kind,
                "description": field.description,
                "nullable": field.nullable,
                "key": field.key,
                "unit": field.unit,
            }
            for field in relation.fields
        ]
        tables.append(
            {
                "name": relation.name,
                "description": relation.description,
                "grain": relation.grain,
                "owner": relation.owner,
                "row_count": rows,
                "built_at": built,
                "href": f"{ROOT}/tables/{relation.name}",
                "columns": columns,
            }
        )
    return Tables.model_validate(
        {"snapshot": snapshot.id, "env": snapshot.env, "tables": tables}
    ).model_dump(mode="json")


def metrics_listed(snapshot: Snapshot) -> dict[str, Any]:
    """Return the answer of `/metrics`: every declared metric."""
    from candid_assets.metrics.lookup import summary

    metrics = [
        {
            **summary(metric),
            "description": metric.description,
            "href": f"{ROOT}/metrics/{metric.name}",
        }
        for metric in snapshot.catalog.registry.metrics
    ]
    return Metrics.model_validate(
        {"snapshot": snapshot.id, "env": snapshot.env, "metrics": metrics}
    ).model_dump()
