"""The positions of a tab's columns in one extract."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.names import column_letter


@dataclass(frozen=True, slots=True)
class FormCell:
    """The cell of a form's value."""

    row: int
    """Sheet row, counted from 1."""
    place: int
    """Sheet column, counted from 1."""
    text: str | None = None
    """The value, where it is only a part of the cell's text; None is the whole cell."""


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """The header of a tab in one extract: contract columns mapped to sheet columns."""

    header_row: int
    """Sheet row of the header, counted from 1."""
    positions: Mapping[str, int]
    """Contract column name to sheet column, counted from 1; optional columns may be absent."""
    unclaimed: tuple[str, ...] = ()
    """Headers in the sheet that the contract does not name."""
    lines: tuple[Mapping[int, str], ...] = ()
    """Texts of each row of the header by sheet column, to recognise repeated headers."""
    ignored: tuple[int, ...] = ()
    """Sheet columns, counted from 1, that the contract leaves out by name."""
    region: tuple[int, int] | None = None
    """First and last sheet column of the table, where its tab holds several; None is all."""
    forms: Mapping[str, "FormCell"] = field(default_factory=dict)
    """Where the values of columns stand that come from a form above the table."""
    has_header: bool = True
    """Whether there is a header; where there is none, `header_row` is the first row of data."""

    @property
    def last_row(self) -> int:
        """Sheet row of the header's last row."""
        if not self.has_header:
            return self.header_row - 1
        return self.header_row + max(len(self.lines), 1) - 1

    def letter(self, column: str) -> str | None:
        """Return the sheet's letter of a contract column, or None where the sheet lacks it."""
        position = self.positions.get(column)
        return None if position is None else column_letter(position)
