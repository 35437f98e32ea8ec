"""What a warehouse, and each snapshot copied from it, says of itself: environment and version.

Version 1 is that of every file that says none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version as release
from typing import Final
from weakref import WeakSet

import duckdb
from duckdb import DuckDBPyConnection as Connection

from candid_assets.warehouse.errors import WarehouseError

VERSION: Final = 2
"""Raised with every change of `schema.sql`."""
_NUMBERED: Final = 2
"""The first version that numbers what happened."""
TIMES: Final[Mapping[str, str]] = {
    "extracts": "fetched_at",
    "runs": "finished_at",
    "builds": "built_at",
    "publications": "published_at",
    "quarantine_history": "first_seen",
    "schema_changes": "first_seen",
    "pruned_extracts": "pruned_at",
}
"""Tables of `meta` whose rows are numbered, with the column that says when each was written."""
_RESOLVED: Final[Mapping[str, str]] = {
    "quarantine_history": "resolved",
    "schema_changes": "resolved_at",
}
"""Those of which a row's resolution is numbered too, with the column that says when it was."""
_WITH_NUMBERS: Final[WeakSet[Connection]] = WeakSet()
"""Open connections to files that number what happened; a refresh would ask hundreds of times."""


def environment_of(connection: Connection) -> str | None:
    """Return the environment that the opened file was made for."""
    row = connection.execute("select env from meta.environment").fetchone()
    return None if row is None else str(row[0])


def record_environment(connection: Connection, env: str) -> None:
    """Record the environment that a new file is made for."""
    connection.execute("insert into meta.environment values (?, ?)", [env, datetime.now(UTC)])


def stored_version(connection: Connection) -> int:
    """Return the version of the opened file."""
    try:
        row = connection.execute("select max(version) from meta.versions").fetchone()
    except duckdb.CatalogException:
        return 1
    return int(row[0]) if row and row[0] is not None else 1


def require_not_newer(version: int, file: str) -> None:
    """Refuse a file of a newer version.

    Raises:
        WarehouseError: It is of a newer version than this program knows.
    """
    if version > VERSION:
        raise WarehouseError(
            f"{file} is of version {version}; this program (candid {release('candid-assets')})"
            f" knows versions up to {VERSION}",
            "install the candid that wrote it, or restore a backup of an older version",
        )


def numbered(connection: Connection, table: str) -> str:
    """Return a table of `meta` as named behind FROM, each row with its number."""
    if connection not in _WITH_NUMBERS and stored_version(connection) >= _NUMBERED:
        # No file goes back to an older version while it is open.
        _WITH_NUMBERS.add(connection)
    if connection in _WITH_NUMBERS:
        return f"meta.{table}"
    return f"(select *, {number_by_place(table)} as number from meta.{table})"


def number_by_place(table: str) -> str:
    """Return as SQL the numbers of rows that were written without: they rise row by row.

    Where the clock was right they are the microseconds of the time, so that rows of several tables
    can be compared.
    """
    return f"max(epoch_us({TIMES[table]}) - rowid) over (order by rowid) + rowid"


def number_rows(connection: Connection) -> None:
    """Number the rows that were written without numbers, and go on from there."""
    for table in TIMES:
        connection.execute(
            f"update meta.{table} as t set number = n.number from"
            f" (select rowid as place, {number_by_place(table)} as number from meta.{table}) as n"
            " where t.rowid = n.place and t.number is null"
        )
    for table, time in _RESOLVED.items():
        connection.execute(
            f"update meta.{table} set resolved_number = greatest(number, epoch_us({time}))"
            f" where {time} is not null and resolved_number is null"
        )
    numbers = [f"select number from meta.{table}" for table in TIMES]
    numbers += [f"select resolved_number from meta.{t}" for t in _RESOLVED]
    row = connection.execute(f"select max(number) from ({' union all '.join(numbers)})").fetchone()
    highest = int(row[0] or 0) if row else 0
    connection.execute(f"create or replace sequence meta.numbers start with {highest + 1}")


def record_version(connection: Connection) -> None:
    """Record that the file is of this program's version."""
    program = f"candid {release('candid-assets')}"
    now = datetime.now(UTC)
    connection.execute("insert into meta.versions values (?, ?, ?)", [VERSION, program, now])
