"""Removes by itself, once a day, what of the warehouse's record and of landing is past its time."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.engines.attempts import remove_unused, unused_files
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, require_deployed
from candid_assets.maintenance.extract_retention import prune_extracts
from candid_assets.maintenance.log_rotation import past
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import table_states
from candid_assets.warehouse.confirmed_clock import retention_now
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.old_records import catalogs_named, remove_old_records
from candid_assets.warehouse.opening import opened_for_writing
from candid_assets.warehouse.versions import VERSION, stored_version

WAIT_SECONDS: Final = 1
"""How long to wait for a refresh that holds the warehouse; the next hour tries again."""
_MARK: Final = "tidied"
_EVERY: Final = timedelta(days=1)
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it nothing was."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed: rows of the record, extracts, catalogs, files of a cluster."""

    rows: int = 0
    extracts: int = 0
    bytes: int = 0
    """Of the extracts."""
    catalogs: int = 0
    engine_files: int = 0
    """Attempts to compute a table on a cluster that were left, and inputs of earlier content."""


def tidy_daily(settings: Settings, clock: datetime) -> Tidied | None:
    """Remove what is past its time unless that was done within a day.

    Returns:
        What was removed; None where nothing was looked at, for a refresh is at work, too.

    Raises:
        duckdb.Error: The warehouse cannot be written.
    """
    mark = settings.data_dir / _MARK
    if not settings.warehouse_file.exists() or _is_recent(mark, clock):
        return None
    try:
        if settings.env == PRODUCTION:
            require_deployed(settings)
        with opened_for_writing(settings.warehouse_file, WAIT_SECONDS) as connection:
            if stored_version(connection) != VERSION:
                return None  # the next refresh brings it up to date
            tidied = tidy(settings, connection, clock, dry_run=False)
    except (GateError, WarehouseError):
        return None
    _note(mark, clock)
    return tidied


def tidy(
    settings: Settings, connection: duckdb.DuckDBPyConnection, clock: datetime, *, dry_run: bool
) -> Tidied:
    """Remove what is past its time, or count it.

    Extracts go as the contract of their workbook says, rows of runs after `CANDID_KEEP_RUNS_DAYS`,
    of quarantined cells, changes and holds after `CANDID_KEEP_LOGS_DAYS`; 0 keeps everything.

    Args:
        settings: The environment.
        connection: Its warehouse.
        clock: This moment by the clock.
        dry_run: Whether it is only counted.
    """
    now = retention_now(settings.data_dir, clock)
    extracts = prune_extracts(settings, connection, now, dry_run=dry_run)
    rows = remove_old_records(
        connection,
        runs_before=_before(now, settings.keep_runs_days),
        histories_before=_before(now, settings.keep_logs_days),
        now=now,
        dry_run=dry_run,
    )
    catalogs = _old_catalogs(settings, connection, now)
    for path in () if dry_run else catalogs:
        path.unlink(missing_ok=True)
    unused = unused_files(settings, table_states(connection))
    if not dry_run:
        remove_unused(unused)
    size = sum(e.bytes for e in extracts)
    return Tidied(rows, len(extracts), size, len(catalogs), len(unused))


def _is_recent(mark: Path, clock: datetime) -> bool:
    try:
        return timedelta() <= clock - datetime.fromtimestamp(mark.stat().st_mtime, UTC) < _EVERY
    except FileNotFoundError:
        return False


def _note(mark: Path, clock: datetime) -> None:
    # Where the disk refuses, the next call does everything again.
    with suppress(OSError):
        mark.touch()
        os.utime(mark, (clock.timestamp(), clock.timestamp()))


def _old_catalogs(
    settings: Settings, connection: duckdb.DuckDBPyConnection, now: datetime
) -> list[Path]:
    """Return the catalogs that nothing was built or published with."""
    named = catalogs_named(connection)
    unnamed = [path for path in settings.catalogs_dir.glob("*.zip") if path.stem not in named]
    return past(unnamed, _before(now, settings.keep_runs_days))


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days) if days else _EVER
