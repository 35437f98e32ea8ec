"""What may be asked of the published snapshot: relations with the columns that are declared.

A relation is the only way from a name that a caller sends to SQL: the name is looked up here, and
what stands here, never what was sent, is written into a statement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from candid_assets.contracts.catalog import Catalog, Column, LogicalType, Model, Tab
from candid_assets.names import METRIC_VALUES


@dataclass(frozen=True, slots=True)
class Field:
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
    """A published table, or part of what the platform keeps about its tables."""

    schema: str
    table: str
    description: str
    fields: tuple[Field, ...]
    grain: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        """The name by which it is asked for: `ready.fct_invoices`."""
        return f"{self.schema}.{self.table}"

    @property
    def field(self) -> Mapping[str, Field]:
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
    """Return the ready and clean tables that are declared and published.

    A column that is declared and not published yet, or published and not declared, or that is now
    declared of another type, is left out.
    """
    found = [_of_model(model) for model in catalog.models]
    found += [_of_tab(tab) for tab in catalog.tabs]
    return [kept for relation in found if (kept := _as_published(relation, published)).fields]


def _as_published(relation: Relation, published: Published) -> Relation:
    types = published.get((relation.schema, relation.table), {})
    fields = tuple(f for f in relation.fields if types.get(f.name, "").startswith(_TYPES[f.kind]))
    return replace(relation, fields=fields)


def _of_model(model: Model) -> Relation:
    fields = _fields(model.columns)
    return Relation("ready", model.table, model.description, fields, model.grain, model.owner)


def _of_tab(tab: Tab) -> Relation:
    return Relation("clean", tab.table, tab.description, _fields(tab.columns), tab.grain, tab.owner)


def _fields(columns: Iterable[Column]) -> tuple[Field, ...]:
    return tuple(
        Field(
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


def _told(name: str, kind: LogicalType, description: str, *, nullable: bool = False) -> Field:
    return Field(name, kind, description, nullable=nullable)


SERIES: Final = Relation(
    "ready",
    METRIC_VALUES,
    "The published values of a metric.",
    (
        _told("period_start", "date", "First day of the period."),
        _told("dimension", "string", "What the value is divided by; `all` where it is not."),
        _told("member", "string", "Member of the dimension; `all` for the undivided value."),
        _told("value", "number", "The value, exact.", nullable=True),
        _told("unit", "string", "Unit of value and target.", nullable=True),
        _told("target", "number", "What the value should reach.", nullable=True),
        _told("status", "string", "How the value stands to its target.", nullable=True),
    ),
)
CHECKS: Final = Relation(
    "meta",
    "checks",
    "The latest outcome of every check.",
    (
        _told("layer", "string", "Layer of the table."),
        _told("table", "string", "The table."),
        _told("name", "string", "The check."),
        _told("passed", "boolean", "Whether it passed."),
        _told("severity", "string", "ERROR or WARN."),
        _told("blocking", "boolean", "Whether its failure keeps the last good table."),
        _told("message", "string", "What was found."),
        _told("checked_at", "timestamp", "When, in Jakarta."),
        _told("run_id", "string", "The refresh that checked."),
    ),
)
LEDGER: Final = Relation(
    "meta",
    "ledger",
    "Per tab: rows read = rows raw = clean + quarantined + dropped.",
    (
        _told("table", "string", "The table."),
        _told("workbook", "string", "Its workbook."),
        _told("tab", "string", "Its tab."),
        _told("rows_read", "integer", "Rows that were read."),
        _told("rows_raw", "integer", "Rows in raw."),
        _told("rows_clean", "integer", "Rows that passed."),
        _told("rows_quarantined", "integer", "Rows kept out, with their reasons."),
        _told("rows_dropped", "integer", "Rows dropped by a named rule."),
    ),
)
