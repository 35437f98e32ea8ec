"""The record of builds and publications: what each table that was ever published was made from.

A build is one replacement of one table; builds are numbered in the order in which they happened.
A publication shows one build of each table. Both are only ever added to, so that any earlier
moment can be built again from the extracts and the catalog that its builds name.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.names import Layer


@dataclass(frozen=True, slots=True)
class UsedExtract:
    """An extract that a table was built from, and where it stood in Google Sheets then."""

    workbook: str
    tab: str
    content_hash: str
    spreadsheet_id: str
    sheet_id: int
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Who builds: the run, with which catalog and code, and when if it is not now."""

    run_id: str
    catalog: str = ""
    """Hash of the catalog, under which it is kept."""
    code: str = ""
    """Version of the code and of DuckDB."""
    moment: datetime | None = None
    """When the table was built, where an earlier build is repeated."""

    def now(self) -> datetime:
        """Return when the build happens."""
        return self.moment or datetime.now(UTC)

    def at_once(self) -> "Origin":
        """Return the same with its moment fixed, for what happens in one transaction."""
        return replace(self, moment=self.now())


@dataclass(frozen=True, slots=True)
class Build:
    """One replacement of one table."""

    build: int
    layer: Layer
    table: str
    inputs_key: str
    fingerprint: str
    """Hash of the table's content, whatever the rows' order."""
    rows: int
    built_at: datetime
    run_id: str
    catalog: str
    code: str
    extracts: tuple[UsedExtract, ...]
    inputs: tuple[int, ...]
    """Numbers of the builds it read."""

    @property
    def relation(self) -> str:
        """The table as a reader knows it."""
        return f"{self.layer}.{self.table}"


@dataclass(frozen=True, slots=True)
class Publication:
    """One snapshot that readers could open from its moment on."""

    publication: int
    published_at: datetime
    run_id: str
    env: str
    catalog: str
    code: str


def record_build(
    connection: duckdb.DuckDBPyConnection,
    key: tuple[Layer, str],
    facts: tuple[str, str, int],
    origin: Origin,
    extracts: Sequence[UsedExtract],
    inputs: tuple[Sequence[tuple[str, str]], Sequence[int]],
) -> int:
    """Add a build and return its number.

    Args:
        connection: The warehouse.
        key: Layer and table.
        facts: Inputs key, fingerprint of the content, number of rows.
        origin: Who builds.
        extracts: The extracts that it read itself.
        inputs: The tables that it read, as they stand now, and the numbers of earlier builds.
    """
    read = [f"{layer}.{table}" for layer, table in inputs[0]]
    row = connection.execute(
        "insert into meta.builds select (select coalesce(max(build), 0) + 1 from meta.builds),"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " (select coalesce(list(coalesce(build, 0) order by build), []) || ?::bigint[]"
        " from meta.tables where list_contains(?, layer || '.' || \"table\")) returning build",
        [
            *key,
            *facts,
            origin.now(),
            origin.run_id,
            origin.catalog,
            origin.code,
            json.dumps([asdict(e) for e in extracts]),
            list(inputs[1]),
            read,
        ],
    ).fetchone()
    if row is None:
        raise RuntimeError(f"DuckDB gave no number to the build of {key}")
    return int(row[0])


def record_publication(
    connection: duckdb.DuckDBPyConnection, env: str, origin: Origin, target: Path
) -> Publication:
    """Record what is about to be published at `target`, inside the caller's transaction."""
    withdraw_unpublished(connection, target)
    row = connection.execute(
        "select coalesce(max(publication), 0) + 1 from meta.publications"
    ).fetchone()
    number = int(row[0]) if row else 1
    made = Publication(number, origin.now(), origin.run_id, env, origin.catalog, origin.code)
    connection.execute(
        "insert into meta.publications values (?, ?, ?, ?, ?, ?)",
        [number, made.published_at, made.run_id, env, made.catalog, made.code],
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
    return made


def withdraw_unpublished(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Take back the last publication if it never came to be, after a crash before the rename."""
    row = connection.execute("select max(publication) from meta.publications").fetchone()
    last = row[0] if row else None
    if last is None or last_published(target) != last - 1:
        return
    connection.execute("delete from meta.publications where publication = ?", [last])
    connection.execute("delete from meta.published_tables where since = ?", [last])
    connection.execute(
        'update meta.published_tables set "until" = null where "until" = ?', [last - 1]
    )


def last_published(target: Path) -> int | None:
    """Return the number of the publication that stands at `target`; None where none is told."""
    if not target.exists():
        return None
    try:
        with duckdb.connect(str(target), read_only=True) as connection:
            row = connection.execute("select max(publication) from meta.publications").fetchone()
    except duckdb.Error:
        return None
    return int(row[0] or 0) if row else None


def publications(connection: duckdb.DuckDBPyConnection) -> list[Publication]:
    """Return every publication, the first one first."""
    rows = connection.execute(
        "select publication, published_at, run_id, env, catalog, code from meta.publications"
        " order by publication"
    ).fetchall()
    return [Publication(*row) for row in rows]


def builds_shown(
    connection: duckdb.DuckDBPyConnection, publication: int
) -> dict[tuple[str, str], int]:
    """Return the build of each table that a publication shows; 0 where it was not recorded."""
    rows = connection.execute(
        'select layer, "table", build from meta.published_tables'
        ' where since <= $1 and coalesce("until", $1) >= $1',
        [publication],
    ).fetchall()
    return {(r[0], r[1]): r[2] for r in rows}


def builds_needed(connection: duckdb.DuckDBPyConnection, wanted: Sequence[int]) -> list[Build]:
    """Return the builds wanted with every build they rest on, in the order they happened."""
    rows = connection.execute(
        """
        with recursive needed (build) as (
            select unnest($1::bigint[])
            union
            select unnest(b.inputs)
            from meta.builds as b inner join needed as n on b.build = n.build
        )
        select
            build, layer, "table", inputs_key, fingerprint, row_count, built_at, run_id,
            catalog, code, extracts, inputs
        from meta.builds semi join needed using (build)
        order by build
        """,
        [list(wanted)],
    ).fetchall()
    return [_build(row) for row in rows]


def _build(row: tuple[Any, ...]) -> Build:
    extracts = tuple(UsedExtract(**e) for e in json.loads(row[10]))
    return Build(*(*row[:10], extracts, tuple(row[11])))
