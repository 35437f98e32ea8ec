"""How much memory DuckDB may take: little at first, more once a statement needs it.

DuckDB keeps whatever it has read or written until 80% of the machine's memory is full. A refresh
of a hundred thousand rows then takes twice the memory that it needs, beside a webserver, a daemon
and Great Expectations on the same small machine.
"""

import logging
from pathlib import Path
from typing import Final

import duckdb

log = logging.getLogger(__name__)

LEAST_BYTES: Final = 200_000_000
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
    try:
        connection.execute(sql)
    except duckdb.OutOfMemoryException:
        log.info("a statement needs more memory; DuckDB may now take 80%% of the machine's")
        _lift(connection)
        connection.execute(sql)


def _lift(connection: duckdb.DuckDBPyConnection) -> None:
    # A reset changes the setting but not what the buffers obey; setting the same value does.
    connection.execute("reset memory_limit")
    usual = connection.execute("select current_setting('memory_limit')").fetchone()
    connection.execute(f"set memory_limit = '{usual[0] if usual else '4GB'}'")
