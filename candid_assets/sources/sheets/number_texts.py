"""Reads what the sheet shows for its numbers: one more render, of the number cells alone.

`UNFORMATTED_VALUE` gives 7 for a cell that shows `00007`, `7 pcs` or `7%`. The columns of number
cells of several ranges are asked for together, so that few requests are needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import Kinds
from candid_assets.sources.sheets import chunks

_NUMBER: Final = ord("n")
_GUESS: Final = 9.0
"""Bytes that a number takes as it is shown, before any was read."""


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Neighbouring columns of a tab with number cells, rows and columns counted from 1."""

    title: str
    first: int
    last: int
    left: int
    right: int

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
    def cells(self) -> int:
        """Number of cells."""
        return self.columns * (self.last - self.first + 1)


def number_blocks(title: str, first_row: int, kinds: Sequence[Kinds]) -> Iterator[NumberBlock]:
    """Yield the blocks of number cells of one range.

    Args:
        title: The tab's.
        first_row: The range's first row, counted from 1.
        kinds: The kinds of the cells of each of its columns, from A on.
    """
    block: NumberBlock | None = None
    for place, column in enumerate(kinds, 1):
        rows = np.flatnonzero(column == _NUMBER)
        if not len(rows):
            continue
        first, last = int(rows[0]) + first_row, int(rows[-1]) + first_row
        if block is not None and block.right == place - 1:
            first, last = min(first, block.first), max(last, block.last)
            block = NumberBlock(title, first, last, block.left, place)
            continue
        if block is not None:
            yield block
        block = NumberBlock(title, first, last, place, place)
    if block is not None:
        yield block


class NumberQueue:
    """The blocks that are still to be read, taken in requests of about as many bytes as others."""

    def __init__(self) -> None:
        """Begin with no block."""
        self._target, self._bytes_per_cell = chunks.TARGET_BYTES, _GUESS
        self.waiting: list[NumberBlock] = []

    def add(self, blocks: Iterator[NumberBlock]) -> None:
        """Append blocks."""
        self.waiting.extend(blocks)

    @property
    def is_full(self) -> bool:
        """Whether what waits is enough for a request."""
        return sum(b.cells for b in self.waiting) * self._bytes_per_cell >= self._target

    def take(self) -> list[NumberBlock]:
        """Return the blocks of the next request and remove them; none when all is read."""
        taken: list[NumberBlock] = []
        room, length = self._target / self._bytes_per_cell, 0
        while self.waiting:
            block = self.waiting[0]
            length += len(block.a1) + 8
            if taken and (block.cells > room or length > chunks.MAX_RANGES_LENGTH):
                break
            room -= block.cells
            taken.append(self.waiting.pop(0))
        return taken

    def observe(self, blocks: Sequence[NumberBlock], size: int) -> None:
        """Learn from an answer how many bytes a cell takes."""
        self._bytes_per_cell = max(size / sum(block.cells for block in blocks), 1.0)
