"""The relations of the published snapshot that the API serves, with their declared columns.

A relation is the only way from a name in a request to SQL: the name is looked up here, and the
declared name, never the text that was sent, is written into a statement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from candid_assets.contracts.catalog import Catalog, Column, LogicalType, Model, Tab
from candid_assets.names import METRIC_VALUES


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """One column of a relation."""

    name: str
    kind: LogicalType
    description: str
    exact: bool = True
    """Whether a number is a decimal and not a DOUBLE."""
    nullable: bool = True
    unit: str | None = None
    key: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A published table, or a table of `meta` that the API serves."""

    schema: str
    table: str
    description: str
    fields: tuple[RelationColumn, ...]
    grain: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        """The name in requests: `ready.fct_invoices`."""
        return f"{self.schema}.{self.table}"

    @property
    def field(self) -> Mapping[str, RelationColumn]:
        """The columns by name."""
        return {field.name: field for field in self.fields}


Published = Mapping[tuple[str, str], Mapping[str, str]]
"""DuckDB's type of each column of each table, by (schema, table)."""
_TYPES: Final[Mapping[LogicalType, tuple[str, ...]]] = {
    "string": ("VARCHAR",),
    "integer": ("BIGINT", "INTEGER"),
    "number": ("DECIMAL", "DOUBLE"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
    "time": ("TIME",),
}


def tables_of(catalog: Catalog, published: Published) -> list[Relation]:
    """Return the ready and clean tables that are both declared and published.

    A column is left out unless it is both declared and published, with the same type.
    """
    declared = [_of_model(model) for model in catalog.models]
    declared += [_of_tab(tab) for tab in catalog.tabs]
    return [kept for relation in declared if (kept := _as_published(relation, published)).fields]


def _as_published(relation: Relation, published: Published) -> Relation:
    types = published.get((relation.schema, relation.table), {})
    fields = tuple(f for f in relation.fields if types.get(f.name, "").startswith(_TYPES[f.kind]))
    return replace(relation, fields=fields)


def _of_model(model: Model) -> Relation:
    fields = _fields(model.columns)
    return Relation("ready", model.table, model.description, fields, model.grain, model.owner)


def _of_tab(tab: Tab) -> Relation:
    return Relation("clean", tab.table, tab.description, _fields(tab.columns), tab.grain, tab.owner)


def _fields(columns: Iterable[Column]) -> tuple[RelationColumn, ...]:
    return tuple(
        RelationColumn(
            name=column.name,
            kind=column.logical_type,
            description=column.description,
            exact=column.physical_type != "DOUBLE",
            nullable=not (column.required or column.primary_key_position is not None),
            unit=column.unit,
            key=column.primary_key_position is not None,
        )
        for column in columns
    )


def _field(
    name: str, kind: LogicalType, description: str, *, nullable: bool = False
) -> RelationColumn:
    return RelationColumn(name, kind, description, nullable=nullable)


SERIES: Final = Relation(
    "ready",
    METRIC_VALUES,
    "The published values of a metric.",
    (
        _field("period_start", "date", "First day of the period."),
        _field("dimension", "string", "What the value is divided by; `all` where it is not."),
        _field("member", "string", "Member of the dimension; `all` for the undivided value."),
        _field("value", "number", "The value, exact.", nullable=True),
        _field("unit", "string", "Unit of value and target.", nullable=True),
        _field("target", "number", "What the value should reach.", nullable=True),
        _field("status", "string", "How the value compares with its target.", nullable=True),
    ),
)
CHECKS: Final = Relation(
    "meta",
    "checks",
    "The latest outcome of every check.",
    (
        _field("layer", "string", "Layer of the table."),
        _field("table", "string", "The table."),
        _field("name", "string", "The check."),
        _field("passed", "boolean", "Whether it passed."),
        _field("severity", "string", "ERROR or WARN."),
        _field("blocking", "boolean", "Whether its failure keeps the last good table."),
        _field("message", "string", "What was found."),
        _field("checked_at", "timestamp", "When, in Jakarta."),
        _field("run_id", "string", "The refresh that checked."),
    ),
)
LEDGER: Final = Relation(
    "meta",
    "ledger",
    "Per tab: rows read = rows raw = clean + quarantined + dropped.",
    (
        _field("table", "string", "The table."),
        _field("workbook", "string", "Its workbook."),
        _field("tab", "string", "Its tab."),
        _field("rows_read", "integer", "Rows that were read."),
        _field("rows_raw", "integer", "Rows in raw."),
        _field("rows_clean", "integer", "Rows that passed."),
        _field("rows_quarantined", "integer", "Rows kept out, with their reasons."),
        _field("rows_dropped", "integer", "Rows dropped by a named rule."),
    ),
)
