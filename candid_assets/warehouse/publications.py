"""The record of publications: the builds that each published snapshot showed; numbered, kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection as Connection

from candid_assets.sql import qualified
from candid_assets.warehouse.builds import Origin, built_tables
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.memory import open_file
from candid_assets.warehouse.refresh_record import Run, recent_runs, recorded_checks
from candid_assets.warehouse.replacements import with_replaced_at
from candid_assets.warehouse.versions import numbered, stored_version

_COPIES = (
    ("environment", "true"),
    ("runs", "number <= $place"),
    ("extracts", "number <= $place"),
    ("builds", "build <= $newest"),
    ("publications", "number <= $place"),
    ("published_tables", "since <= $publication"),
    ("quarantine_history", "number <= $place"),
    ("pruned_extracts", "number <= $place"),
    ("schema_changes", "number <= $place"),
)
"""Tables of `meta` that are only ever added to, with what of them stood already then."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One snapshot that readers could open from its moment on."""

    publication: int
    published_at: datetime
    run_id: str
    env: str
    catalog: str
    code: str
    number: int
    """Its place in the order of all that happened."""


def record_publication(connection: Connection, env: str, origin: Origin, target: Path) -> None:
    """Record what is about to be published at `target`, inside the caller's transaction."""
    withdraw_unpublished(connection, target)
    last = last_publication(connection)
    number = last.publication + 1 if last else 1
    facts = [number, origin.now(), origin.run_id, env, origin.catalog, origin.code]
    connection.execute(
        "insert into meta.publications values (?, ?, ?, ?, ?, ?, nextval('meta.numbers'))", facts
    )
    shown = (
        'select t.layer, t."table", coalesce(t.build, 0) as build from meta.tables as t'
        " inner join duckdb_tables() as d on d.database_name = current_database()"
        ' and d.schema_name = t.layer and d.table_name = t."table"'
    )
    connection.execute(
        'update meta.published_tables set "until" = ? where "until" is null'
        f' and (layer, "table", build) not in ({shown})',
        [number - 1],
    )
    connection.execute(
        f"insert into meta.published_tables select s.*, ?, null from ({shown}) as s"
        ' anti join meta.published_tables as p on p."until" is null'
        ' and p.layer = s.layer and p."table" = s."table" and p.build = s.build',
        [number],
    )


def withdraw_unpublished(connection: Connection, target: Path) -> None:
    """Take back the last publication if it never came to be, after a crash before the rename."""
    newest = last_publication(connection)
    if newest is None or last_published(target) != newest.publication - 1:
        return
    last = newest.publication
    connection.execute("delete from meta.publications where publication = ?", [last])
    connection.execute("delete from meta.published_tables where since = ?", [last])
    connection.execute(
        'update meta.published_tables set "until" = null where "until" = ?', [last - 1]
    )


def last_published(target: Path) -> int | None:
    """Return the number of the publication at `target`; None where none is recorded."""
    facts = snapshot_facts(target)
    return None if facts is None else facts.publication


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What a refresh asks of the snapshot that is published."""

    publication: int
    """Its number; 0 where none was recorded."""
    version: int | None = None
    """Its layout's version; None where the layout is not known."""
    runs: Sequence[Run] = ()
    """The last refresh that it shows."""
    failed: Sequence[CheckResult] = ()
    """The checks that fail in it."""


def snapshot_facts(target: Path) -> SnapshotFacts | None:
    """Return what a snapshot says of itself; None where it is missing or cannot be read."""
    try:
        at = target.stat()
    except FileNotFoundError:
        return None
    return _facts_of(target, at.st_ino, at.st_size, at.st_mtime_ns)


@lru_cache(maxsize=4)
def _facts_of(target: Path, *_identity: int) -> SnapshotFacts | None:
    """Open a snapshot once in a process: it is replaced by a rename and never changed in place.

    DuckDB takes a tenth of a second to open a file of 400 tables.
    """
    try:
        with open_file(target) as connection:
            last = last_publication(connection)
            number = last.publication if last else 0
            try:
                version, runs = stored_version(connection), tuple(recent_runs(connection))
                failed = tuple(recorded_checks(connection, failed=True))
            except duckdb.Error:
                return SnapshotFacts(number)  # of an older layout
    except duckdb.Error:
        return None
    return SnapshotFacts(number, version, runs, failed)


def last_publication(connection: Connection) -> Publication | None:
    """Return the newest publication; None where there was none yet."""
    last = publications(connection, newest=1)
    return last[0] if last else None


def publications(connection: Connection, newest: int | None = None) -> list[Publication]:
    """Return every publication, or so many of the newest, the first one first."""
    rows = connection.execute(
        "select publication, published_at, run_id, env, catalog, code, number"
        f" from {numbered(connection, 'publications')} order by publication desc"
        f" limit {'all' if newest is None else newest}"
    ).fetchall()
    return [Publication(*row) for row in reversed(rows)]


def builds_shown(connection: Connection, publication: int) -> dict[tuple[str, str], int]:
    """Return the build of each table that a publication shows; 0 where it was not recorded."""
    rows = connection.execute(
        'select layer, "table", build from meta.published_tables'
        ' where since <= $1 and coalesce("until", $1) >= $1',
        [publication],
    ).fetchall()
    return {(r[0], r[1]): r[2] for r in rows}


def builds_in_use(connection: Connection, since: datetime, now: datetime) -> list[int]:
    """Return the builds of current tables and of all that readers could open since a moment.

    Args:
        connection: The warehouse.
        since: The moment.
        now: The present one.
    """
    rows = connection.execute(
        f"""
        with shown as (
            {with_replaced_at("meta.publications", "published_at", "publication")}
        ),
        oldest as (
            select coalesce(min(publication), 0) as publication
            from shown
            where replaced_at is null or replaced_at >= $since
        )
        select p.build
        from meta.published_tables as p, oldest as o
        where p."until" is null or p."until" >= o.publication
        union
        select build from meta.tables where build is not null
        """,
        {"since": since, "now": now},
    ).fetchall()
    return [row[0] for row in rows]


def copy_record(
    connection: Connection,
    publication: Publication,
    shown: Mapping[tuple[str, str], int],
    is_identical: bool,
) -> None:
    """Bring the rebuilt file's `meta` to what the publication's was, from the attached `source`.

    The ledger and the dropped rows come from the rebuilding itself. Checks, failures and Drive's
    state are about the run, not the data, and stay empty.
    """
    facts = {
        "newest": max(shown.values(), default=0),
        "publication": publication.publication,
        "place": publication.number,
    }
    known = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'source' and schema_name = 'meta'"
        ).fetchall()
    }
    for table, condition in _COPIES:
        if table not in known:
            continue
        here = f"meta.{table}"
        connection.execute(f"create table if not exists {here} as from source.{here} limit 0")
        connection.execute(f"delete from {here}")
        used = {name: value for name, value in facts.items() if f"${name}" in condition}
        connection.execute(
            f"insert into {here} by name select * from source.{here} where {condition}", used
        )
    connection.execute(
        'update meta.published_tables set "until" = null where "until" >= ?',
        [publication.publication],
    )
    connection.execute(
        "update meta.tables as t set build = b.build, built_at = b.built_at, run_id = b.run_id"
        " from meta.builds as b semi join (select build from meta.published_tables"
        ' where "until" is null) as shown using (build)'
        ' where b.layer = t.layer and b."table" = t."table"'
    )
    _reopen_history(connection, publication, shown)
    connection.execute(
        "create or replace table meta.rebuild as select ?::bigint as publication,"
        " ?::timestamptz as published_at, ?::timestamptz as rebuilt_at, ?::boolean as identical",
        [publication.publication, publication.published_at, datetime.now(UTC), is_identical],
    )


def _reopen_history(
    connection: Connection, publication: Publication, shown: Mapping[tuple[str, str], int]
) -> None:
    """Set the histories back to the publication: later resolutions and cells are undone."""
    connection.execute(
        "update meta.schema_changes set resolved_at = null, resolved_number = null"
        " where resolved_number > ?",
        [publication.number],
    )
    connection.execute(
        "update meta.quarantine_history set resolved = null, resolved_run = null,"
        " resolved_number = null where resolved_number > ?",
        [publication.number],
    )
    rebuilt = {(built.layer, built.table) for built in built_tables(connection)}
    for layer, table in shown:
        if layer != "quarantine" or (layer, table) not in rebuilt:
            continue
        connection.execute(
            "update meta.quarantine_history as h set last_seen = t.built_at, cell = n.why.cell,"
            ' "value" = n.why."value", message = n.why.message, link = n.why.link'
            f" from (select _id, unnest(_reasons) as why from {qualified('quarantine', table)})"
            ' as n, meta.tables as t where h."table" = $1 and h.resolved is null'
            " and t.layer = 'quarantine' and t.\"table\" = $1 and n._id = h._id"
            ' and n.why."column" = h."column" and n.why.reason = h.reason',
            [table],
        )


def is_rebuilt(file: Path) -> bool:
    """Whether a DuckDB file is an earlier publication that was built again."""
    try:
        with open_file(file) as connection:
            connection.execute("from meta.rebuild").fetchall()
    except duckdb.Error:
        return False
    return True
