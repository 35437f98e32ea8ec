"""The record of builds: what each table was made from, now and at every earlier replacement.

A build is one replacement of one table; builds are numbered in the order in which they happened
and only ever added to, so that any earlier one can be repeated from the extracts and the catalog
that it names.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from duckdb import DuckDBPyConnection as Connection

from candid_assets.names import Layer
from candid_assets.sql import text_list
from candid_assets.warehouse.versions import numbered


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
    """Who builds: the run, its catalog and code, and the moment of a repeated build."""

    run_id: str
    catalog: str = ""
    """Hash of the catalog, under which it is kept."""
    code: str = ""
    """Version of the code and of DuckDB."""
    moment: datetime | None = None
    """When the table was built, where an earlier build is repeated."""
    number: int | None = None
    """The place of that build in the order of all that happened."""

    def now(self) -> datetime:
        """Return when the build happens."""
        return self.moment or datetime.now(UTC)

    def at_once(self) -> "Origin":
        """Return the same origin with its moment fixed, for all builds of one transaction."""
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
    number: int = 0
    """Its place in the order of all that happened."""

    @property
    def relation(self) -> str:
        """The table as a reader knows it."""
        return f"{self.layer}.{self.table}"


@dataclass(frozen=True, slots=True)
class TableState:
    """What a table was last built from."""

    inputs_key: str
    """Hash of everything the table depends on: inputs' content, contract or SQL, rules."""
    fingerprint: str
    """Exact, order-insensitive hash of the table's content."""
    rows: int


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a build read, and the fingerprint of its content where the state has another one."""

    extracts: Sequence[UsedExtract] = ()
    inputs: Sequence[tuple[str, str]] = ()
    builds: Sequence[int] = ()
    """Builds that it read besides the current tables."""
    content: str | None = None


_USED: Final = '[{"workbook": "VARCHAR", "tab": "VARCHAR", "content_hash": "VARCHAR"}]'
"""The type of the JSON in which a build records its extracts."""


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """A table as it was last built."""

    layer: Layer
    table: str
    rows: int
    built_at: datetime
    run_id: str
    build: int
    """0 where it was not recorded."""
    catalog: str | None
    """Hash of the catalog that it was built with; None where the build was not recorded."""


def builds_needed(connection: Connection, wanted: Sequence[int]) -> list[Build]:
    """Return the given builds and all builds behind them, in the order in which they happened."""
    rows = connection.execute(
        """
        with recursive needed (build) as (
            select unnest($1::bigint[])
            union
            select unnest(b.inputs)
            from meta.builds as b inner join needed as n on b.build = n.build
        )
        select b.* from {builds} as b semi join needed using (build) order by build
        """.format(builds=numbered(connection, "builds")),
        [list(wanted)],
    ).fetchall()
    return [_build(row) for row in rows]


def recorded_builds(connection: Connection, tables: Sequence[str]) -> list[Build]:
    """Return every build of the tables of these names, in the order they happened."""
    rows = connection.execute(
        f'from {numbered(connection, "builds")} where "table" = any({text_list(tables)})'
        " order by build"
    ).fetchall()
    return [_build(row) for row in rows]


def _build(row: tuple[Any, ...]) -> Build:
    extracts = tuple(UsedExtract(**e) for e in json.loads(row[10]))
    return Build(*(*row[:10], extracts, tuple(row[11]), row[12]))


def table_states(connection: Connection) -> dict[tuple[str, str], TableState]:
    """Return the state of every table, by layer and table.

    A table has no inputs key, and so is built and checked again, where its last build was not
    seen to its end: the run was killed before it recorded its checks, or an attempt after it
    failed and left its own failure or failed checks of another content. A family is judged member
    by member at every refresh, and is built in spite of a member that failed; foreign keys are
    looked up again when the other table changes.
    """
    rows = connection.execute(
        'select layer, "table",'
        " case when run_id in (select run_id from meta.runs) and not exists"
        ' (from meta.failures as f where f.layer = t.layer and f."table" = t."table"'
        " and (coalesce(f.workbook, ''), coalesce(f.tab, '')) not in"
        " (select (workbook, family) from meta.extracts where family is not null))"
        ' and not exists (from meta.checks as c where c."table" = t."table" and (c.layer = t.layer'
        " or (c.layer = 'quarantine' and t.layer = 'clean'))"
        " and not c.passed and c.run_id <> t.run_id"
        " and c.name <> 'references_found')"
        " then inputs_key else '' end, fingerprint, row_count from meta.tables as t"
    ).fetchall()
    return {(r[0], r[1]): TableState(r[2], r[3], r[4]) for r in rows}


def record_states(
    connection: Connection,
    built: Sequence[tuple[Layer, str, TableState]],
    origin: Origin,
    made: MadeFrom,
) -> None:
    """Record what tables were just built from, as their states and as a build each.

    Args:
        connection: The warehouse, inside the caller's transaction.
        built: Layer, name and state of each table, in the order in which they were built.
        origin: Who built them.
        made: What all of them were made from.
    """
    now, who = origin.now(), (origin.run_id, origin.catalog, origin.code)
    facts = [
        (layer, table, state.inputs_key, made.content or state.fingerprint, state.rows)
        for layer, table, state in built
    ]
    extracts = json.dumps([asdict(extract) for extract in made.extracts])
    read = [f"{layer}.{table}" for layer, table in made.inputs]
    rows = ", ".join(f"({place}, ?, ?, ?, ?, ?)" for place in range(1, len(built) + 1))
    builds = connection.execute(
        "insert into meta.builds select"
        " (select coalesce(max(build), 0) from meta.builds) + t.place,"
        ' t.layer, t."table", t.inputs_key, t.fingerprint, t.row_count, ?, ?, ?, ?, ?,'
        " (select coalesce(list(coalesce(build, 0) order by build), []) || ?::bigint[]"
        " from meta.tables where list_contains(?, layer || '.' || \"table\")),"
        " coalesce(?, nextval('meta.numbers'))"
        f' from (values {rows}) as t (place, layer, "table", inputs_key, fingerprint, row_count)'
        " order by t.place returning build",
        [now, *who, extracts, list(made.builds), read, origin.number, *chain(*facts)],
    ).fetchall()
    states = [
        (layer, table, state.inputs_key, state.fingerprint, state.rows, now, origin.run_id, build)
        for (layer, table, state), (build,) in zip(built, builds, strict=True)
    ]
    connection.execute(
        "insert or replace into meta.tables"
        ' (layer, "table", inputs_key, fingerprint, row_count, built_at, run_id, build)'
        f" values {', '.join(['(?, ?, ?, ?, ?, ?, ?, ?)'] * len(states))}",
        [*chain(*states)],
    )


def built_tables(connection: Connection) -> list[BuiltTable]:
    """Return every built table, by layer and name."""
    rows = connection.execute(
        'select t.layer, t."table", t.row_count, t.built_at, t.run_id, coalesce(t.build, 0),'
        " b.catalog from meta.tables as t left join meta.builds as b using (build)"
        " inner join duckdb_tables() as d on d.database_name = current_database()"
        ' and d.schema_name = t.layer and d.table_name = t."table" order by all'
    ).fetchall()
    return [BuiltTable(*row) for row in rows]


def inputs_read(
    connection: Connection, tables: Sequence[str]
) -> tuple[datetime | None, datetime | None]:
    """Return when the newest extract of clean tables was read, and the last table built."""
    row = connection.execute(
        """
        with made as (
            select b.built_at, b.number, unnest(from_json(b.extracts, $used)) as used
            from meta.tables as t inner join meta.builds as b using (build)
            where t.layer = 'clean' and t."table" = any($tables)
        )
        select arg_max(e.fetched_at, e.number), arg_max(made.built_at, made.number)
        from made inner join meta.extracts as e
            on e.workbook = made.used.workbook and e.tab = made.used.tab
            and e.content_hash = made.used.content_hash and e.number <= made.number
        """,
        {"tables": list(tables), "used": _USED},
    ).fetchone()
    return row or (None, None)


def current_builds(
    connection: Connection, database: str | None = None
) -> frozenset[tuple[str, str, int]]:
    """Return layer, name and build of every table, of this or an attached file."""
    where = f"{database}.meta" if database else "meta"
    rows = connection.execute(
        f'select layer, "table", build from {where}.tables where build is not null'
    ).fetchall()
    return frozenset((layer, table, build) for layer, table, build in rows)


def make_stale(connection: Connection, layer: Layer, table: str, *, is_there: bool) -> None:
    """Have the next refresh build a table again, which is there with its last content or gone."""
    statement = "update meta.tables set inputs_key = ''" if is_there else "delete from meta.tables"
    connection.execute(f'{statement} where layer = ? and "table" = ?', [layer, table])
