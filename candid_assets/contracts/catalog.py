"""The resolved catalog: workbooks, tabs, columns and models as frozen dataclasses.

It reads no files (`load.py` does). The YAML uses ODCS names; every other room uses these facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from candid_assets.contracts.custom_properties import ColumnOptions, ReadOptions, TabOptions
from candid_assets.contracts.destination import Destination
from candid_assets.contracts.header_text import TITLE_HEADER, is_in_sheet
from candid_assets.contracts.metrics.declarations import Registry
from candid_assets.names import Layer, tab_table
from candid_assets.source_kinds.kind import Words
from candid_assets.source_kinds.registry import BY_LAYER, DEFAULT, KINDS

LogicalType = Literal["string", "integer", "number", "boolean", "date", "timestamp", "time"]
Bound = Decimal | date | datetime
RuleValue = Bound | int | str | tuple[str, ...]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the column's values are found in `table`.`column` (`table` without layer)."""

    table: str
    column: str
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a clean or ready table."""

    name: str
    header: str
    """Header in the sheet (clean tables); for models the column's own name."""
    logical_type: LogicalType
    physical_type: str
    """DuckDB type: VARCHAR, BIGINT, DECIMAL(p,s), BOOLEAN, DATE, TIMESTAMP or TIME."""
    description: str
    required: bool = False
    unique: bool = False
    primary_key_position: int | None = None
    rules: Mapping[str, RuleValue] = field(default_factory=dict)
    """The column's rules of the table `COLUMN_RULES`: key to the value that the contract gives."""
    reference: Reference | None = None
    unit: str | None = None
    options: ColumnOptions = field(default_factory=ColumnOptions)
    line: int = 1
    """Line of the contract file that declares the column."""

    @property
    def of_title(self) -> bool:
        """Whether the column holds the title of the row's tab instead of a cell."""
        return self.header == TITLE_HEADER

    @property
    def in_sheet(self) -> bool:
        """Whether the column's values are cells, under a header in the sheet."""
        return is_in_sheet(self.header)


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Bounds on the number of rows of a table (both inclusive)."""

    minimum: int | None = None
    maximum: int | None = None
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule over several columns of one row of a tab."""

    name: str
    text: str
    """What holds in every row, in words."""
    broken: str
    """SQL condition over columns of the table under which a row breaks it; NULL breaks nothing."""
    columns: tuple[str, ...]
    severity: Severity = "error"
    """Whether a row that breaks it goes to quarantine or only fails a check."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab's contract."""

    workbook: str
    name: str
    title: str
    """The tab's title in the sheet (ODCS physicalName)."""
    description: str
    columns: tuple[Column, ...]
    owner: str
    path: Path
    fingerprint: str
    """Hash of all that the contract says: it changes when the clean table must be rebuilt."""
    grain: str = ""
    rows: RowLimits = field(default_factory=RowLimits)
    options: TabOptions = field(default_factory=TabOptions)
    family: str = ""
    """Of a member of a family: the name of the family's contract."""
    source: Layer = DEFAULT.layer
    """The first part of its source table's key."""
    reading: ReadOptions = field(default_factory=ReadOptions)
    """How it is read from its source."""
    row_rules: tuple[RowRule, ...] = ()

    @property
    def table(self) -> str:
        """The table's name in every layer: `<workbook>__<tab>`."""
        return tab_table(self.workbook, self.name)

    @property
    def words(self) -> Words:
        """The nouns of its kind of source, for messages."""
        return BY_LAYER[self.source].words

    @property
    def is_family(self) -> bool:
        """Whether many tabs of one layout feed the table."""
        return self.options.title_pattern is not None and not self.family

    def member(self, name: str, title: str) -> "Tab":
        """Return the contract of one tab of the family."""
        return replace(self, name=name, title=title, family=self.name)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the key's columns in their order; empty where the tab has no key."""
        return primary_key(self.columns)


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """One fault in the catalog, with its place and its fix."""

    path: Path
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        """Return `file:line: what is wrong; the fix`."""
        return f"{self.path}:{self.line}: {self.message}; {self.fix}"


@dataclass(frozen=True, slots=True)
class BrokenTab:
    """A tab whose contract cannot be read; it keeps its assets and last good table."""

    workbook: str
    name: str
    owner: str
    path: Path
    problems: tuple[ContractProblem, ...]
    source: Layer = DEFAULT.layer
    """The first part of its source table's key."""

    @property
    def table(self) -> str:
        """The table's name in every layer: `<workbook>__<tab>`."""
        return tab_table(self.workbook, self.name)


@dataclass(frozen=True, slots=True)
class Workbook:
    """One workbook's head contract with its tabs."""

    name: str
    title: str
    description: str
    owner: str
    """Dagster owner: an e-mail address or `team:<name>`."""
    version: str
    domain: str
    """The hub or spoke that the workbook mostly serves."""
    locations: Mapping[str, str]
    """Environment (`sample`, `staging`, `production`) to the source's location there: the
    spreadsheet id, or an address that holds no secret; empty while it is not connected."""
    path: Path
    tabs: tuple[Tab, ...] = ()
    broken_tabs: tuple[BrokenTab, ...] = ()
    volatile: bool = False
    """Whether the workbook's content changes without Drive noticing (IMPORTRANGE, Forms)."""
    retention_days: int | None = None
    """Days for which earlier extracts are kept; None keeps them all."""
    kind: str = DEFAULT.name
    """What kind of source it is: the type of the head's servers."""
    servers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Environment to the other facts of the server there."""
    ignored: tuple[str, ...] = ()
    """Titles, or patterns of titles, of tables that are no part of it and are not reported."""
    fresh_hours: float | None = None
    """Hours within which it is to be read or seen unchanged again; None promises nothing."""

    @property
    def layer(self) -> Layer:
        """The first part of its source tables' keys."""
        return KINDS[self.kind].layer

    @property
    def living_tabs(self) -> tuple[Tab, ...]:
        """The tabs that are read: all that are not retired."""
        return tuple(tab for tab in self.tabs if not tab.options.retired)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One reconciliation of a ready table: the range in which a difference must be."""

    text: str
    """What agrees with what, in words."""
    column: str
    """The column that holds the difference."""
    query: str
    """The declared query, over `${object}`, which gives one number."""
    minimum: Decimal
    maximum: Decimal
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Model:
    """One ready table: a SELECT in `.sql` and its contract in the `.yaml` beside it."""

    spoke: str
    """`hub` or one of the eight spokes."""
    name: str
    description: str
    grain: str
    owner: str
    columns: tuple[Column, ...]
    sql: str
    inputs: tuple[tuple[str, str], ...]
    """Tables the SQL reads as (layer, table), in the order of their names."""
    path: Path
    """The `.yaml` file; the `.sql` is beside it."""
    fingerprint: str
    kind: Literal["dimension", "fact", "mart", "history", "metrics"] = "mart"
    rows: RowLimits = field(default_factory=RowLimits)
    agreements: tuple[Agreement, ...] = ()
    """Reconciliations that the table is to keep."""
    engine: Literal["spark"] | None = None
    """`spark` where the cluster of CANDID_ENGINE_URL computes the table, however small it is."""

    @property
    def table(self) -> str:
        """The table's name in the ready layer."""
        return self.name

    @property
    def is_history(self) -> bool:
        """Whether every version of its rows is kept."""
        return self.kind == "history"

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the grain's columns in their order."""
        return primary_key(self.columns)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that is declared, as far as it could be read, and every problem in it."""

    root: Path
    workbooks: tuple[Workbook, ...]
    models: tuple[Model, ...]
    """In an order in which each model follows those it reads."""
    problems: tuple[ContractProblem, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    """Every file by its path below the root, as it was when the catalog was read."""
    registry: Registry = field(default_factory=Registry)
    """The metrics; their tables are models too."""
    destinations: tuple[Destination, ...] = ()
    """Where published tables are delivered to."""

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All readable tabs of all workbooks."""
        return tuple(tab for workbook in self.workbooks for tab in workbook.tabs)

    def workbook_of(self, tab: Tab) -> Workbook:
        """Return the workbook that a tab belongs to."""
        return next(workbook for workbook in self.workbooks if workbook.name == tab.workbook)


def primary_key(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the names of the key columns in the order of their positions."""
    keyed = [c for c in columns if c.primary_key_position is not None]
    return tuple(c.name for c in sorted(keyed, key=lambda c: c.primary_key_position or 0))
