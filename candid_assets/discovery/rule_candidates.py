"""Row rules that may hold, before all rows are asked whether they keep them."""

from dataclasses import dataclass
from typing import Final

from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.sql import quoted

KEPT: Final = 0.99
"""The share of rows that must keep a rule for it to be proposed."""
FEWEST_ROWS: Final = 20
"""Rows with values in all columns of a rule, below which nothing is concluded."""
_NUMBERS: Final = 9
"""The most columns of numbers that are compared with one another."""


@dataclass(frozen=True, slots=True)
class RuleCandidate:
    """A rule that may hold: what must be true, how it is named, and what makes it likely."""

    name: str
    text: str
    holds: str
    columns: tuple[str, ...]
    rank: int
    """Rules of a lower rank are proposed first."""

    @property
    def filled(self) -> str:
        """The test for rows with values in all its columns."""
        return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in self.columns)


def is_kept(kept: int, filled: int) -> bool:
    """Return whether so many rows keep a rule, of those with all its values, that it may hold."""
    return filled >= FEWEST_ROWS and kept >= KEPT * filled


def measures(table: TableProposal) -> list[ColumnProposal]:
    """Return the columns of numbers that measure something."""
    numbers = [c for c in table.columns if c.logical in {"number", "integer"}]
    return [c for c in numbers if c.key_position is None and c.reference is None][:_NUMBERS]


def quoted_name(column: ColumnProposal) -> str:
    """Return a column's name as SQL has it."""
    return quoted(column.name)
