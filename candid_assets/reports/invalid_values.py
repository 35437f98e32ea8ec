"""Metric values that cannot be right, each with cells that it is computed from."""

import logging
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.errors import CandidError
from candid_assets.names import METRIC_VALUES
from candid_assets.number_format import measured, period

log = logging.getLogger(__name__)

VALUES: Final = 5
"""Metrics that are named at most."""
CELLS: Final = 5
"""Cells of each that are named at most."""
_INVALID: Final = f"""
select metric, grain, period_start, dimension, member, value, unit,
    count(*) over (partition by metric) as many
from ready.{METRIC_VALUES}
where status = 'invalid'
qualify row_number() over (
    partition by metric
    order by
        list_position(['day', 'week', 'month', 'quarter', 'year'], grain),
        dimension <> 'all' desc, period_start desc, member
) = 1
order by metric
limit {VALUES}
"""


@dataclass(frozen=True, slots=True)
class InvalidValue:
    """A value outside what its metric can be: its shortest period, with cells behind it."""

    metric: str
    text: str
    """`Fill rate of 1 Mar 2025 is 104,0%, which cannot be (3 values of it)`."""
    cells: tuple[dict[str, Any], ...]
    """Each with `cell`, `value` and `link`."""


def invalid_values(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog
) -> tuple[InvalidValue, ...]:
    """Return the metrics that have a value which cannot be right; none where no metric is built."""
    try:
        rows = connection.execute(_INVALID).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return ()
    if not rows:
        return ()
    # What walks from a value to its cells loads sqlglot, a quarter of a second.
    from candid_assets.lineage.catalog_lineage import CatalogLineage
    from candid_assets.lineage.metric_cells import explain_metric
    from candid_assets.lineage.metric_rows import MetricPlace

    metrics = {metric.name: metric for metric in catalog.registry.metrics}
    lineage = CatalogLineage(catalog)
    answers = []
    for name, grain, start, dimension, member, value, unit, many in rows:
        metric = metrics.get(name)
        if metric is None:
            continue
        of = "" if dimension == "all" else f" for {member}"
        text = f"{metric.label} of {period(start, grain)}{of} is {measured(value, unit)}, which"
        text += " cannot be" + ("" if many == 1 else f" ({many:,} values of it)")
        place = MetricPlace(grain, start, dimension, member)
        cells: list[dict[str, Any]] = []
        try:
            for one in explain_metric(connection, lineage, metric, place, CELLS).inputs:
                rows_behind = (r for row in one.rows for r in row.sheet_rows)
                cells += [cell for r in rows_behind for cell in r["cells"] if cell["cell"]][:CELLS]
        except (CandidError, duckdb.Error):
            log.warning("the cells behind %s cannot be named", name, exc_info=True)
        answers.append(InvalidValue(name, text, tuple(cells[: 2 * CELLS])))
    return tuple(answers)
