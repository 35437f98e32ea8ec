"""Finds and removes the extracts that are past their workbook's retention and that nothing needs.

A publication is kept for a workbook as long as readers could open it within the retention. What
such a publication or a current table was built from, however old, stays, and so does the newest
extract of each tab.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.contracts.load import load_catalog
from candid_assets.history.moments import iso
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import builds_needed
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.extracts import ReplacedExtract, record_pruned, replaced_extracts
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.publications import builds_in_use


@dataclass(frozen=True, slots=True)
class Prunable(ReplacedExtract):
    """An extract that may go."""

    bytes: int
    path: Path

    def facts(self) -> dict[str, Any]:
        """Return what `candid history prune --json` shows of it."""
        return asdict(self) | {"last_seen": iso(self.last_seen), "path": str(self.path)}


def prunable(
    settings: Settings, catalog: Catalog, connection: duckdb.DuckDBPyConnection, now: datetime
) -> list[Prunable]:
    """Return the extracts that are past retention and needed by nothing, the oldest first."""
    landing = Landing(settings.landing_dir)
    extracts = [
        extract
        for workbook in catalog.workbooks
        if workbook.retention_days is not None
        for extract in _of_workbook(connection, landing, workbook, now)
    ]
    return sorted(extracts, key=lambda extract: extract.last_seen)


def _of_workbook(
    connection: duckdb.DuckDBPyConnection, landing: Landing, workbook: Workbook, now: datetime
) -> Iterator[Prunable]:
    cutoff = now - timedelta(days=workbook.retention_days or 0)
    builds = builds_needed(connection, builds_in_use(connection, cutoff, now))
    needed = {(e.workbook, e.tab, e.content_hash) for b in builds for e in b.extracts}
    for extract in replaced_extracts(connection, workbook.name, cutoff, now):
        name = (extract.workbook, extract.tab, extract.content_hash)
        path = landing.path(*name)
        if name not in needed and path.exists():
            yield Prunable(*name, extract.last_seen, path.stat().st_size, path)


def prune_extracts(
    settings: Settings, connection: duckdb.DuckDBPyConnection, now: datetime, *, dry_run: bool
) -> list[Prunable]:
    """Return what `prunable` finds, removed from landing unless it is a dry run."""
    extracts = prunable(settings, load_catalog(settings.catalog_dir), connection, now)
    if not dry_run:
        prune(connection, extracts, now)
    return extracts


def prune(connection: duckdb.DuckDBPyConnection, extracts: list[Prunable], now: datetime) -> None:
    """Remove extracts from landing; the record of each is written before its file goes."""
    with transaction(connection):
        for extract in extracts:
            record_pruned(connection, extract, extract.bytes, now)
    for extract in extracts:
        extract.path.unlink(missing_ok=True)
