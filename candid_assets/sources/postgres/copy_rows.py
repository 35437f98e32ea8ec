"""Copies the rows of one table, batch by batch, as texts that the database writes."""

import io
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
from psycopg import Copy, sql
from pyarrow import csv

from candid_assets.errors import CandidError
from candid_assets.sources.postgres.connection import Connection
from candid_assets.sources.postgres.value_types import PostgresColumn
from candid_assets.sources.source_metadata import TabMetadata

BLOCK: Final = 4 << 20
"""Bytes that are parsed at once; rows that are longer need `LARGEST`."""
LARGEST: Final = 1 << 30
"""Bytes that any row fits into: PostgreSQL's own limit of a value."""


class RowTooLongError(CandidError):
    """A row does not fit into a block."""


def batches(
    connection: Connection,
    table: TabMetadata,
    fields: Sequence[PostgresColumn],
    *,
    order: Sequence[str],
    where: sql.Composable | None = None,
    block: int = BLOCK,
    most: int | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the table's rows as texts, always in the same order.

    Raises:
        RowTooLongError: A row does not fit into a block.
    """
    query = _query(table, fields, order, where)
    if most is not None:
        # Unordered: sorting a large table to read its first rows would take long.
        query = sql.SQL("{} limit {}").format(_query(table, fields, None, where), most)
    command = sql.SQL("copy ({}) to stdout (format csv, force_quote *)").format(query)
    names = [str(number) for number in range(len(fields))]
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        stream = _Stream(copy)
        if not stream.has_data():
            return
        try:
            reader = csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                csv.ReadOptions(use_threads=False, block_size=block, column_names=names),
                csv.ParseOptions(newlines_in_values=True),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            yield from reader
        except pa.ArrowInvalid as error:
            if "straddl" in str(error):
                raise RowTooLongError(f"a row does not fit into {block} bytes") from error
            raise


def _query(
    table: TabMetadata,
    fields: Sequence[PostgresColumn],
    order: Sequence[str] | None,
    where: sql.Composable | None,
) -> sql.Composable:
    texts = sql.SQL(", ").join(field.text for field in fields)
    source = sql.Identifier(table.facts["schema"], table.facts["name"])
    query = sql.SQL("select {} from {}").format(texts, source)
    if where is not None:
        query = sql.SQL("{} where {}").format(query, where)
    # Without a key only all columns together give an order that does not depend on the disk.
    if order is None:
        return query
    ordered: list[sql.Composable] = [sql.Identifier(name) for name in order]
    ordered = ordered or [field.text for field in fields]
    return sql.SQL("{} order by {}").format(query, sql.SQL(", ").join(ordered))


class _Stream(io.RawIOBase):
    """What the database sends, as a file."""

    def __init__(self, copy: Copy) -> None:
        self._blocks = iter(copy)
        self._left = b""

    def has_data(self) -> bool:
        """Whether the database sends anything."""
        self._left = bytes(next(self._blocks, b""))
        return bool(self._left)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, or none at the end."""
        wanted = size if size >= 0 else LARGEST
        parts, held = [self._left], len(self._left)
        while held < wanted and (block := next(self._blocks, None)) is not None:
            parts.append(bytes(block))
            held += len(parts[-1])
        content = b"".join(parts)
        self._left = content[wanted:]
        return content[:wanted]
