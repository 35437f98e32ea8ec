"""Publishes the warehouse as a read-only snapshot in one rename.

Readers open the published file only, so they never meet the writer's lock and never see two
refreshes mixed.
"""

import os
from pathlib import Path

import duckdb

from candid_assets.warehouse.tables import literal


def publish(connection: duckdb.DuckDBPyConnection, target: Path) -> int:
    """Copy the whole warehouse to `target` in one atomic rename and return its size in bytes.

    The copy is written beside the target, checkpointed by detaching it, forced to disk and only
    then renamed: a crash at any moment leaves the former snapshot in place.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    for leftover in (part, part.with_name(part.name + ".wal")):
        leftover.unlink(missing_ok=True)
    source = connection.execute("select current_database()").fetchone()
    if source is None:
        raise RuntimeError("DuckDB named no current database")
    connection.execute(f"attach {literal(str(part))} as snapshot")
    try:
        connection.execute(f'copy from database "{source[0]}" to snapshot')
    finally:
        connection.execute("detach snapshot")
    part.chmod(0o444)
    _force_to_disk(part)
    part.replace(target)
    _force_to_disk(target.parent)
    return target.stat().st_size


def is_published(connection: duckdb.DuckDBPyConnection, target: Path) -> bool:
    """Whether the snapshot at `target` shows the last refresh that had something to show."""
    if not target.exists():
        return False
    last = "select run_id from meta.runs order by finished_at desc limit 1"
    try:
        with duckdb.connect(str(target), read_only=True) as snapshot:
            return snapshot.execute(last).fetchone() == connection.execute(last).fetchone()
    except duckdb.Error:
        return False  # damaged, or of an older layout: publishing mends it


def _force_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
