"""Brings a warehouse of an older version up to date: a copy first, then one transaction."""

import logging
from pathlib import Path
from shutil import copyfile
from typing import Final

from duckdb import DuckDBPyConnection as Connection

from candid_assets.atomic_files import PRIVATE_READ_ONLY, replacing
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.memory import file_of
from candid_assets.warehouse.versions import (
    VERSION,
    number_rows,
    record_version,
    require_not_newer,
    stored_version,
)

SCHEMA: Final = Path(__file__).with_name("schema.sql")
STEPS: Final = {
    2: "what happened is numbered, in the order in which it was written",
}
"""What each version brought, in words."""

log = logging.getLogger(__name__)


def create_tables(connection: Connection) -> None:
    """Make the schemas and tables of `meta` that a file does not have."""
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    number_rows(connection)
    record_version(connection)


def bring_up_to_date(connection: Connection) -> None:
    """Migrate the opened file to this program's version, all of it or nothing.

    A copy of the older version is kept beside it.

    Raises:
        WarehouseError: The file is of a newer version, or the copy cannot be written.
    """
    former = stored_version(connection)
    if former == VERSION:
        return
    file = file_of(connection)
    require_not_newer(former, str(file))
    copy = _keep_copy(connection, file, former)
    connection.execute("begin transaction")
    try:
        create_tables(connection)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    done = "; ".join(words for number, words in STEPS.items() if number > former)
    log.warning(
        "%s was brought from version %d to version %d: %s; as it was before it is kept as %s",
        *(file, former, VERSION, done, copy),
    )


def former_versions(file: Path) -> list[Path]:
    """Return the copies of a warehouse from before it was brought up to date."""
    return sorted(file.parent.glob(f"{file.stem}.version-*{file.suffix}"))


def _keep_copy(connection: Connection, file: Path, former: int) -> Path:
    """Copy the warehouse beside itself, once; a copy of an earlier attempt stays."""
    copy = file.with_name(f"{file.stem}.version-{former}{file.suffix}")
    if copy.exists():
        return copy
    connection.execute("force checkpoint")
    try:
        with replacing(copy, PRIVATE_READ_ONLY, single_writer=True) as part:
            copyfile(file, part)
    except OSError as error:
        raise WarehouseError(
            f"{file} is of version {former} and cannot be copied before it is brought to version"
            f" {VERSION}: {error}",
            "free disk space",
        ) from error
    return copy
