"""The outcome of a check, the same for Great Expectations, SQL and invariants."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.contracts.model import Severity
from candid_assets.names import CheckName, Layer, cell_link

MAX_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that a check found wrong."""

    column: str
    value: str | None
    cell: str | None = None
    """The cell in the sheet, such as `D17`; a whole row, `17:17`, where no cell is known."""
    link: str | None = None
    """Opens the cell in Google Sheets."""
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a tab stands, so that rows of its tables become links."""

    spreadsheet_id: str
    sheet_id: int
    letters: Mapping[str, str] = field(default_factory=dict)
    """Column name to the sheet's letter, as far as known."""

    def sample(self, column: str, row: int, value: object, detail: str | None = None) -> Sample:
        """Return a sample that leads to its cell, or to its row where the letter is not known."""
        letter = self.letters.get(column)
        cell = f"{letter}{row}" if letter else f"{row}:{row}"
        link = cell_link(self.spreadsheet_id, self.sheet_id, cell)
        return Sample(column, None if value is None else str(value), cell, link, detail)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One evaluation of one check on one table."""

    name: CheckName
    layer: Layer
    table: str
    passed: bool
    message: str
    """One sentence: what was found, naming the column and the figures."""
    severity: Severity = "error"
    blocking: bool = True
    """Whether a failure keeps the table from being replaced."""
    counts: Mapping[str, int | float] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
