"""Takes .parquet files apart in pieces whose texts fit into memory, whatever is repeated."""

from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from candid_assets.sources.table_limits import current_limits


def opened_parquet(file: BinaryIO) -> pq.ParquetFile:
    """Return an open file whose texts are read as dictionaries: one that is repeated, once."""
    schema = pq.read_schema(file)
    file.seek(0)
    texts = [field.name for field in schema if _is_text(field.type)]
    return pq.ParquetFile(file, read_dictionary=texts, page_checksum_verification=True)


def batches_of(file: pq.ParquetFile, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file in batches of so many.

    Each row group has a reader of its own, or several small ones together: a reader keeps the
    dictionaries of all that it has read.
    """
    groups: list[int] = []
    counted = 0
    for group in range(file.num_row_groups):
        groups.append(group)
        counted += file.metadata.row_group(group).num_rows
        if counted >= rows or group == file.num_row_groups - 1:
            yield from file.iter_batches(rows, row_groups=groups)
            groups, counted = [], 0


def pieces_of(batch: pa.RecordBatch, most: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a batch in pieces of about so many bytes of text.

    Raises:
        TableTooLargeError: A cell has more than one may have.
    """
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        lengths = _lengths(column)
        if lengths is not None:
            current_limits().require_text(int(lengths.max(initial=0)))
            sizes += lengths
    breaks = np.flatnonzero(np.diff(np.cumsum(sizes) // most, prepend=0))
    bounds = [0, *(int(end) for end in breaks if end), batch.num_rows]
    for start, end in pairwise(bounds):
        if end > start:
            yield batch.slice(start, end - start)


def _lengths(column: pa.Array) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None":
    """Return the bytes of each text of a column; None for another one."""
    if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
        lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    elif _is_text(column.type):
        lengths = pc.binary_length(column)
    else:
        return None
    return np.asarray(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False), np.int64)


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )
