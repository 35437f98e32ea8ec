"""Assembles the ranges of a tab into one Arrow table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import BLANK, Kinds
from candid_assets.sources.content_hash import SHOWN_SUFFIX, strings_of
from candid_assets.sources.sheets.cells import (
    ColumnCells,
    RendersDifferError,
    Value,
    classify,
    columns_of,
    same_shape,
)

_LOADING_NAMED: Final = 5

Rows = Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    rows: int
    columns: list[ColumnCells]


class TabBuilder:
    """Collects the ranges of one tab in the order of their rows."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
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
            self.loading += [
                f"{column_letter(position)}{first_row + row}" for row in column.loading
            ][: _LOADING_NAMED - len(self.loading)]

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
            arrays[letter] = self._column(position, rows, shown=False)
            if any(p.shown is not None for p in self._parts(position)):
                arrays[letter + SHOWN_SUFFIX] = self._column(position, rows, shown=True)
        return pa.table(arrays)

    def _parts(self, position: int) -> list[ColumnCells]:
        return [b.columns[position] for b in self._blocks if position < len(b.columns)]

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

    def _column(self, position: int, rows: int, *, shown: bool) -> pa.Array:
        parts: list[pa.Array] = []
        reached = 0
        for block in self._blocks:
            if position >= len(block.columns):
                continue
            cells = block.columns[position].shown if shown else block.columns[position].texts
            if cells is None:
                continue
            if block.first - 1 > reached:
                parts.append(pa.nulls(block.first - 1 - reached, pa.string()))
            parts.append(cells)
            reached = block.first - 1 + block.rows
        if reached < rows:
            parts.append(pa.nulls(rows - reached, pa.string()))
        # A copy of exact size: a slice would keep what was cut off in memory and in the file.
        return pa.concat_arrays([*parts, pa.nulls(0, pa.string())]).slice(0, rows)


def _last(used: "np.ndarray[Any, np.dtype[np.bool_]]") -> int:
    """Return the number of the last position that is used, counted from 1; 0 for none."""
    positions = np.flatnonzero(used)
    return int(positions[-1]) + 1 if len(positions) else 0
