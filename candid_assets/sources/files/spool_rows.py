"""Writes the rows of a sheet or .csv file, of any number, width and length, in bounded memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import BLANK, Cell, Columns, columns_of
from candid_assets.sources.content_hash import MERGED, TEXT_SUFFIX
from candid_assets.sources.extract import Merge
from candid_assets.sources.merged_cells import merged_cells
from candid_assets.sources.protocol import ReadPart
from candid_assets.sources.row_buffer import RowBuffer
from candid_assets.sources.shown_texts import shown_where_it_says_more
from candid_assets.sources.spool import Spool, spooling
from candid_assets.sources.table_limits import current_limits

MOST_CELLS: Final = 200_000
"""Cells that are in memory at once: fewer rows of a wide table."""
MOST_CHARACTERS: Final = 10_000_000
"""Characters of their texts: fewer rows of a table with long cells."""

Shown = tuple[int, str, str]
"""Column, counted from 1; a number's own text; what is shown for it."""
Row = tuple[list[Cell], Sequence[Shown]]
"""The cells of a row, and those that may show more than their value."""


def spool_rows(
    folder: Path, rows: Iterable[Row], merges: Sequence[Merge] = (), part: ReadPart | None = None
) -> Spool:
    """Return a spool of rows of any width, with what formats and merges say of their cells.

    Args:
        folder: Where it is made.
        rows: The rows, blank ones too.
        merges: The merges of the sheet.
        part: How many rows are enough; None for all.
    """
    with RowBuffer(folder) as cells, RowBuffer(folder) as said:
        gathered = _Gathered(cells, said, merges)
        for batch in _batches(rows if part is None else _enough(rows, part)):
            gathered.add(batch)
        return gathered.spool(folder)


class _Gathered:
    """Rows on the disk, while their width and the columns with formats are not yet known."""

    def __init__(self, cells: RowBuffer, said: RowBuffer, merges: Sequence[Merge]) -> None:
        self._cells, self._said, self._merges = cells, said, merges
        self._sizes: list[tuple[int, int]] = []
        """Rows and columns of each batch."""
        self._speaking: set[int] = set()
        """The columns in which a format says more than a value."""
        self._firsts: defaultdict[int, list[int]] = defaultdict(list)
        """The columns of the first cells of merges, by their row."""
        self._filled: set[tuple[int, int]] = set()
        """First cells of merges that are not blank."""
        for top, _, left, _ in merges:
            self._firsts[top].append(left)

    def add(self, batch: Sequence[Row]) -> None:
        """Append rows."""
        width = max(len(cells) for cells, _ in batch)
        width = max(width, self._sizes[-1][1] if self._sizes else 0)
        for number, (cells, _) in enumerate(batch, self._cells.rows):
            for left in self._firsts.get(number, ()):
                if left < len(cells) and cells[left][1] is not None:
                    self._filled.add((number, left))
        said = _shown_columns(batch)
        if said and not self._speaking:
            for rows, columns in self._sizes:
                self._said.add(*_blank(rows, columns))
        self._speaking |= said.keys()
        self._cells.add(*columns_of([cells for cells, _ in batch], width))
        if self._speaking:
            texts, kinds = _blank(len(batch), width)
            self._said.add([said.get(n, text) for n, text in enumerate(texts, 1)], kinds)
        self._sizes.append((len(batch), width))

    def spool(self, folder: Path) -> Spool:
        """Return all rows with as many columns as the widest has."""
        width = self._sizes[-1][1] if self._sizes else 0
        size = self._cells.rows, width
        merged = merged_cells(
            self._merges, size, lambda row, place: (row, place) not in self._filled
        )
        speaking = sorted(self._speaking)
        more = [column_letter(place) + TEXT_SUFFIX for place in speaking]
        if not speaking and merged is None and (whole := self._cells.whole()) is not None:
            return whole
        with spooling(folder, width, more if merged is None else [*more, MERGED]) as spool:
            shown = self._said.batches(width)
            for texts, kinds in self._cells.batches(width):
                columns = next(shown)[0] if speaking else []
                said = [columns[place - 1] for place in speaking]
                if merged is not None:
                    said.append(merged.slice(spool.rows, len(texts[0])))
                spool.add(texts, kinds, said)
        return spool


def _enough(rows: Iterable[Row], part: ReadPart) -> Iterator[Row]:
    width = 0
    for number, row in enumerate(rows, 1):
        yield row
        width = max(width, len(row[0]))
        if number >= part.rows_of(width):
            return


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in lists that are small enough for memory; raise for a table that is too large."""
    limits = current_limits()
    batch: list[Row] = []
    width = characters = 0
    for number, row in enumerate(limits.timed(rows), 1):
        if len(row[0]) > width:
            limits.require_size(number, len(row[0]))
            if batch and (len(batch) + 1) * len(row[0]) > MOST_CELLS:  # few narrow rows stay so
                yield batch
                batch, characters = [], 0
            width = len(row[0])
        batch.append(row)
        lengths = [len(text) for _, text in row[0] if text]
        limits.require_text(max(lengths, default=0))
        characters += sum(lengths)
        if (len(batch) + 1) * max(1, width) > MOST_CELLS or characters >= MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _shown_columns(batch: Sequence[Row]) -> dict[int, pa.Array]:
    """Return what is shown in some rows, by column; those where it says no more are left out."""
    by_place: defaultdict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for number, (_, shown) in enumerate(batch):
        for place, own, text in shown:
            by_place[place][number] = own, text
    columns: dict[int, pa.Array] = {}
    for place, cells in by_place.items():
        own = pa.array([own for own, _ in cells.values()], pa.string())
        more = shown_where_it_says_more(pa.array([text for _, text in cells.values()]), own)
        if more is not None:
            by_row = dict(zip(cells, more.to_pylist(), strict=True))
            columns[place] = pa.array([by_row.get(n) for n in range(len(batch))], pa.string())
    return columns


def _blank(rows: int, columns: int) -> Columns:
    texts = [pa.nulls(rows, pa.string())] * columns
    return texts, [np.full(rows, BLANK, np.uint8)] * columns
