"""Which columns each metric is computed from, by the expressions that declare it."""

import re
from collections.abc import Iterator

from candid_assets.contracts.metrics.declarations import Input, Metric, Source
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.walk import Downstream, tables_from

_WORD = re.compile(r"'[^']*'|(\w+)")


def measured_columns(lineage: CatalogLineage, metric: Metric) -> frozenset[ColumnRef]:
    """Return the columns that a metric's measures, periods and filters read."""
    columns: set[ColumnRef] = set()
    for item in metric.inputs.values():
        columns |= set(_read(lineage, metric, item))
    return frozenset(columns)


def _read(lineage: CatalogLineage, metric: Metric, item: Input) -> Iterator[ColumnRef]:
    source = item.measure.source
    text = " ".join((item.measure.expr, item.measure.time, item.filter, metric.filter))
    for word in words_of(text):
        yield from _column(lineage, source, word)
        entity, _, attribute = word.partition("__")
        if attribute and entity in source.entities:
            other = lineage.catalog.registry.joined(word)
            yield from _column(lineage, source, entity)
            yield from _column(lineage, other, attribute)


def _column(lineage: CatalogLineage, source: Source, word: str) -> Iterator[ColumnRef]:
    """Yield the column of a name, or the columns in an attribute's expression."""
    named = source.dimensions.get(word) or source.times.get(word) or source.entities.get(word)
    table: Table = ("ready" if source.layer == "ready" else "clean", source.table)
    columns = set(lineage.columns(table))
    for name in words_of(named.expr) if named else (word,):
        if name in columns:
            yield ColumnRef(*table, name)


def words_of(expression: str) -> list[str]:
    """Return the words of an expression that stand in no text."""
    return [word for word in _WORD.findall(expression) if word]


def metrics_reached(lineage: CatalogLineage, downstream: Downstream) -> tuple[str, ...]:
    """Return the metrics that change when a column does, by their values or by their rows."""
    changed = {downstream.column, *downstream.columns}
    with_other_rows = set(downstream.rows_of).union(
        *(tables_from(lineage.readers, t) for t in downstream.rows_of)
    )
    return tuple(
        metric.name
        for metric in lineage.catalog.registry.metrics
        if any(
            ref in changed or (ref.layer, ref.table) in with_other_rows
            for ref in measured_columns(lineage, metric)
        )
    )
