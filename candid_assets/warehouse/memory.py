"""How much memory DuckDB may take: little at first, more once a statement needs it.

DuckDB keeps whatever it has read or written until 80% of the machine's memory is full. A refresh
of a hundred thousand rows then takes twice the memory that it needs, beside a webserver, a daemon
and Great Expectations on the same small machine.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Final, TypeVar

import duckdb

log = logging.getLogger(__name__)

T = TypeVar("T")
_LENDING: Final = RLock()

LEAST_BYTES: Final = 210_000_000
"""What the buffers may hold of a small warehouse; of a large one, as much as its file."""


def start_small(connection: duckdb.DuckDBPyConnection, database: Path) -> None:
    """Let DuckDB keep in memory what a refresh of a warehouse of this size needs."""
    size = database.stat().st_size if database.exists() else 0
    connection.execute(f"set memory_limit = '{max(LEAST_BYTES, size)}B'")


def run_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run a statement that changes nothing but what it makes; where memory is short, with more.

    Raises:
        duckdb.Error: What the statement raises; `OutOfMemoryException` only where 80% of the
            machine's memory is not enough.
    """
    with_enough(connection, lambda: connection.execute(sql))


def with_enough(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Do what may be done twice; where memory is short, again with more.

    It may be short for what needs little too: while a statement of another thread has all of it.
    What was lent is taken back afterwards, unless the result does not fit otherwise.
    """
    try:
        return work()
    except duckdb.OutOfMemoryException:
        log.info("a statement needs more memory; DuckDB may take 80%% of the machine's for it")
    # One at a time: what is taken back from one thread would be missing in another.
    with _LENDING:
        small = _limit(connection)
        # A reset changes the setting but not what the buffers obey; setting the same value does.
        connection.execute("reset memory_limit")
        connection.execute(f"set memory_limit = '{_limit(connection)}'")
        try:
            return work()
        finally:
            with suppress(duckdb.OutOfMemoryException):
                connection.execute(f"set memory_limit = '{small}'")


def _limit(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("select current_setting('memory_limit')").fetchone()
    return str(found[0]) if found else "4GB"
