"""Opens the warehouse and the published snapshot; a file serves one environment only.

Building and swapping tables is in `tables.py`, publishing in `publish.py`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from candid_assets.settings import TIME_ZONE
from candid_assets.warehouse.errors import WarehouseError, duckdb_errors
from candid_assets.warehouse.memory import open_file

SCHEMA = Path(__file__).with_name("schema.sql")
_OPENING = threading.Lock()


def bootstrap(connection: duckdb.DuckDBPyConnection, env: str) -> None:
    """Create schemas and meta tables where they are missing and check the environment.

    Raises:
        WarehouseError: The file holds another environment's data.
    """
    connection.execute(f"set TimeZone = '{TIME_ZONE}'")
    try:
        # Asked before anything is written: another environment's file stays as it is, to the byte.
        recorded = environment_of(connection)
    except duckdb.CatalogException:
        recorded = None
    if recorded is None or recorded == env:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
    if recorded is None:
        connection.execute("insert into meta.environment values (?, ?)", [env, datetime.now(UTC)])
    elif recorded != env:
        raise WarehouseError(
            f"this warehouse holds {recorded} data and cannot be used with CANDID_ENV={env}",
            f"set CANDID_ENV={recorded} or give {env} its own CANDID_DATA_DIR",
        )


def environment_of(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the environment that the opened file was made for."""
    row = connection.execute("select env from meta.environment").fetchone()
    return None if row is None else str(row[0])


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published snapshot read-only, without access to other files or the network.

    Raises:
        WarehouseError: Nothing was published yet, or DuckDB cannot open or read the file.
    """
    if not path.exists():
        raise WarehouseError(f"nothing is published at {path}", "run `candid run` first")
    with duckdb_errors():
        with _OPENING:
            connection = open_file(path)
            setting = connection.execute("select current_setting('lock_configuration')").fetchone()
            if setting != (True,):
                connection.execute(f"set global TimeZone = '{TIME_ZONE}'")
                connection.execute("set enable_external_access = false")
                connection.execute("set lock_configuration = true")
        with connection:
            yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did, or nothing of it."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
