"""Looks up metrics, their definitions and their published values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.metrics.compile import compile_metrics, compiled_inputs
from candid_assets.contracts.metrics.declarations import TOTAL, Metric, Registry
from candid_assets.contracts.metrics.metric_tables import described
from candid_assets.errors import CandidError
from candid_assets.names import METRIC_VALUES
from candid_assets.near_names import hint
from candid_assets.sql import literal
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError

LAST_VALUES = 6
VALUE_COLUMNS = (
    "period_start",
    "dimension",
    "member",
    "value",
    "unit",
    "target",
    "status",
    "is_complete",
    "target_so_far",
)


class MetricsError(CandidError):
    """A metric, grain, dimension or spoke that is not declared."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Question:
    """The values of a metric to look up: its grain, dimension and period."""

    grain: str
    by: str = TOTAL
    since: date | None = None
    until: date | None = None


def known(name: str, names: Iterable[str], what: str) -> str:
    """Return the name if it is known.

    Raises:
        MetricsError: It is not among the names; the message has the nearest ones.
    """
    choices = list(dict.fromkeys(names))
    if name in choices:
        return name
    raise MetricsError(f"{what} {name!r}{hint(name, choices)}")


def find_metric(registry: Registry, name: str) -> Metric:
    """Return a metric by name.

    Raises:
        MetricsError: No metric has this name.
    """
    known(name, (m.name for m in registry.metrics), "there is no metric")
    return next(m for m in registry.metrics if m.name == name)


def lineage(catalog: Catalog, metric: Metric) -> tuple[tuple[int, str], ...]:
    """Return the tables behind a metric as (depth, `layer.table`), down to clean."""
    models = {m.name: m for m in catalog.models}
    tables: list[tuple[int, str]] = []

    def walk(inputs: Sequence[tuple[str, str]], depth: int) -> None:
        for layer, table in inputs:
            tables.append((depth, f"{layer}.{table}"))
            if layer == "ready" and table in models:
                walk(models[table].inputs, depth + 1)

    walk(compiled_inputs(catalog.registry, [metric]), 0)
    return tuple(tables)


def definition(catalog: Catalog, metric: Metric) -> dict[str, Any]:
    """Return the declaration of a metric with its SQL and lineage."""
    return {
        **summary(metric),
        "description": metric.description,
        "when_off": metric.when_off,
        "when_off_id": metric.when_off_id,
        "owner": metric.owner,
        "direction": metric.direction,
        "target": {grain: str(level) for grain, level in metric.target.items()},
        "warning": {grain: str(level) for grain, level in metric.warning.items()},
        "grows": metric.grows,
        "minimum": None if metric.minimum is None else str(metric.minimum),
        "maximum": None if metric.maximum is None else str(metric.maximum),
        "filter": metric.filter or None,
        "expression": metric.expr,
        "inputs": [described(alias, metric) for alias in metric.inputs],
        "lineage": [table for _, table in lineage(catalog, metric)],
        "file": f"{metric.path}:{metric.line}",
        "sql": compile_metrics(catalog.registry, [metric]),
    }


def summary(metric: Metric) -> dict[str, Any]:
    """Return the entry of a metric in a list of metrics."""
    return {
        "metric": metric.name,
        "spoke": metric.spoke,
        "label_en": metric.label,
        "label_id": metric.label_id,
        "type": metric.type,
        "unit": metric.unit,
        "grains": list(metric.grains),
        "dimensions": list(metric.dimensions),
    }


def last_values(published_file: Path, metric: Metric) -> list[dict[str, Any]]:
    """Return the latest published totals at the coarsest grain below a quarter, if any."""
    fine = [g for g in metric.grains if g in {"day", "week", "month"}]
    question = Question(fine[-1] if fine else metric.grains[0])
    try:
        with open_published(published_file) as connection:
            return values(connection, metric, question)[-LAST_VALUES:]
    except WarehouseError:
        return []


def values(
    connection: duckdb.DuckDBPyConnection, metric: Metric, question: Question
) -> list[dict[str, Any]]:
    """Return the published values of a question, ordered by member and period.

    Raises:
        MetricsError: The metric has no such grain or dimension.
    """
    known(question.grain, metric.grains, f"{metric.name} has no grain")
    known(question.by, (TOTAL, *metric.dimensions), f"{metric.name} has no dimension")
    asked = {"metric": metric.name, "grain": question.grain, "dimension": question.by}
    # Literals and no parameters: binding one makes DuckDB import pandas.
    conditions = [f"{column} = {literal(value)}" for column, value in asked.items()]
    conditions += [f"period_start >= {literal(question.since)}"] if question.since else []
    conditions += [f"period_start <= {literal(question.until)}"] if question.until else []
    cursor = connection.execute(
        f"select {', '.join(VALUE_COLUMNS)} from ready.{METRIC_VALUES}"
        f" where {' and '.join(conditions)} order by member, period_start"
    )
    return [dict(zip(VALUE_COLUMNS, row, strict=True)) for row in cursor.fetchall()]
