"""Rows that were received before their table's columns are known, buffered on the disk."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from candid_assets.sources.cell_kinds import BLANK, Columns, Kinds
from candid_assets.sources.spool import Spool, batches_of

_MOST_CELLS: Final = 1_000_000
"""Cells that are in memory at once, those filled with blanks too."""


class RowBuffer:
    """Batches of rows, in one file for each width; they can be read again and again."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self._folder = folder
        self._spools: list[Spool] = []
        self._open: Spool | None = None

    def __enter__(self) -> "RowBuffer":
        """Return the empty buffer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the buffer's files."""
        self.clear()

    def clear(self) -> None:
        """Remove every row."""
        for spool in self._spools:
            with suppress(OSError):
                spool.discard()
        self._spools, self._open, self.rows = [], None, 0

    def add(self, texts: Sequence[pa.Array], kinds: Sequence[Kinds]) -> None:
        """Append rows; they may have more columns than those before, to the right of them."""
        if self._open is None or self._open.columns != len(texts):
            self._close()
            self._open = Spool(self._folder, len(texts))
            self._spools.append(self._open)
        self._open.add(texts, kinds)
        self.rows += len(texts[0]) if texts else 0

    def batches(self, columns: int) -> Iterator[Columns]:
        """Yield all rows from the first on, filled with blanks to that many columns."""
        self._close()
        for spool in self._spools:
            for kinds, texts in batches_of(spool.path):
                step = max(1, _MOST_CELLS // max(1, columns))
                for start in range(0, len(kinds), step):
                    part = [text.slice(start, step) for text in texts]
                    yield widened(part, list(kinds[start : start + step].T), columns)

    def whole(self) -> Spool | None:
        """Return the file that holds all rows, the caller's from now on; None if several do."""
        if len(self._spools) != 1:
            return None
        self._open = None
        return self._spools.pop()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def widened(texts: list[pa.Array], kinds: list[Kinds], columns: int) -> Columns:
    """Return the columns of some rows followed by blank ones, `columns` in all."""
    rows, more = len(kinds[0]) if kinds else 0, columns - len(texts)
    blank = np.full(rows, BLANK, np.uint8)
    return [*texts, *[pa.nulls(rows, pa.string())] * more], [*kinds, *[blank] * more]
