"""Rows that came and are not settled yet, on the disk: read again as often as it takes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.sources.extract import bytes_of
from candid_assets.sources.spool import Spool

Batch = tuple[list[pa.Array], list["np.ndarray[Any, Any]"]]
"""A text column and the kinds of its cells, for each column."""
_ROWS: Final = 50_000
_BLANK: Final = ord("-")


class Aside:
    """Batches of rows in files of their own, one for each number of columns they had."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self._folder = folder
        self._spools: list[Spool] = []
        self._open: Spool | None = None

    def __enter__(self) -> "Aside":
        """Return it, without rows."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove its files."""
        self.clear()

    def clear(self) -> None:
        """Forget every row."""
        for spool in self._spools:
            with suppress(OSError):
                spool.discard()
        self._spools, self._open, self.rows = [], None, 0

    def add(self, texts: Sequence[pa.Array], kinds: Sequence["np.ndarray[Any, Any]"]) -> None:
        """Append rows; they may have more columns than those before, to the right of them."""
        if self._open is None or self._open.columns != len(texts):
            self._end()
            self._open = Spool(self._folder, len(texts))
            self._spools.append(self._open)
        self._open.add(texts, kinds)
        self.rows += len(texts[0]) if texts else 0

    def batches(self, columns: int) -> Iterator[Batch]:
        """Yield all rows from the first on, blank where they had fewer columns."""
        self._end()
        for spool in self._spools:
            for kinds, texts in rows_of(spool.path):
                rows, more = len(kinds), columns - len(texts)
                told = [kinds[:, at] for at in range(len(texts))]
                yield (
                    [*texts, *[pa.nulls(rows, pa.string())] * more],
                    [*told, *[np.full(rows, _BLANK, np.uint8)] * more],
                )

    def _end(self) -> None:
        if self._open is not None:
            self._open.end()
        self._open = None


def rows_of(path: Path) -> Iterator[tuple["np.ndarray[Any, Any]", list[pa.Array]]]:
    """Yield kinds and texts of a landed table, from its first row on."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        letters = [n for n in file.schema_arrow.names if not n.startswith("_")]
        for batch in file.iter_batches(_ROWS, columns=["_kinds", *letters]):
            _, codes = bytes_of(pa.chunked_array([batch.column(0)]))
            kinds = np.frombuffer(codes, dtype=np.uint8).reshape(batch.num_rows, len(letters))
            yield kinds, list(batch.columns[1:])
