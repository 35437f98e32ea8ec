"""Repairs a warehouse whose damaged blocks lie in tables that can be built again.

Such a table is taken from the published snapshot, where that shows the same build, and built again
by the next refresh in either case. The schema `meta` holds what nothing else holds: damage in it is
repaired by a backup alone.
"""

from pathlib import Path

import duckdb

from candid_assets.names import SNAPSHOT_FILE
from candid_assets.sql import literal, qualified
from candid_assets.warehouse.builds import current_builds, make_stale
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.duckdb_blocks import verify_file
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.memory import open_file


def repair(file: Path) -> tuple[str, ...] | None:
    """Remove or replace the tables that cannot be read, and have them built again.

    Returns:
        Their names; none where the damage lies in blocks that no table uses, which a new copy of
        the file leaves behind. None where the damage is not to be repaired.
    """
    try:
        with open_file(file, read_only=False) as connection:
            damaged = unreadable_tables(connection)
            if any(schema == "meta" for schema, _ in damaged):
                return None
            with transaction(connection):
                for schema, table in damaged:
                    connection.execute(f"drop table {qualified(schema, table)}")
            _take_from_snapshot(connection, file.parent / SNAPSHOT_FILE, damaged)
            connection.execute("force checkpoint")
    except duckdb.Error:
        return None
    return tuple(f"{schema}.{table}" for schema, table in damaged)


def unreadable_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Read every column of every table; return schema and name of those that cannot be read."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and not temporary order by all"
    ).fetchall()
    unreadable = []
    for schema, table in tables:
        try:
            connection.execute(f"select bit_xor(hash(columns(*))) from {qualified(schema, table)}")
            connection.fetchall()
        except duckdb.IOException:
            unreadable.append((schema, table))
    return unreadable


def _take_from_snapshot(
    connection: duckdb.DuckDBPyConnection, published: Path, tables: list[tuple[str, str]]
) -> None:
    """Take the last good content back, so that readers keep it even if no build succeeds."""
    shown: frozenset[tuple[str, str, int]] = frozenset()
    try:
        verify_file(published)
        connection.execute(f"attach {literal(str(published))} as shown (read_only)")
        shown = current_builds(connection, "shown")
    except (OSError, WarehouseError, duckdb.Error):
        pass  # then the tables are absent until they are built
    here = current_builds(connection)
    with transaction(connection):
        for schema, table in tables:
            build = next((key for key in here if key[:2] == (schema, table)), None)
            if build in shown:
                name = qualified(schema, table)
                connection.execute(f"create table {name} as from shown.{name}")
            make_stale(connection, schema, table, is_there=build in shown)
    if shown:
        connection.execute("detach shown")
