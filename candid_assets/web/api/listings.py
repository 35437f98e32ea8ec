"""The lists of what there is to read: tables with their columns, and metrics."""

from typing import Any

from candid_assets.web.api.openapi import ROOT
from candid_assets.web.api.schemas import Metrics, Tables
from candid_assets.web.api.snapshots import Snapshot


def tables_listed(snapshot: Snapshot) -> dict[str, Any]:
    """Return every table with its columns."""
    found = []
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
        found.append(
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
        {"snapshot": snapshot.id, "env": snapshot.env, "tables": found}
    ).model_dump(mode="json")


def metrics_listed(snapshot: Snapshot) -> dict[str, Any]:
    """Return every metric."""
    from candid_assets.metrics.lookup import summary

    found = [
        {
            **summary(metric),
            "description": metric.description,
            "href": f"{ROOT}/metrics/{metric.name}",
        }
        for metric in snapshot.catalog.registry.metrics
    ]
    return Metrics.model_validate(
        {"snapshot": snapshot.id, "env": snapshot.env, "metrics": found}
    ).model_dump()
