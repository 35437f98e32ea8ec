"""Writes a table of any length to a Parquet file in bounded memory and names it by its content.

Sources of typed columns are landed as sheets are: the first row is the header, every value a text
with its kind. The hash is made column by column, so that it does not depend on how the rows came
in batches.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.atomic_files import new_part
from candid_assets.names import column_letter
from candid_assets.sources.extract import bytes_of, is_letter, strings_of

FACTS: Final = b"candid"
"""Key of the file's metadata under which it says of itself where it came from."""
_VERSION: Final = b"candid columns 1\n"
_BLANK: Final = ord("-")
_TEXT: Final = ord("t")


class Spool:
    """A table on its way to the landing store."""

    def __init__(self, folder: Path, columns: int) -> None:
        self.path = new_part(folder)
        self.columns = columns
        self.rows = 0
        self._letters = [column_letter(n) for n in range(1, self.columns + 1)]
        fields = [("_row", pa.int32()), ("_kinds", pa.string())]
        schema = pa.schema([*fields, *((letter, pa.string()) for letter in self._letters)])
        self._schema = schema
        self._writer: Any = pq.ParquetWriter(
            self.path, schema, compression="zstd", write_page_checksum=True
        )
        self._hash = ColumnHash(self.columns)

    def add_header(self, headers: Sequence[str]) -> None:
        """Append the header of a table whose rows do not hold it."""
        texts = [pa.array([header or None], pa.string()) for header in headers]
        self.add(texts, [np.full(1, _TEXT if h else _BLANK, np.uint8) for h in headers])

    def add(self, texts: Sequence[pa.Array], kinds: Sequence["np.ndarray[Any, Any]"]) -> None:
        """Append rows, given as a text column and the kinds of its cells for each column."""
        rows = len(texts[0]) if texts else 0
        if not rows:
            return
        numbers = np.arange(self.rows + 1, self.rows + rows + 1, dtype=np.int32)
        joined = strings_of(np.column_stack(list(kinds)).astype(np.uint8))
        table = pa.table([pa.array(numbers), joined, *texts], schema=self._schema)
        self._writer.write_table(table)
        self._hash.update([joined, *texts], rows)
        self.rows += rows

    @property
    def content_hash(self) -> str:
        """The hash of all rows added so far."""
        return self._hash.hexdigest()

    def end(self) -> None:
        """End the file, which is read again and never kept."""
        self._writer.close()

    def keep(self, facts: bytes) -> Path:
        """End the file with what it says of itself and return it."""
        self._writer.add_key_value_metadata({FACTS: facts})
        self._writer.close()
        return self.path

    def discard(self) -> None:
        """Remove the file, if it is still there."""
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self.path.unlink(missing_ok=True)


class ColumnHash:
    """The SHA-256 of columns that come in batches, whatever the batches."""

    def __init__(self, width: int) -> None:
        self._parts = [(hashlib.sha256(), hashlib.sha256()) for _ in range(width + 1)]
        self._rows = 0

    def update(self, columns: Sequence[pa.Array], rows: int) -> None:
        """Add the next rows of every column, the kinds first."""
        self._rows += rows
        for (lengths, texts), column in zip(self._parts, columns, strict=True):
            lengths_of, text = bytes_of(pa.chunked_array([column]))
            lengths.update(lengths_of)
            texts.update(text)

    def hexdigest(self) -> str:
        """Return the hash of everything added."""
        whole = hashlib.sha256(_VERSION)
        whole.update(f"{self._rows} {len(self._parts) - 1}\n".encode())
        for lengths, texts in self._parts:
            whole.update(lengths.digest())
            whole.update(texts.digest())
        return whole.hexdigest()


def columns_hash(table: pa.Table) -> str:
    """Return the hash of a landed table as its spool made it."""
    letters = [name for name in table.column_names if is_letter(name)]
    made = ColumnHash(len(letters))
    for batch in table.select(["_kinds", *letters]).to_batches():
        made.update(batch.columns, batch.num_rows)
    return made.hexdigest()
