"""The cells behind one value of a metric, as a request asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.contracts.metrics.words import Grain
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.metric_cells import explain_metric, last_place
from candid_assets.lineage.metric_rows import MetricPlace
from candid_assets.web.api.metric_series import grain_and_dimension
from candid_assets.web.api.schemas import LISTED, MOST_LISTED
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.refusal import Refused

CELLS_PARAMETERS: Final = ("grain", "period", "dimension", "member", "limit")


@dataclass(frozen=True, slots=True)
class CellsQuery:
    """Which value of a metric is asked for, and how many rows of each input to list."""

    metric: Metric
    grain: Grain
    period: date | None
    dimension: str
    member: str
    limit: int


def cells_query(snapshot: Snapshot, metric: Metric, given: Mapping[str, str]) -> CellsQuery:
    """Return what the parameters of a request ask for.

    Raises:
        Refused: No values are published, or a parameter is not one that the metric takes.
    """
    grain, dimension = grain_and_dimension(snapshot, metric, given)
    period, limit = given.get("period"), given.get("limit", str(LISTED))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MOST_LISTED):
        raise Refused(400, f"`limit` is a number from 1 to {MOST_LISTED}")
    try:
        day = None if period is None else date.fromisoformat(period)
    except ValueError as error:
        message = "`period` is the first day of a period, such as 2025-05-01"
        raise Refused(400, message) from error
    member = given.get("member", TOTAL)
    if dimension != TOTAL and "member" not in given:
        raise Refused(404, f"there is no value by {dimension} without its `member`")
    return CellsQuery(metric, grain, day, dimension, member, int(limit))


def cells_of(
    snapshot: Snapshot, cursor: duckdb.DuckDBPyConnection, asked: CellsQuery
) -> dict[str, Any]:
    """Return the value and its cells as one object.

    Raises:
        LineageError: The metric has no such value.
    """
    graph = snapshot.made.setdefault("lineage", CatalogLineage(snapshot.catalog))
    if asked.period is None:
        place = last_place(cursor, asked.metric, asked.grain, asked.dimension, asked.member)
    else:
        place = MetricPlace(asked.grain, asked.period, asked.dimension, asked.member)
    answer = explain_metric(cursor, graph, asked.metric, place, asked.limit)
    return {"snapshot": snapshot.id, **answer.as_dict()}
