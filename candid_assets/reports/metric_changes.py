"""Compares the metrics a refresh built with the published ones."""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.names import METRIC_VALUES
from candid_assets.sql import literal

log = logging.getLogger(__name__)

_CHANGED_METRICS: Final = f"""
with changed as (
    select
        metric, grain, period_start, o.value as before, n.value as after, n.unit, n.status,
        count(*) over (partition by metric) as periods
    from ready.{METRIC_VALUES} as n
    full join former.ready.{METRIC_VALUES} as o
        using (metric, grain, period_start, dimension, member)
    where dimension = 'all' and o.value is distinct from n.value
)

select * from changed
qualify row_number() over (
    partition by metric
    order by
        list_position(['day', 'week', 'month', 'quarter', 'year'], grain) desc,
        period_start desc
) = 1
order by metric
"""


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric with another total than before: its longest period that changed, the last such."""

    metric: str
    grain: str
    period_start: date
    before: Decimal | None
    after: Decimal | None
    unit: str | None
    status: str | None
    periods: int
    """How many of its periods, of every grain, have another total."""


def changed_metrics(connection: duckdb.DuckDBPyConnection, published: Path) -> list[MetricChange]:
    """Return the metrics whose totals differ from the published ones.

    Args:
        connection: The warehouse, before it is published.
        published: The snapshot that readers have; nothing is compared where there is none.
    """
    if not published.exists():
        return []
    try:
        connection.execute(f"attach {literal(str(published))} as former (read_only)")
    except duckdb.Error:
        log.warning("the metrics cannot be compared: %s cannot be read", published)
        return []
    try:
        return [MetricChange(*row) for row in connection.execute(_CHANGED_METRICS).fetchall()]
    except duckdb.CatalogException:  # one of the two has no metrics
        return []
    finally:
        connection.execute("detach former")
