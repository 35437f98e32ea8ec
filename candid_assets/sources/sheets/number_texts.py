"""Reads what the sheet shows for its numbers: one more render, of the number cells alone.

`UNFORMATTED_VALUE` gives 7 for a cell that shows `00007`, `7 pcs` or `7%`. The columns of number
cells of several ranges are asked for together, so that few requests are needed. With them is asked
for what the render before left out as blank: an answer that came short is caught there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from candid_assets.names import column_letter
from candid_assets.sources.sheets import chunks

_NUMBERS: Final = (int, float)
_GUESS: Final = 9.0
"""Bytes that a number takes as it is shown, before any was read."""


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """Neighbouring columns with number cells, or a blank part of a tab; counted from 1."""

    title: str
    first: int
    last: int
    left: int
    right: int
    blank_from: int | None = None
    """The row from which on the render before gave no cell of a blank part."""

    @property
    def a1(self) -> str:
        """The block in A1 notation, the title in quotes."""
        left, right = column_letter(self.left), column_letter(self.right)
        return f"{chunks.quoted_title(self.title)}!{left}{self.first}:{right}{self.last}"

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """Most rows and columns that an answer can have."""
        return self.last - self.first + 1, self.columns

    @property
    def cells(self) -> int:
        """Number of cells that an answer is expected to hold."""
        is_blank = self.blank_from is not None
        return 0 if is_blank else self.columns * (self.last - self.first + 1)

    def is_short(self, columns: Sequence[Sequence[object]]) -> bool:
        """Whether an answer has cells where a part was blank in the render before."""
        if self.blank_from is None:
            return False
        return any(cell for column in columns for cell in column[self.blank_from - self.first :])


def number_blocks(
    title: str, first_row: int, cells: Sequence[Sequence[object]]
) -> Iterator[ShownBlock]:
    """Yield the blocks of number cells of one range.

    Args:
        title: The tab's.
        first_row: The range's first row, counted from 1.
        cells: Its rows in the render that gives dates as text, so that every number is one.
    """
    block: ShownBlock | None = None
    for place, column in enumerate(zip_longest(*cells), 1):
        types = list(map(type, column))
        rows = [row for kind in _NUMBERS if kind in types for row in _outermost(types, kind)]
        if not rows:
            continue
        first, last = min(rows) + first_row, max(rows) + first_row
        if block is not None and block.right == place - 1:
            first, last = min(first, block.first), max(last, block.last)
            block = ShownBlock(title, first, last, block.left, place)
            continue
        if block is not None:
            yield block
        block = ShownBlock(title, first, last, place, place)
    if block is not None:
        yield block


def _outermost(types: list[type], kind: type) -> tuple[int, int]:
    """Return the first and the last place of a type in a column that has it."""
    return types.index(kind), len(types) - 1 - types[::-1].index(kind)


def blank_blocks(
    title: str, first_row: int, size: tuple[int, int], grid: tuple[int, int]
) -> Iterator[ShownBlock]:
    """Yield what an answer left out of a range: the rows below its last, the columns at its right.

    Args:
        title: The tab's.
        first_row: The range's first row, counted from 1.
        size: Rows and columns of the answer.
        grid: Rows and columns of the range.
    """
    (rows, width), (all_rows, columns) = size, grid
    below, last = first_row + rows, first_row + all_rows - 1
    if rows < all_rows:
        # With the row above, so that this is never just the request that came short.
        yield ShownBlock(title, max(1, below - 1), last, 1, columns, below)
    if rows and width < columns:
        yield ShownBlock(title, first_row, below - 1, width + 1, columns, first_row)


class NumberQueue:
    """The blocks that are still to be read, taken in requests of about as many bytes as others."""

    def __init__(self) -> None:
        """Begin with no block."""
        self._target, self._bytes_per_cell = chunks.TARGET_BYTES, _GUESS
        self.waiting: list[ShownBlock] = []

    def add(self, blocks: Iterator[ShownBlock]) -> None:
        """Append blocks."""
        self.waiting.extend(blocks)

    @property
    def is_full(self) -> bool:
        """Whether what waits is enough for a request."""
        return sum(b.cells for b in self.waiting) * self._bytes_per_cell >= self._target

    def take(self) -> list[ShownBlock]:
        """Return the blocks of the next request and remove them; none when all is read."""
        taken: list[ShownBlock] = []
        room, length = self._target / self._bytes_per_cell, 0
        while self.waiting:
            block = self.waiting[0]
            length += len(block.a1) + 8
            if taken and (block.cells > room or length > chunks.MAX_RANGES_LENGTH):
                break
            room -= block.cells
            taken.append(self.waiting.pop(0))
        return taken

    def observe(self, blocks: Sequence[ShownBlock], size: int) -> None:
        """Learn from an answer how many bytes a cell takes."""
        cells = sum(block.cells for block in blocks)
        if cells:
            self._bytes_per_cell = max(size / cells, 1.0)
