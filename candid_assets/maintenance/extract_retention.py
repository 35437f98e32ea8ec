"""Finds and removes the extracts that are past their workbook's retention and that nothing needs.

A publication is kept for a workbook as long as readers could open it within the retention. What
such a publication or a current table was built from, however old, stays, and so does the newest
extract of each tab.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import builds_needed
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.landing import Landing


@dataclass(frozen=True, slots=True)
class Prunable:
    """An extract that may go."""

    workbook: str
    tab: str
    content_hash: str
    last_seen: datetime
    """When the tab's next content was found in its place."""
    bytes: int
    path: Path


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
    needed = _needed(connection, cutoff)
    rows = connection.execute(
        "select tab, content_hash, max(replaced_at) from (select tab, content_hash, coalesce("
        "lead(fetched_at) over (partition by tab order by fetched_at), 'infinity'::timestamptz)"
        " as replaced_at from meta.extracts where workbook = ?)"
        " group by all having max(replaced_at) < ? order by all",
        [workbook.name, cutoff],
    ).fetchall()
    for tab, content_hash, last_seen in rows:
        path = landing.path(workbook.name, tab, content_hash)
        if (workbook.name, tab, content_hash) not in needed and path.exists():
            size = path.stat().st_size
            yield Prunable(workbook.name, tab, content_hash, last_seen, size, path)


def _needed(connection: duckdb.DuckDBPyConnection, cutoff: datetime) -> set[tuple[str, str, str]]:
    """Return the extracts under current tables and publications that stood after the cutoff."""
    rows = connection.execute(
        """
        with stood as (
            select
                publication,
                lead(published_at) over (order by publication) as replaced_at
            from meta.publications
        ),
        oldest as (
            select coalesce(min(publication), 0) as publication
            from stood
            where replaced_at is null or replaced_at >= $1
        )
        select p.build
        from meta.published_tables as p, oldest as o
        where p."until" is null or p."until" >= o.publication
        union
        select build from meta.tables where build is not null
        """,
        [cutoff],
    ).fetchall()
    builds = builds_needed(connection, [row[0] for row in rows])
    return {(e.workbook, e.tab, e.content_hash) for b in builds for e in b.extracts}


def prune(connection: duckdb.DuckDBPyConnection, extracts: list[Prunable], now: datetime) -> None:
    """Remove extracts from landing; the record of each is written before its file goes."""
    with transaction(connection):
        for extract in extracts:
            connection.execute(
                "insert into meta.pruned_extracts values (?, ?, ?, ?, ?)",
                [extract.workbook, extract.tab, extract.content_hash, extract.bytes, now],
            )
    for extract in extracts:
        extract.path.unlink(missing_ok=True)
