"""Writes a warehouse anew that grew by fragments: replaced tables leave blocks that are half full.

The copy is made beside the file, read through DuckDB's checksums, and takes its place by a rename,
under the writer's lock. Readers have the published snapshot open and notice nothing; the next
publication is as small.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.atomic_files import replacing
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.duckdb_blocks import log_of, verify_file
from candid_assets.warehouse.memory import open_file
from candid_assets.warehouse.refresh_record import record_compaction, size_written

FACTOR: Final = 1.5
"""How often its size after the last writing a file may have before it is written anew."""
LEAST_BYTES: Final = 16_000_000
"""What it must have grown by at least."""


def note_wrong_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Have the file written anew when it is closed, which makes its keys from its rows.

    A commit that the disk refused may have left keys without rows, which refuse new ones.
    """
    connection.execute("set variable keys_are_wrong = true")


def is_due(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether a warehouse grew past its bound since it was written last, or its keys are wrong.

    The size after the first publication is the first that is compared with.
    """
    row = connection.execute("select getvariable('keys_are_wrong')").fetchone()
    if row is not None and row[0]:
        return True
    size = file.stat().st_size if file.exists() else 0
    try:
        last, is_published = size_written(connection)
    except duckdb.CatalogException:  # of an earlier release, not yet opened by a refresh
        return False
    if last is None and is_published:
        record_compaction(connection, size, size)
    return last is not None and size > max(FACTOR * last, last + LEAST_BYTES)


def compact(file: Path) -> None:
    """Write a warehouse anew, without the space between its tables; nobody else may have it open.

    Raises:
        duckdb.Error: It cannot be read, or the copy is not what was copied.
        OSError: The copy cannot be written.
    """
    before = file.stat().st_size
    with replacing(file, single_writer=True) as part:
        with open_file(file, read_only=False) as connection:
            connection.execute("force checkpoint")
            copy_database(connection, part)
        # A file of an earlier version has no table for it yet.
        with open_file(part, read_only=False) as connection, suppress(duckdb.CatalogException):
            record_compaction(connection, before, part.stat().st_size)
        verify_file(part)
        if log_of(file).exists():
            raise duckdb.IOException(f"{file} was written to while it was copied")


def copy_database(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    """Write all tables of the opened file to a new one, table by table, in place of what is there.

    Raises:
        duckdb.Error: A block of the file is damaged, or the copy cannot be written.
    """
    part.unlink()
    row = connection.execute("select current_database()").fetchone()
    name = str(row[0]) if row else ""
    connection.execute(f"attach {literal(str(part))} as compacted")
    try:
        connection.execute(f"copy from database {quoted(name)} to compacted")
        count = "select count(*) from duckdb_tables() where database_name = ? and not temporary"
        tables = [connection.execute(count, [n]).fetchone() for n in (name, "compacted")]
        if tables[0] != tables[1]:
            raise duckdb.IOException(f"{part} does not have every table of {name}")
    finally:
        connection.execute("detach compacted")
