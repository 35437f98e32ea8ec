"""Assembles the ranges of a tab into one Arrow table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import BLANK, Kinds
from candid_assets.sources.content_hash import MERGED, SHOWN_SUFFIX, TEXT_SUFFIX, strings_of
from candid_assets.sources.extract import Merge
from candid_assets.sources.merged_cells import merged_cells
from candid_assets.sources.sheets.cells import (
    ColumnCells,
    RendersDifferError,
    Value,
    classify,
    columns_of,
    number_texts,
    same_shape,
    short_dates,
)
from candid_assets.sources.sheets.loading_cells import LOADING
from candid_assets.sources.sheets.number_texts import ShownBlock

_LOADING_NAMED: Final = 5

Rows = Sequence[Sequence[Value]]


def packed(rows: Rows) -> bytes:
    """Return rows as few bytes, for as long as they wait for their other render."""
    return bytes(pa.compress(orjson.dumps(rows), codec="zstd", asbytes=True))


def unpacked(content: bytes) -> Rows:
    """Return the rows that were packed."""
    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        rows: Rows = orjson.loads(stream.read())
    return rows


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    rows: int
    columns: list[ColumnCells]
    more: dict[int, pa.Array] = field(default_factory=dict)
    """By position, what the sheet shows for numbers where that says more than they do."""


class TabBuilder:
    """Collects the ranges of one tab in the order of their rows."""

    def __init__(self, merges: Sequence[Merge] = ()) -> None:
        self._blocks: list[_Block] = []
        self._merges = merges
        self.loading: list[str] = []
        """The first cells that still calculate, such as `B7`."""
        self.wavering = False

    def add(self, first_row: int, serial: Rows, shown: Rows) -> None:
        """Add one range in its two renders, or raise `RendersDifferError`."""
        if not same_shape(serial, shown):
            raise RendersDifferError("the two renders of a range differ")
        if not serial:
            return
        pairs = zip(columns_of(serial), columns_of(shown), strict=True)
        columns = [classify(*pair) for pair in pairs]
        self._blocks.append(_Block(first_row, len(serial), columns))
        for position, column in enumerate(columns, 1):
            self.wavering |= column.wavering
            self._note_loading(position, first_row, column.loading)

    def add_shown(self, numbers: ShownBlock, shown: Sequence[Sequence[Value]]) -> None:
        """Add what the sheet shows in a block of number cells, column by column.

        Raises:
            RendersDifferError: A cell that was a number shows an error.
        """
        block = next(b for b in self._blocks if b.first <= numbers.first < b.first + b.rows)
        start = numbers.first - block.first
        for position, cells in enumerate(shown, numbers.left - 1):
            column = block.columns[position]
            texts = [None] * start + list(cells)
            texts += [None] * (block.rows - len(texts))
            if not LOADING.isdisjoint(texts):
                calculating = [row for row, text in enumerate(texts) if text in LOADING]
                self._note_loading(position + 1, block.first, calculating)
            if (more := number_texts(column, texts)) is not None:
                block.more[position] = more

    def table(self) -> pa.Table:
        """Return the tab's rows, from the first to the last that is not blank."""
        kinds = self._kinds()
        rows, width = kinds.shape
        arrays: dict[str, pa.Array] = {
            "_row": pa.array(np.arange(1, rows + 1, dtype=np.int32)),
            "_kinds": strings_of(kinds),
        }
        for position in range(width):
            letter = column_letter(position + 1)
            parts = [b for b in self._blocks if position < len(b.columns)]
            arrays[letter] = _joined([(b, b.columns[position].texts) for b in parts], rows)
            shown = [(b, cells) for b in parts if (cells := b.columns[position].shown) is not None]
            if shown:
                arrays[letter + SHOWN_SUFFIX] = _joined(shown, rows)
            more = [(b, cells) for b in parts if (cells := _more(b, position)) is not None]
            if more and (cells := _joined(more, rows)).null_count < rows:
                arrays[letter + TEXT_SUFFIX] = cells
        merged = merged_cells(
            self._merges, (rows, width), lambda row, place: bool(kinds[row, place] == BLANK)
        )
        if merged is not None:
            arrays[MERGED] = merged
        return pa.table(arrays)

    def _note_loading(self, place: int, first_row: int, rows: Sequence[int]) -> None:
        """Keep the first cells that still calculate."""
        cells = [f"{column_letter(place)}{first_row + row}" for row in rows]
        self.loading += cells[: _LOADING_NAMED - len(self.loading)]

    def _kinds(self) -> Kinds:
        """Kinds of all cells, without the blank rows at the bottom and columns at the right."""
        rows = max((b.first - 1 + b.rows for b in self._blocks), default=0)
        width = max((len(b.columns) for b in self._blocks), default=0)
        kinds = np.full((rows, width), BLANK, dtype=np.uint8)
        for block in self._blocks:
            span = slice(block.first - 1, block.first - 1 + block.rows)
            for position, column in enumerate(block.columns):
                kinds[span, position] = np.frombuffer(column.kinds, dtype=np.uint8)
        used = kinds != BLANK
        return kinds[: _last(used.any(axis=1)), : _last(used.any(axis=0))]


def _more(block: _Block, position: int) -> pa.Array | None:
    """Return what formats say in one column of a range: of numbers, and of short dates."""
    dates = short_dates(block.columns[position])
    numbers = block.more.get(position)
    if numbers is None or dates is None:
        return dates if numbers is None else numbers
    return pc.coalesce(numbers, dates)


def _joined(parts: Sequence[tuple[_Block, pa.Array]], rows: int) -> pa.Array:
    """Return one column of the whole tab from those of its ranges, null between them."""
    arrays: list[pa.Array] = []
    reached = 0
    for block, cells in parts:
        if block.first - 1 > reached:
            arrays.append(pa.nulls(block.first - 1 - reached, pa.string()))
        arrays.append(cells)
        reached = block.first - 1 + block.rows
    if reached < rows:
        arrays.append(pa.nulls(rows - reached, pa.string()))
    # A copy of exact size: a slice would keep what was cut off in memory and in the file.
    return pa.concat_arrays([*arrays, pa.nulls(0, pa.string())]).slice(0, rows)


def _last(used: "np.ndarray[Any, np.dtype[np.bool_]]") -> int:
    """Return the number of the last position that is used, counted from 1; 0 for none."""
    positions = np.flatnonzero(used)
    return int(positions[-1]) + 1 if len(positions) else 0
