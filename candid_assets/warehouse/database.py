"""Opens the warehouse and the published snapshot; a file serves one environment only.

Building and swapping tables is in `tables.py`, publishing in `publish.py`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.settings import TIME_ZONE
from candid_assets.warehouse.compaction import note_wrong_keys
from candid_assets.warehouse.data_folder import require_known_folder
from candid_assets.warehouse.errors import WarehouseError, duckdb_errors
from candid_assets.warehouse.memory import limit_memory, open_file
from candid_assets.warehouse.migrations import bring_up_to_date, create_tables
from candid_assets.warehouse.versions import (
    environment_of,
    record_environment,
    require_not_newer,
    stored_version,
)

WRITING: Final = threading.RLock()
"""Held by the one thread of this process that writes to the warehouse."""
_OPENING = threading.Lock()


def bootstrap(connection: duckdb.DuckDBPyConnection, env: str) -> None:
    """Make a new file's schemas and tables of `meta`, or bring an older one up to date.

    Raises:
        WarehouseError: The file holds another environment's data, or is of a newer version.
    """
    connection.execute(f"set TimeZone = '{TIME_ZONE}'")
    try:
        # Asked before anything is written: another environment's file stays as it is, to the byte.
        recorded = environment_of(connection)
    except duckdb.CatalogException:
        recorded = None
    if recorded is None:
        with transaction(connection):
            create_tables(connection)
            record_environment(connection, env)
    elif recorded == env:
        bring_up_to_date(connection)
    else:
        raise WarehouseError(
            f"this warehouse holds {recorded} data and cannot be used with CANDID_ENV={env}",
            f"set CANDID_ENV={recorded} or give {env} its own CANDID_DATA_DIR",
        )


@contextmanager
def open_published(path: Path, memory: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published snapshot read-only, without access to other files or the network.

    Args:
        path: The snapshot.
        memory: Bytes that DuckDB may buffer, where that is less than CANDID_MEMORY.

    Raises:
        WarehouseError: Nothing was published yet, DuckDB cannot open or read the file, or it or
            its folder is of a newer version.
    """
    require_known_folder(path.parent.parent)
    if not path.exists():
        raise WarehouseError(f"nothing is published at {path}", "run `candid run` first")
    with duckdb_errors():
        with _OPENING:
            connection = open_file(path)
            setting = connection.execute("select current_setting('lock_configuration')").fetchone()
            if setting != (True,):
                connection.execute(f"set global TimeZone = '{TIME_ZONE}'")
                if memory is not None:
                    limit_memory(connection, memory)
                connection.execute("set enable_external_access = false")
                connection.execute("set lock_configuration = true")
        with connection:
            require_not_newer(stored_version(connection), str(path))
            yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did, or nothing of it; one transaction at a time in a process."""
    with WRITING:
        connection.execute("begin transaction")
        try:
            yield
        except BaseException as error:
            connection.execute("rollback")
            if isinstance(error, duckdb.ConstraintException):
                note_wrong_keys(connection)
            raise
        try:
            connection.execute("commit")
        except duckdb.Error:
            _leave_to_the_log(connection)
            raise


@contextmanager
def cursor_beside(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield another connection to the same file, for a thread that works beside this one's.

    It has temporary tables and macros of its own. What it notes of commits that failed is noted
    for the given connection, too, which closes the file.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"set TimeZone = '{TIME_ZONE}'")
        try:
            yield cursor
        finally:
            for name in ("commit_failed", "keys_are_wrong"):
                row = cursor.execute(f"select getvariable('{name}')").fetchone()
                if row is not None and row[0]:
                    connection.execute(f"set variable {name} = true")


def _leave_to_the_log(connection: duckdb.DuckDBPyConnection) -> None:
    """After a commit that the disk refused, let no checkpoint write what is in memory.

    DuckDB takes the rows back and leaves their keys in the indexes, which a checkpoint would keep
    for good. What was committed before is in the last checkpoint and in the log beside it.
    """
    with suppress(duckdb.Error):
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("set variable commit_failed = true")


def require_commits(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a checkpoint after a commit that failed.

    Raises:
        duckdb.IOException: A commit of this connection failed.
    """
    row = connection.execute("select getvariable('commit_failed')").fetchone()
    if row is not None and row[0]:
        raise duckdb.IOException("an earlier commit failed; the next run publishes")
