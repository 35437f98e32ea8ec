"""Opens DuckDB within CANDID_MEMORY; what a statement needs beyond that is spilled to disk."""

import os
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Final
from uuid import uuid4

import duckdb
from pydantic import ByteSize, TypeAdapter

from candid_assets.regular_files import require_regular
from candid_assets.settings import Settings
from candid_assets.sql import literal

SHARE: Final = 40
"""The default of CANDID_MEMORY is the machine's memory, or the container's, divided by this."""
LEAST_BYTES: Final = 400_000_000
MANY_ROWS: Final = 500_000
"""Rows from which a table alone is worth all threads."""
SMALL_BYTES: Final = 1_000_000_000
"""A warehouse up to this size is worked on by one thread: its tables are single row groups, for
which a second thread only adds its set-up (a refresh of the sample: 58 s of processor with two
threads, 48 s with one)."""
COSTLY: Final = "FSST,DICT_FSST"
"""Compressions of text that a small warehouse goes without: they took 1.8 of the 4.0 s in which the
sample's tables are written, for a file of 100 MB instead of 106."""

_SPILL: Final = "spill-"


def open_file(path: Path, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """Open a database file; one that is written spills beside itself, into `<path>.tmp`.

    Raises:
        duckdb.Error: The file cannot be opened.
        OSError: A pipe, a socket or a device stands there.
    """
    require_regular(path)
    connection = duckdb.connect(str(path), read_only=read_only)
    # Connections of one process to one file share its settings: the first has set them.
    locked = connection.execute("select current_setting('lock_configuration')").fetchone()
    if locked != (True,):
        limit_memory(connection)
        if read_only:
            _spill_into(connection, path.parent)
    return connection


def file_of(connection: duckdb.DuckDBPyConnection) -> Path:
    """Return the file that a connection works on.

    Raises:
        duckdb.IOException: It is a database in memory.
    """
    row = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    if row is None or row[0] is None:
        raise duckdb.IOException("a database in memory has no file")
    return Path(str(row[0]))


def open_scratch(folder: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory, which spills into a folder."""
    connection = duckdb.connect()
    limit_memory(connection)
    _spill_into(connection, folder)
    if threads is not None:
        connection.execute(f"set threads = {threads}")
    return connection


def limit_memory(connection: duckdb.DuckDBPyConnection, most: int | None = None) -> None:
    """Keep a connection's database within CANDID_MEMORY, and within so many bytes."""
    # The settings are read again only where the variable changed: nine times a refresh cost 0.1 s.
    configured = _configured_bytes(os.environ.get("CANDID_MEMORY"))
    allowed = configured or _default_bytes()
    connection.execute(f"set memory_limit = '{min(allowed, most or allowed)}B'")


def fit_to_size(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Give each statement on a small warehouse one thread, and its texts the cheap compressions.

    A large one has all of the machine's threads and every compression.
    """
    if not warehouse.exists() or warehouse.stat().st_size <= SMALL_BYTES:
        connection.execute("set threads = 1")
        connection.execute(f"set disabled_compression_methods = '{COSTLY}'")


def fit_to_rows(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Give this statement and those after it all of the machine's threads where a table is large.

    It is for the run that makes a warehouse large; later ones have them from the beginning.
    """
    if rows >= MANY_ROWS:
        connection.execute("reset threads")


def _spill_into(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Spill into a folder of this process alone, which DuckDB makes and removes.

    Those of processes that were killed are removed here.
    """
    for former in folder.glob(f"{_SPILL}*"):
        if is_dead_spill(former):
            rmtree(former, ignore_errors=True)
    process = os.getpid()
    name = f"{_SPILL}{process}-{_started(process)}-{uuid4().hex[:8]}"
    connection.execute(f"set temp_directory = {literal(str(folder / name))}")


def is_dead_spill(path: Path) -> bool:
    """Whether a path is a folder that a process spilled into that is gone."""
    parts = path.name.removeprefix(_SPILL).split("-")
    if not path.name.startswith(_SPILL) or not parts[0].isdecimal():
        return False
    started = _started(int(parts[0]))
    if len(parts) == 2:
        return not started
    # The number may be another process's by now, as it often is in a container.
    return started != parts[1]


def _started(process: int) -> str:
    """Return when a process started, in the kernel's ticks; empty for one that is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "0" if _is_alive(process) else ""
    return stat.rpartition(")")[2].split()[19]


def _is_alive(process: int) -> bool:
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@cache
def _configured_bytes(_variable: str | None) -> int | None:
    return Settings().memory


@cache
def _default_bytes() -> int:
    # DuckDB knows a container's limit, too: its own default is 80% of it.
    with duckdb.connect() as connection:
        limit_row = connection.execute("select current_setting('memory_limit')").fetchone()
    limit = TypeAdapter(ByteSize).validate_python(limit_row[0] if limit_row else "0B")
    return max(LEAST_BYTES, int(limit / 0.8) // SHARE)
