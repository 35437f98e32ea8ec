"""Plans value reads of about two megabytes: small tabs packed together, large ones split.

The plan is made chunk by chunk, because only an answer shows how many bytes a cell of this workbook
takes: grids are often far larger than what is typed in them.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from candid_assets.names import column_letter

TARGET_BYTES: Final = 2_000_000
DEFAULT_COLUMNS: Final = 26
FIRST_GUESS: Final = 9.0
"""Bytes per cell assumed for a grid of a chosen width, before anything was read."""
FIRST_GUESS_DEFAULT: Final = 4.0
"""The same for a grid of Google's default width, much of which is blank."""
OVERFULL: Final = 1.4
"""How far one request may exceed the target if that saves another one."""
LEAST: Final = 0.02
MAX_RANGES_LENGTH: Final = 5_000
"""Characters of all ranges of one request, so that its address stays short enough."""


@dataclass(frozen=True, slots=True)
class TabRange:
    """Rows `first` to `last` of a tab, counted from 1; `last` None is to the end."""

    title: str
    first: int
    last: int | None
    columns: int
    grid_rows: int

    @property
    def a1(self) -> str:
        """The range in A1 notation, the title always in quotes."""
        tab = quoted_title(self.title)
        if self.first == 1 and self.last is None:
            return tab
        end = "" if self.last is None else str(self.last)
        return f"{tab}!A{self.first}:{column_letter(self.columns)}{end}"

    @property
    def left(self) -> int:
        """Its first column, counted from 1."""
        return 1

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """Most rows and columns that it can have; None where it is open."""
        whole = self.first == 1 and self.last is None
        return (None if self.last is None else self.rows), (None if whole else self.columns)

    @property
    def is_last(self) -> bool:
        """Whether no range of the tab comes after this one."""
        return self.last in (None, self.grid_rows)

    @property
    def rows(self) -> int:
        """Number of grid rows the range spans."""
        return (self.last or self.grid_rows) - self.first + 1

    @property
    def cells(self) -> int:
        """Number of grid cells the range spans."""
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class TabGrid:
    """A tab to read and the size of its grid."""

    title: str
    rows: int
    columns: int
    last: int | None = None
    """The last row to read; None for all rows."""


class ChunkPlanner:
    """Plans one request after another, until every cell is in exactly one range."""

    def __init__(self, grids: Iterable[TabGrid], target_bytes: int | None = None) -> None:
        self._waiting = deque(
            TabRange(g.title, 1, g.last, max(1, g.columns), g.last or max(1, g.rows)) for g in grids
        )
        self._target = target_bytes or TARGET_BYTES
        self.bytes_per_cell = _first_guess(self._waiting)

    def next_chunk(self) -> list[TabRange]:
        """Return the ranges of the next request; an empty list when all is planned."""
        chunk: list[TabRange] = []
        room = max(1, int(self._target / self.bytes_per_cell))
        if sum(tab.cells for tab in self._waiting) <= room * OVERFULL:
            room = int(room * OVERFULL)
        length = 0
        while self._waiting:
            tab = self._waiting[0]
            if chunk and length + len(tab.title) + 24 > MAX_RANGES_LENGTH:
                break
            length += len(tab.title) + 24
            if tab.cells <= room:
                chunk.append(self._waiting.popleft())
                room -= tab.cells
                continue
            rows = room // tab.columns
            # A tab that nearly fits is not split: the fewer requests it spans, the less can change.
            if tab.cells <= room * OVERFULL:
                chunk.append(self._waiting.popleft())
                break
            if chunk and rows < 1:
                break
            chunk.append(self._split(max(1, rows)))
            break
        return chunk

    def observe(self, chunk: list[TabRange], size: int) -> None:
        """Adapt the bytes per cell to an answer: at once if it has more, gradually if fewer."""
        cells = sum(part.cells for part in chunk)
        if cells:
            seen = size / cells
            self.bytes_per_cell = max(seen, self.bytes_per_cell / 3, LEAST)

    def _split(self, rows: int) -> TabRange:
        tab = self._waiting.popleft()
        last = tab.first + rows - 1
        if last >= tab.grid_rows:
            return tab
        size = (tab.columns, tab.grid_rows)
        self._waiting.appendleft(TabRange(tab.title, last + 1, tab.last, *size))
        return TabRange(tab.title, tab.first, last, *size)


def _first_guess(tabs: Collection[TabRange]) -> float:
    cells = sum(tab.cells for tab in tabs)
    default = sum(tab.cells for tab in tabs if tab.columns == DEFAULT_COLUMNS)
    share = default / cells if cells else 0.0
    return FIRST_GUESS + share * (FIRST_GUESS_DEFAULT - FIRST_GUESS)


def quoted_title(title: str) -> str:
    """Return a tab's title in quotes: without them `Jan25` or `Q1` is a cell's address."""
    return "'" + title.replace("'", "''") + "'"
