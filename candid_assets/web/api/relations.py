"""The relations of the published snapshot that the API serves, with their declared columns.

A relation is the only way from a name in a request to SQL: the name is looked up here, and the
declared name, never the text that was sent, is written into a statement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from candid_assets.contracts.catalog import Catalog, Column, LogicalType, Model, Tab
from candid_assets.contracts.column_types import FLOATS
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
    "number": ("DECIMAL", *FLOATS),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
    "time": ("TIME",),
}


def tables_of(catalog: Catalog, published: Published) -> list[Relation]:
    """Return the ready, clean and quarantine tables that are both declared and published.

    A column is left out unless it is both declared and published, with the same type.
    """
    declared = [_of_model(model) for model in catalog.models]
    declared += [_of_tab(tab) for tab in catalog.tabs]
    kept = [kept for relation in declared if (kept := _as_published(relation, published)).fields]
    quarantines = [_quarantine_of(tab, published) for tab in catalog.tabs]
    return [*kept, *(relation for relation in quarantines if relation.fields)]


def _as_published(relation: Relation, published: Published) -> Relation:
    types = published.get((relation.schema, relation.table), {})
    fields = tuple(f for f in relation.fields if types.get(f.name, "").startswith(_TYPES[f.kind]))
    return replace(relation, fields=fields)


def _of_model(model: Model) -> Relation:
    fields = _fields(model.columns)
    return Relation("ready", model.table, model.description, fields, model.grain, model.owner)


def _of_tab(tab: Tab) -> Relation:
    return Relation("clean", tab.table, tab.description, _fields(tab.columns), tab.grain, tab.owner)


def _quarantine_of(tab: Tab, published: Published) -> Relation:
    """Return the quarantine of a tab: its rows as the sheet has them, in columns by letter.

    Why a row is there is in `CELLS`, a line for each cell.
    """
    types = published.get(("quarantine", tab.table), {})
    letters = [name for name, type_ in types.items() if name[:1] != "_" and type_ == "VARCHAR"]
    fields = [field for field in _ROW_FIELDS if field.name in types]
    fields += [_field(name, "string", f"Column {name}, text.", nullable=True) for name in letters]
    text = f"Rows that did not pass into clean.{tab.table}. {tab.description}"
    return Relation("quarantine", tab.table, text, tuple(fields), tab.grain, tab.owner)


def _fields(columns: Iterable[Column]) -> tuple[RelationColumn, ...]:
    return tuple(
        RelationColumn(
            name=column.name,
            kind=column.logical_type,
            description=column.description,
            exact=column.physical_type not in FLOATS,
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


_ROW_FIELDS: Final = (
    _field("_row", "integer", "Number of the row in the source."),
    _field("_id", "string", "What identifies the row: its key, or its content."),
)
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
        _field("is_complete", "boolean", "Whether the period is over and its data have come."),
        _field(
            "target_so_far",
            "number",
            "Of a running period, the target's share of its worked days.",
            nullable=True,
        ),
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
CELLS: Final = Relation(
    "meta",
    "quarantine_history",
    "Every cell that keeps or kept a row out of its clean table.",
    (
        _field("table", "string", "The table, without its layer."),
        _field("_id", "string", "What identifies its row: the key, or the content."),
        _field("column", "string", "Column of the contract."),
        _field("reason", "string", "The rule that the cell breaks."),
        _field("cell", "string", "The cell, such as D17."),
        _field("value", "string", "What it holds.", nullable=True),
        _field("message", "string", "What is wrong, in a sentence."),
        _field("link", "string", "Link that opens the cell."),
        _field("first_seen", "timestamp", "Since when, in Jakarta."),
        _field("last_seen", "timestamp", "When it was seen last, in Jakarta."),
        _field("resolved", "timestamp", "When it was mended, in Jakarta.", nullable=True),
    ),
)
