"""The texts about a table's columns and about metrics on the generated pages."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from candid_assets.contracts.catalog import Column, Model, RuleValue, Tab
from candid_assets.contracts.column_rules import rules_of
from candid_assets.contracts.metrics.declarations import Metric
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_types import ColumnRef, ColumnSources
from candid_assets.names import relation
from candid_assets.source_kinds.registry import SOURCES

_SHOWN = 3
"""How many enumerated values or sources are named before the rest is counted."""


def column_facts(subject: Tab | Model, lineage: CatalogLineage, up: str) -> list[dict[str, str]]:
    """Return the columns of a table with type, rules, description and where they come from."""
    layer: Table = ("clean" if isinstance(subject, Tab) else "ready", subject.table)
    sources = lineage.of(layer).columns
    return [
        {
            "name": column.name,
            "header": column.header,
            "type": column.physical_type + (f", {column.unit}" if column.unit else ""),
            "rules": "; ".join(_rules(column, lineage, up)),
            "description": column.description,
            "origin": _origin(sources.get(column.name, ColumnSources())),
        }
        for column in subject.columns
    ]


def _rules(column: Column, lineage: CatalogLineage, up: str) -> Iterator[str]:
    if column.primary_key_position is not None:
        yield "key"
    elif column.required:
        yield "required"
    if column.unique and column.primary_key_position is None:
        yield "unique"
    if column.options.blocked:
        yield "blocked"
    for rule, value in rules_of(column):
        yield rule.documented.format(value=_documented(value))
    if column.reference:
        target = reference_page(lineage, _table_of(lineage, column.reference.table), up)
        yield f"found in [{target['name']}]({target['page']}).{column.reference.column}"


def _documented(value: RuleValue) -> str:
    if isinstance(value, tuple):
        return _some([f"`{item}`" for item in value])
    return f"{value:,}" if isinstance(value, Decimal) else str(value)


def _table_of(lineage: CatalogLineage, name: str) -> Table:
    return ("ready" if name in lineage.models else "clean", name)


def _origin(sources: ColumnSources) -> str:
    """Return the source columns of a value, else the expressions that generate it."""
    refs = sorted(sources.values)
    if refs:
        return _some([f"`{ref.table}.{ref.column}`" for ref in _named(refs)])
    return _some([f"{made.kind} `{made.sql}`" for made in sorted(sources.made)]) or "blank"


def _named(refs: Sequence[ColumnRef]) -> Sequence[ColumnRef]:
    return [ref for ref in refs if ref.layer not in SOURCES] or refs


def _some(items: Sequence[str]) -> str:
    if len(items) <= _SHOWN + 1:
        return ", ".join(items)
    return f"{', '.join(items[:_SHOWN])} and {len(items) - _SHOWN} more"


def reference_page(lineage: CatalogLineage, table: Table, up: str) -> dict[str, str]:
    """Return a table's name and the link to its section in the documents."""
    layer, name = table
    if layer == "ready" and name in lineage.models:
        page = f"{up}spokes/{lineage.models[name].spoke}.md#{name}"
    elif name in lineage.tabs:
        tab = lineage.tabs[name]
        page = f"{up}workbooks/{tab.workbook}.md#{tab.name}"
    else:
        page = ""
    return {"name": relation(layer, name), "page": page}


def metric_facts(metrics: Sequence[Metric]) -> list[dict[str, str]]:
    """Return the rows of the catalogue of metrics."""
    return [
        {
            "name": metric.name,
            "label": metric.label,
            "label_id": metric.label_id,
            "description": metric.description,
            "when_off": metric.when_off,
            "type": metric.type,
            "unit": f"{metric.unit} {'↑' if metric.direction == 'up' else '↓'}"
            if metric.direction in ("up", "down")
            else metric.unit,
            "target": ", ".join(f"{value:,} a {grain}" for grain, value in metric.target.items()),
            "grains": ", ".join(metric.grains),
            "dimensions": ", ".join(d.replace("__", ".") for d in metric.dimensions),
            "sources": ", ".join(f"`{source.relation}`" for source in metric.sources),
        }
        for metric in metrics
    ]
