"""The rows of an .xlsx sheet as cells, and what their number formats show beyond their values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import BLANK_CELL, Cell, number_text
from candid_assets.sources.files.number_formats import may_say_more, shown_date, shown_number
from candid_assets.sources.files.spool_rows import Row, Shown
from candid_assets.sources.files.xlsx import XlsxBook
from candid_assets.sources.files.xlsx_cells import XlsxCell, cell_of


@dataclass(slots=True)
class Clocks:
    """The columns of a sheet with clocks, counted from 1: lengths of time, and times of day."""

    lengths: set[int] = field(default_factory=set)
    moments: set[int] = field(default_factory=set)

    def add(self, cell: XlsxCell) -> None:
        """Note a cell that is a clock by its format."""
        if isinstance(cell.value, timedelta):
            self.lengths.add(cell.place)
        elif isinstance(cell.value, time):
            self.moments.add(cell.place)

    @property
    def elapsed(self) -> frozenset[str]:
        """Letters of the columns whose clocks are all lengths of time."""
        return frozenset(map(column_letter, self.lengths - self.moments))


def rows_with_formats(
    book: XlsxBook, rows: Iterable[Sequence[XlsxCell]], clocks: Clocks
) -> Iterator[Row]:
    """Yield rows from their first column on, and their cells that may show more than a value.

    The columns with clocks are noted.
    """
    for cells in rows:
        row: list[Cell] = []
        for cell in cells:
            row.extend([BLANK_CELL] * (cell.place - 1 - len(row)))
            row.append(cell_of(cell))
            if row[-1][0] == "h":
                clocks.add(cell)
        yield row, list(_shown(book, cells))


def _shown(book: XlsxBook, row: Sequence[XlsxCell]) -> Iterator[Shown]:
    for cell in row:
        value = cell.value
        if isinstance(value, bool | str):
            continue
        number_format = book.format_of(cell.style)
        if isinstance(value, date):
            shown = shown_date(value, number_format)
            if shown is not None:
                yield cell.place, "", shown
        elif isinstance(value, int | float) and may_say_more(number_format):
            shown = shown_number(value, number_format)
            if shown is not None:
                yield cell.place, number_text(value), shown
