"""Names an extract by its content: hashes of the kinds and texts of its cells.

Part of the content are what formats say beyond numbers and which cells are merged, where an
extract has any of these; extracts without them have the hashes that they always had.

Both hashes are made from kinds, lengths and UTF-8 bytes, so that they do not depend on how Arrow,
Parquet or Python write things down.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

SHOWN_SUFFIX: Final = ".shown"
"""`<letter>.shown` holds the text that the sheet shows for the dates and times of a column."""
TEXT_SUFFIX: Final = ".text"
"""`<letter>.text` holds what the sheet shows for numbers and short dates that says more than they
do: `00007`, `24 pcs`, `1/2`."""
MERGED: Final = "_merged"
"""For each row with merged cells, which cell holds the text of each: `{"A": "A2"}`."""
_TABLE_VERSION: Final = b"candid extract 1\n"
_COLUMNS_VERSION: Final = b"candid columns 1\n"


def content_hash(table: pa.Table) -> str:
    """Return the SHA-256 of the kinds and texts of an extract that is in memory."""
    letters = letters_of(table.column_names)
    digest = hashlib.sha256(_TABLE_VERSION)
    more = more_of(table.column_names)
    digest.update(f"{' '.join([str(table.num_rows), str(len(letters)), *more])}\n".encode())
    for name in ("_kinds", *letters, *more):
        lengths, text = bytes_of(table.column(name))
        digest.update(lengths)
        digest.update(text)
    return digest.hexdigest()


class ColumnHash:
    """The SHA-256 of columns that come in batches, the same however they are cut."""

    def __init__(self, width: int, more: Sequence[str] = ()) -> None:
        """Begin.

        Args:
            width: Number of columns of cells.
            more: Names of the columns of texts and merges, which come behind them.
        """
        count = width + 1 + len(more)
        self._columns = [(hashlib.sha256(), hashlib.sha256()) for _ in range(count)]
        self._rows, self._size = 0, " ".join([str(width), *more])

    def update(self, columns: Sequence[pa.Array], rows: int) -> None:
        """Add the next rows of every column, the kinds first."""
        self._rows += rows
        for (lengths, texts), column in zip(self._columns, columns, strict=True):
            new_lengths, new_text = bytes_of(pa.chunked_array([column]))
            lengths.update(new_lengths)
            texts.update(new_text)

    def hexdigest(self) -> str:
        """Return the hash of everything added."""
        digest = hashlib.sha256(_COLUMNS_VERSION)
        digest.update(f"{self._rows} {self._size}\n".encode())
        for lengths, texts in self._columns:
            digest.update(lengths.digest())
            digest.update(texts.digest())
        return digest.hexdigest()


def columns_hash(table: pa.Table) -> str:
    """Return the hash that a landed table has as `ColumnHash` makes it."""
    letters = letters_of(table.column_names)
    more = more_of(table.column_names)
    digest = ColumnHash(len(letters), more)
    for batch in table.select(["_kinds", *letters, *more]).to_batches():
        digest.update(batch.columns, batch.num_rows)
    return digest.hexdigest()


def letters_of(names: Sequence[str]) -> list[str]:
    """Return the columns of an extract that hold cells of the source: `A`, `B` and so on."""
    return [name for name in names if name[0] != "_" and "." not in name]


def more_of(names: Sequence[str]) -> list[str]:
    """Return the columns of an extract that hold what formats and merges say of its cells."""
    return [name for name in names if name == MERGED or name.endswith(TEXT_SUFFIX)]


def bytes_of(column: pa.ChunkedArray) -> tuple[bytes, bytes]:
    """Return the lengths of a column's texts, as little-endian 32-bit numbers, and all texts."""
    if len(column) == 0:
        return b"", b""
    array = pa.concat_arrays(column.chunks)
    _, offsets_buffer, data = array.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)
    offsets = offsets[array.offset : array.offset + len(array) + 1]
    lengths = np.diff(offsets).astype("<u4").tobytes()
    text = bytes(memoryview(data)[offsets[0] : offsets[-1]]) if data is not None else b""
    return lengths, text


def strings_of(kinds: "np.ndarray[Any, np.dtype[np.uint8]]") -> pa.Array:
    """Return a row of characters for each row of a matrix of their codes."""
    rows, width = kinds.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(kinds).tobytes()
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))
