"""The result of a check: the one form in which every check of the platform reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.contracts.catalog import Severity
from candid_assets.names import CheckName, Layer, MetricCheckName, relation
from candid_assets.source_kinds.links import cell_link

MAX_SAMPLES = 10
"""How many samples a result carries at most."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that broke a check, and its cell."""

    column: str
    value: str | None
    """The value as a person reads it; None for a blank."""
    cell: str | None = None
    """Cell in the sheet such as `D17`, or the row `17:17` where the column's place is not known."""
    link: str | None = None
    """Link that opens the cell in Google Sheets."""
    detail: str | None = None
    """The rule it breaks, or the row's key where there is no sheet."""


ROW_BITS = 24
"""Bits that a row takes in the number of a family's row; Sheets has at most ten million rows."""


@dataclass(frozen=True, slots=True)
class MemberCells:
    """Title of one tab of a family, and where the columns of the contract stand in it."""

    title: str
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cells:
    """How rows of a table link back to the sheet they come from."""

    spreadsheet_id: str = ""
    sheet_id: int = 0
    letters: Mapping[str, str] = field(default_factory=dict)
    """Contract column to the sheet's letter; without it samples link to the whole row."""
    members: Mapping[int, MemberCells] = field(default_factory=dict)
    """Of a family: sheet id to the member; rows are then numbered by `family_row`."""

    def sample(self, column: str, row: int, value: object, detail: str | None = None) -> Sample:
        """Return a sample with the cell of a column in a sheet row, and its link."""
        sheet_id, letters, title = self.sheet_id, self.letters, ""
        if self.members:
            sheet_id, row = row >> ROW_BITS, row & ((1 << ROW_BITS) - 1)
            member = self.members.get(sheet_id, MemberCells(str(sheet_id)))
            letters, title = member.letters, f"{member.title}!"
        letter = letters.get(column)
        cell = f"{letter}{row}" if letter else f"{row}:{row}"
        link = cell_link(self.spreadsheet_id, sheet_id, cell) if self.spreadsheet_id else None
        return Sample(column, None if value is None else str(value), f"{title}{cell}", link, detail)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check on one table."""

    name: CheckName | MetricCheckName
    layer: Layer
    table: str
    passed: bool
    message: str
    severity: Severity = "error"
    blocking: bool = True
    counts: Mapping[str, int | float] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether the staged table must not replace the last good one."""
        return not self.passed and self.blocking and self.severity == "error"

    @property
    def relation(self) -> str:
        """The table as a reader knows it: `layer.table`."""
        return relation(self.layer, self.table)
