"""Formulas of .xlsx files whose results are not in the file: they would be read as blanks.

A spreadsheet program stores the result of each formula beside it; libraries that write files often
store none, or 0 with the request to calculate everything when the file is opened.
"""

from dataclasses import dataclass, field
from typing import Final

from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.xlsx import XlsxBook

_NAMED: Final = 5


@dataclass(slots=True)
class FormulaResults:
    """What a sheet stores for its formulas, noted while its rows are read."""

    book: XlsxBook
    most_named: int = _NAMED
    """Cells whose addresses are kept, of each kind."""
    missing: int = 0
    zeros: int = 0
    others: int = 0
    missing_cells: list[str] = field(default_factory=list)
    zero_cells: list[str] = field(default_factory=list)

    def note(self, cell: str, result: str | None) -> None:
        """Note a formula's cell, such as `G2`, and its stored result; None where it has none."""
        if result is None:
            self.missing += 1
            self.missing_cells += [cell] if self.missing <= self.most_named else []
        elif result == "0":
            self.zeros += 1
            self.zero_cells += [cell] if self.zeros <= self.most_named else []
        else:
            self.others += 1

    @property
    def unstored(self) -> tuple[int, list[str]]:
        """How many formulas have no stored result, and the first of their cells."""
        if not self.missing and not self.others and self.book.calculates:
            # Every result is the 0 that a library puts where it cannot calculate.
            return self.zeros, self.zero_cells
        return self.missing, self.missing_cells

    def require_stored(self) -> None:
        """Refuse a sheet with formulas whose results are not stored.

        Raises:
            UnreadableFileError: There are such formulas; the first cells are named.
        """
        number, cells = self.unstored
        if not number:
            return
        first = ", ".join(cells[:_NAMED]) + (" …" if number > _NAMED else "")
        count = f"{number:,} formulas have" if number > 1 else "a formula has"
        raise UnreadableFileError(
            f"{count} no stored result, {'the first in ' if number > 1 else 'in '}{first}",
            f"open {self.book.path.name} in Excel or LibreOffice and save it, then run again",
        )
