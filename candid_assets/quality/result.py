"""What a check came to: the one shape in which every check of the platform reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.contracts.model import HeaderMap, Severity
from candid_assets.names import CheckName, Layer, cell_link, relation

MAX_SAMPLES = 10
"""How many samples a result carries at most."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that a check objects to and where it stands."""

    column: str
    value: str
    cell: str = ""
    """Cell in the sheet such as `D17`; empty where the table has no sheet rows."""
    link: str = ""
    """Link that opens the cell in Google Sheets."""
    detail: str = ""
    """The rule it breaks, or the row's key where there is no cell."""


@dataclass(frozen=True, slots=True)
class CellLocator:
    """Where the columns of a clean table stand in the sheet, to lead from a row to its cell."""

    letters: Mapping[str, str]
    """Contract column to the sheet's letter; columns the sheet lacks are absent."""
    spreadsheet_id: str = ""
    sheet_id: int = 0

    @classmethod
    def from_header(
        cls, header: HeaderMap, spreadsheet_id: str = "", sheet_id: int = 0
    ) -> "CellLocator":
        """Return the locator for one extract's header."""
        letters = {name: header.letter(name) or "" for name in header.positions}
        return cls({name: letter for name, letter in letters.items() if letter}, spreadsheet_id, sheet_id)

    def cell(self, column: str, row: int | None) -> str:
        """Return the cell of a column in a sheet row, or nothing where it has none."""
        letter = self.letters.get(column)
        return f"{letter}{row}" if letter and row is not None else ""

    def link(self, cell: str) -> str:
        """Return the link that opens a cell, or nothing where the workbook is not known."""
        if not cell or not self.spreadsheet_id:
            return ""
        return cell_link(self.spreadsheet_id, self.sheet_id, cell)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check on one table."""

    name: CheckName
    layer: Layer
    table: str
    passed: bool
    severity: Severity
    blocking: bool
    counts: Mapping[str, int | float] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    message: str = ""

    @property
    def stops(self) -> bool:
        """Whether the staged table must not replace the last good one."""
        return not self.passed and self.blocking and self.severity == "error"

    @property
    def relation(self) -> str:
        """The table as a reader knows it: `layer.table`."""
        return relation(self.layer, self.table)


def sample_at(
    locator: CellLocator | None, column: str, value: str, row: int | None, detail: str = ""
) -> Sample:
    """Return a sample with its cell and link as far as they are known."""
    cell = locator.cell(column, row) if locator else ""
    link = locator.link(cell) if locator else ""
    if not cell and row is not None:
        detail = f"{detail} (sheet row {row})".strip()
    return Sample(column=column, value=value, cell=cell, link=link, detail=detail)
