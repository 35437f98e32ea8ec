"""Writes a table of any length to a Parquet file in bounded memory and names it by its content.

Sources of typed columns are landed as sheets are: the first row is the header, every value a text
with its kind.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.atomic_files import new_part
from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import BLANK, TEXT, Kinds
from candid_assets.sources.content_hash import ColumnHash, bytes_of, letters_of, strings_of
from candid_assets.sources.table_limits import current_limits

FACTS: Final = b"candid"
"""Key of the file's metadata under which it says where its rows came from."""
_BATCH_ROWS: Final = 50_000


class Spool:
    """A table in a file of its own, which is kept in the landing store or discarded."""

    def __init__(
        self, folder: Path, columns: int, more: Sequence[str] = (), beside: Sequence[str] = ()
    ) -> None:
        """Begin a file.

        Args:
            folder: Where it is made.
            columns: Number of columns of cells.
            more: Names of the columns of what formats and merges say, which come behind them.
            beside: Names of further columns, which are no part of the content that is hashed.

        Raises:
            TableTooLargeError: It has more columns than a table may have.
        """
        self._limits = current_limits()
        self._limits.require_size(0, columns)
        self._bytes = 0
        self.path = new_part(folder)
        self.columns = columns
        self.rows = 0
        letters = [(column_letter(n), pa.string()) for n in range(1, columns + 1)]
        letters += [(name, pa.string()) for name in (*more, *beside)]
        self._schema = pa.schema([("_row", pa.int32()), ("_kinds", pa.string()), *letters])
        self._writer: Any = pq.ParquetWriter(
            self.path, self._schema, compression="zstd", write_page_checksum=True
        )
        self._hash = ColumnHash(columns, more)

    def add_header(self, headers: Sequence[str]) -> None:
        """Append the header of a table whose rows do not hold it."""
        texts = [pa.array([header or None], pa.string()) for header in headers]
        self.add(texts, [np.full(1, TEXT if header else BLANK, np.uint8) for header in headers])

    def add(
        self,
        texts: Sequence[pa.Array],
        kinds: Sequence[Kinds],
        more: Sequence[pa.Array] = (),
        beside: Sequence[pa.Array] = (),
    ) -> None:
        """Append rows, given as a text column and the kinds of its cells for each column.

        `more` and `beside` are the columns that were named when the file was begun.

        Raises:
            TableTooLargeError: The table is larger than one may be, or took too long.
        """
        rows = len(texts[0]) if texts else 0
        if not rows:
            return
        self._limits.require_time()
        self._limits.require_size(self.rows + rows, self.columns)
        self._bytes += sum(array.nbytes for array in texts)
        self._limits.require_unpacked(self._bytes, "it")
        numbers = np.arange(self.rows + 1, self.rows + rows + 1, dtype=np.int32)
        joined = strings_of(np.column_stack(list(kinds)).astype(np.uint8))
        arrays = [pa.array(numbers), joined, *texts, *more, *beside]
        table = pa.table(arrays, schema=self._schema)
        self._writer.write_table(table)
        self._hash.update([joined, *texts, *more], rows)
        self.rows += rows

    @property
    def content_hash(self) -> str:
        """The hash of all rows added so far."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Complete the file without metadata, to read it again."""
        self._writer.close()

    def keep(self, facts: bytes) -> Path:
        """Complete the file with its metadata and return its path."""
        self._writer.add_key_value_metadata({FACTS: facts})
        self._writer.close()
        return self.path

    def discard(self) -> None:
        """Remove the file, if it is still there."""
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self.path.unlink(missing_ok=True)


def batches_of(path: Path) -> Iterator[tuple[Kinds, list[pa.Array]]]:
    """Yield kinds (rows by columns) and texts of a landed table, from its first row on."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        letters = letters_of(file.schema_arrow.names)
        # One group at a time: as many rows as were in memory when they were written.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(_BATCH_ROWS, [group], ["_kinds", *letters]):
                _, codes = bytes_of(pa.chunked_array([batch.column(0)]))
                kinds = np.frombuffer(codes, dtype=np.uint8).reshape(batch.num_rows, len(letters))
                yield kinds, list(batch.columns[1:])


@contextmanager
def spooling(
    folder: Path, columns: int, more: Sequence[str] = (), beside: Sequence[str] = ()
) -> Iterator[Spool]:
    """Yield a spool that is discarded if the block fails."""
    spool = Spool(folder, columns, more, beside)
    try:
        yield spool
    except BaseException:
        spool.discard()
        raise
