"""Opens the warehouse for one writer, or says at once why it cannot be used and what to do.

DuckDB's own lock ends when any other handle of the process on the same file is closed, which a
copy of the file does; whoever writes therefore holds `warehouse.lock` beside it, too.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
from filelock import FileLock, Timeout

from candid_assets.names import SNAPSHOT_FILE
from candid_assets.regular_files import read_bytes
from candid_assets.storage_errors import is_held, storage_error
from candid_assets.warehouse.compaction import compact, is_due
from candid_assets.warehouse.duckdb_blocks import (
    HEADERS,
    MAGIC,
    DamagedFileError,
    is_whole,
    verify_file,
)
from candid_assets.warehouse.errors import WarehouseError, WarehouseHeldError
from candid_assets.warehouse.interrupted_write import forget_interruption, take_from_snapshot
from candid_assets.warehouse.memory import SMALL_BYTES, open_file
from candid_assets.warehouse.publications import last_publication, last_published
from candid_assets.warehouse.repair import repair

log = logging.getLogger(__name__)

WAIT_SECONDS: Final = 100
_POLL_SECONDS: Final = 0.2


@contextmanager
def opened_for_writing(
    file: Path, seconds: float = WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the warehouse, whose blocks were compared with their checksums.

    Damage that lies in tables which can be built again is repaired, and a file whose last write was
    cut off is taken from the snapshot. A warehouse that grew much without holding more is written
    anew when the block has ended well.

    Args:
        file: The warehouse; it is made where nothing was ever made from it.
        seconds: How long to wait for another writer.

    Raises:
        WarehouseHeldError: Another process writes for longer than that.
        WarehouseError: The file is missing or damaged; the fix says how to get it back.
        StorageError: The disk refuses.
    """
    deadline = time.monotonic() + seconds
    try:
        with FileLock(file.with_suffix(".lock"), timeout=seconds, poll_interval=_POLL_SECONDS):
            due = False
            try:
                with _connected(file, deadline) as connection:
                    _require_newest(connection, file)
                    try:
                        yield connection
                    except duckdb.ConstraintException:
                        due = True
                        raise
                    due = is_due(connection, file)
            finally:
                if due:
                    _compact(file)
    except Timeout as error:
        raise _held(file, "it holds the lock beside it") from error


@contextmanager
def _connected(file: Path, deadline: float) -> Iterator[duckdb.DuckDBPyConnection]:
    _require_present(file)
    _verify(file, deadline)
    connection = _connect_again(file, deadline)
    forget_interruption(file)
    try:
        yield connection
    finally:
        connection.close()


def _connect(file: Path, deadline: float) -> duckdb.DuckDBPyConnection:
    while True:
        try:
            return open_file(file, read_only=False)
        except duckdb.Error as error:
            if not is_held(error):
                raise storage_error(error, file) or _unusable(file, str(error)) from error
            if time.monotonic() > deadline:
                raise _held(file, str(error)) from error
        time.sleep(_POLL_SECONDS)


def _connect_again(file: Path, deadline: float) -> duckdb.DuckDBPyConnection:
    """Connect; where the last write was cut off, to what the snapshot holds."""
    try:
        return _connect(file, deadline)
    except WarehouseHeldError:
        raise
    except WarehouseError as error:
        try:
            is_taken = take_from_snapshot(file)
        except OSError as refused:
            raise storage_error(refused, file) or error from refused
        if not is_taken:
            raise
        log.warning(
            "%s; its last write was cut off, so it was taken from the published snapshot, and what"
            " was done since is done again",
            error.message,
        )
        return _connect(file, deadline)


def _require_present(file: Path) -> None:
    """Refuse to begin anew where the warehouse is gone from beside what was made with it."""
    there = file.exists()
    if there and file.stat().st_size >= HEADERS:
        return
    kept = remains(file)
    if kept:
        what = "is empty or cut" if there else "is missing"
        raise WarehouseError(
            f"{file} {what}, though {kept} were made with it: with it the record"
            " of builds, publications, holds and quarantined rows is gone",
            restore_fix(file),
        )
    if there and read_bytes(file)[8:12] in (b"", MAGIC):
        file.unlink()  # the beginning of a file whose maker was killed


def remains(file: Path) -> str:
    """Return what is there that was made with a warehouse, in words; empty for nothing."""
    made = (file.parent / SNAPSHOT_FILE, file.parent / "landing")
    there = [str(path) for path in made if path.is_file() or any(path.rglob("*.parquet"))]
    return " and ".join(there)


def _verify(file: Path, deadline: float) -> None:
    """Compare the blocks; of a large file DuckDB compares each when it is read."""
    if not file.exists() or file.stat().st_size > SMALL_BYTES:
        return
    try:
        verify_file(file)
    except DamagedFileError as damage:
        # Whoever has it open without our lock may be writing; then this waits and fails.
        _connect_or_refuse(file, deadline, damage)
        if is_whole(file):  # taken from the snapshot
            return
        repaired = repair(file)
        if repaired is None:
            raise WarehouseError(damage.message, restore_fix(file)) from damage
        # Where there is no room for a copy, what DuckDB reads it still compares.
        done = "it was written anew" if _compact(file) else "its tables can be read"
        names = ", ".join(repaired) or "no table"
        log.warning("%s; %s, built again: %s", damage.message, done, names)
    except OSError as error:
        raise storage_error(error, file) or _unusable(file, str(error)) from error


def _compact(file: Path) -> bool:
    """Write the file anew; where that fails it is as good as it was, and the log says why."""
    try:
        compact(file)
    except (OSError, WarehouseError, duckdb.Error) as error:
        log.warning("%s was not written anew: %s", file, error)
        return False
    return True


def _connect_or_refuse(file: Path, deadline: float, damage: DamagedFileError) -> None:
    try:
        _connect_again(file, deadline).close()
    except WarehouseHeldError:
        raise
    except WarehouseError as error:
        raise WarehouseError(damage.message, restore_fix(file)) from error


def _require_newest(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Refuse a warehouse that is older than the snapshot that was made from it."""
    published = last_published(file.parent / SNAPSHOT_FILE)
    try:
        last = last_publication(connection)
    except (duckdb.CatalogException, duckdb.InvalidInputException):
        if connection.execute("from duckdb_schemas() where schema_name = 'meta'").fetchone():
            return  # of a release that numbered no publications
        last = None
    recorded = last.publication if last else 0
    if published is not None and published > recorded:
        raise WarehouseError(
            f"{file} is older than the published snapshot: it knows {recorded} publications, and"
            f" the snapshot is number {published}",
            restore_fix(file),
        )


def _held(file: Path, why: str) -> WarehouseHeldError:
    return WarehouseHeldError(f"another refresh holds {file}: {why}", "wait until it has ended")


def _unusable(file: Path, why: str) -> WarehouseError:
    return WarehouseError(
        f"{file} cannot be opened, it is damaged: {why.strip()}", restore_fix(file)
    )


def restore_fix(file: Path) -> str:
    """Return how to get a warehouse back."""
    return (
        "put a backup back with `candid restore FILE --replace`; to begin anew, without history,"
        f" rename {file.parent} and run `candid run`"
    )
