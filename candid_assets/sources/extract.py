"""A table as a reader hands it over: text and kind of every cell, named by its content."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

SHOWN_SUFFIX: Final = ".shown"
"""`<letter>.shown` holds the text that the sheet shows for the dates and times of a column."""
_HASH_VERSION: Final = b"candid extract 1\n"
Merge = tuple[int, int, int, int]
"""Start row, end row, start column, end column: 0-based, end exclusive."""


class Spooled(Protocol):
    """A table in a file of its own, which is kept or discarded."""

    def keep(self, facts: bytes) -> Path:
        """End the file with what it says of itself, and return it."""

    def discard(self) -> None:
        """Remove the file."""


@dataclass(frozen=True, slots=True)
class TabExtract:
    """One tab's content at one moment."""

    spreadsheet_id: str
    sheet_id: int
    title: str
    hidden: bool
    rows: int
    columns: int
    table: pa.Table
    """`_row`, `_kinds`, a text column per letter, `<letter>.shown` where there are dates."""
    content_hash: str
    fetched_at: datetime
    modified_time: datetime
    """When the source says it changed last, asked before the read."""
    locale: str
    time_zone: str
    merges: tuple[Merge, ...]
    assurance: str = ""
    """What makes sure that it was read whole, in words."""
    spooled: Spooled | None = None
    """The file that holds the rows instead of `table`, where they may be too many for memory."""


def content_hash(table: pa.Table) -> str:
    """Return the SHA-256 of a tab's kinds and texts, whatever its title and formats.

    Made from kinds, lengths and UTF-8 bytes, so that it does not depend on how Arrow, Parquet or
    Python write things down.
    """
    digest = hashlib.sha256(_HASH_VERSION)
    letters = [name for name in table.column_names if is_letter(name)]
    digest.update(f"{table.num_rows} {len(letters)}\n".encode())
    for name in ("_kinds", *letters):
        lengths, text = bytes_of(table.column(name))
        digest.update(lengths)
        digest.update(text)
    return digest.hexdigest()


def is_letter(name: str) -> bool:
    """Whether a column of an extract holds the cells of a column of the source."""
    return name[0] != "_" and not name.endswith(SHOWN_SUFFIX)


def bytes_of(column: pa.ChunkedArray) -> tuple[bytes, bytes]:
    """Lengths of a column's texts as little-endian 32-bit numbers, and all texts joined."""
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
