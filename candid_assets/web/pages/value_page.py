"""From a value of a metric to the rows and cells that it was computed from, as a page."""

from collections.abc import Mapping
from typing import Any, Final

import duckdb

from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.metric_cells import explain_metric, last_place
from candid_assets.lineage.metric_rows import MetricPlace
from candid_assets.web.api.metric_cells import CELLS_PARAMETERS, cells_query
from candid_assets.web.api.metric_series import find_metric
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.refusal import Refused

CHOICES_OF_VALUE: Final = tuple(name for name in CELLS_PARAMETERS if name != "limit")


def value_facts(
    snapshot: Snapshot, connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of a value shows: the rows and cells of each of its inputs.

    Raises:
        Refused: The metric has no such value.
    """
    metric = find_metric(snapshot, name)
    asked = cells_query(snapshot, metric, given)
    graph = snapshot.made.setdefault("lineage", CatalogLineage(snapshot.catalog))
    where = (asked.grain, asked.dimension, asked.member)
    try:
        place = (
            last_place(connection, metric, *where)
            if asked.period is None
            else MetricPlace(asked.grain, asked.period, asked.dimension, asked.member)
        )
        answer = explain_metric(connection, graph, metric, place, asked.limit)
    except LineageError as error:
        raise Refused(404, str(error)) from error
    query = {"grain": place.grain, "period": place.start.isoformat()}
    of = {"dimension": place.dimension, "member": place.member}
    return {
        "metric": metric,
        "cells": answer,
        "place": place,
        "query": query | (of if place.dimension != "all" else {}),
    }
