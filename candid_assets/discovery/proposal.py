"""What is proposed for a workbook's tabs, before it is written as contracts."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.questions import ContractQuestion
from candid_assets.discovery.shown_rows import TabEvidence
from candid_assets.discovery.table_layout import Region, TableLayout
from candid_assets.discovery.type_guess import TypeGuess


@dataclass(slots=True)
class ColumnProposal:
    """One column as proposed; it grows while keys and rules are looked for."""

    name: str
    header: str
    place: int
    """In the sheet of the first tab, counted from 1."""
    facts: ColumnFacts
    guess: TypeGuess
    required: bool = False
    unique: bool = False
    key_position: int | None = None
    minimum: Decimal | int | None = None
    min_length: int | None = None
    """The figures that each of its codes has, zeros in front included."""
    enum: tuple[str, ...] = ()
    reference: str | None = None
    """`table.column` that the values are found in."""
    optional: bool = False
    """Whether some tabs of the family lack the column."""
    other_headers: tuple[str, ...] = ()
    """What some tabs of the family call it."""
    blocked: str | None = None
    unit: str | None = None
    description: str | None = None
    """What the sheet itself says of the column."""
    filled_cells: int = 0
    """Blank cells of data that take the text of their merge's first cell."""
    notes: list[str] = field(default_factory=list)
    """The evidence for each guess, in words."""

    @property
    def logical(self) -> str:
        """The logical type."""
        return self.guess.logical


@dataclass(slots=True)
class Blocked:
    """Cells that the sheet read otherwise than they were typed."""

    column: str
    title: str
    reason: str
    cells: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class RowRuleProposal:
    """A rule over several columns of one row, as proposed."""

    name: str
    text: str
    broken: str
    """SQL condition under which a row breaks it."""
    evidence: str


@dataclass(slots=True)
class LineColumn:
    """A column that holds something of another row instead of a cell of its own."""

    name: str
    header: str
    """`_row` for the line's own number, `_parent` for that of the line above that it belongs to,
    `_section` for the heading above."""
    reference: str | None = None
    required: bool = True


@dataclass(slots=True)
class TableProposal:
    """One table as proposed: a tab, or a family of tabs of one layout."""

    name: str
    title: str
    """The tab's title; of a family, the first one's."""
    titles: tuple[str, ...]
    layout: TableLayout
    columns: list[ColumnProposal]
    pattern: str | None = None
    """Regular expression for the titles of a family."""
    options: dict[str, Any] = field(default_factory=dict)
    """Custom properties of the tab."""
    notes: list[str] = field(default_factory=list)
    regions: tuple[tuple[str, Region], ...] = ()
    """What of each tab, by its title, is no part of the table."""
    blocked: list[Blocked] = field(default_factory=list)
    row_rules: list[RowRuleProposal] = field(default_factory=list)
    title_in_key: bool = False
    """Whether the tabs of a family repeat one another's keys."""
    form_columns: list[ColumnProposal] = field(default_factory=list)
    """Columns for the values of a form above the table."""
    line_columns: list[LineColumn] = field(default_factory=list)
    """Columns for the numbers of rows, where a tab has several kinds of lines, and for headings."""
    rows: int = 0
    """Rows of data."""
    clean: int = 0
    quarantined: int = 0
    """Rows that a run will put in quarantine."""

    accounted: int = 0
    """Rows of the tabs that a run will keep, quarantine or drop by a named rule: all of them."""
    questions: list[ContractQuestion] = field(default_factory=list)
    """What only a person can decide."""
    evidence: list[TabEvidence] = field(default_factory=list)
    """What was read of each tab."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the key's columns."""
        keyed = [c for c in self.columns if c.key_position is not None]
        names = (c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))
        return (self.title_column, *names) if self.title_in_key else tuple(names)

    @property
    def title_column(self) -> str:
        """Name of a family's column for the tab's title."""
        taken = {column.name for column in self.columns}
        return next(n for n in ("tab_title", "tab_title_of_sheet") if n not in taken)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tab that no contract is proposed for."""

    title: str
    code: str
    reason: str


@dataclass(slots=True)
class Proposal:
    """What is proposed for a workbook."""

    title: str
    tables: list[TableProposal] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    questions: list[ContractQuestion] = field(default_factory=list)
    """Those about the workbook, and about tabs that are no table; a table has its own."""
