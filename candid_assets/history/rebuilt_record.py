"""Gives a rebuilt file the record that the publication had: what `meta` said of its data then."""

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from candid_assets.sql import qualified
from candid_assets.warehouse.builds import Publication

_COPIES = (
    ("environment", "true"),
    ("runs", "finished_at <= $moment"),
    ("extracts", "fetched_at <= $moment"),
    ("builds", "build <= $newest"),
    ("publications", "publication <= $number"),
    ("published_tables", "since <= $number"),
    ("quarantine_history", "first_seen <= $moment"),
    ("pruned_extracts", "pruned_at <= $moment"),
    ("schema_changes", "first_seen <= $moment"),
)
"""Tables of `meta` that are only ever added to, with what of them stood already then."""


def copy_record(
    connection: duckdb.DuckDBPyConnection,
    publication: Publication,
    shown: Mapping[tuple[str, str], int],
    is_identical: bool,
) -> None:
    """Bring the rebuilt file's `meta` to what the publication's was, from the attached `source`.

    The ledger and the dropped rows come from the rebuilding itself. Checks, failures and Drive's
    state are about the run, not the data, and stay empty.
    """
    facts = {
        "moment": publication.published_at,
        "newest": max(shown.values(), default=0),
        "number": publication.publication,
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
    connection: duckdb.DuckDBPyConnection,
    publication: Publication,
    shown: Mapping[tuple[str, str], int],
) -> None:
    """Make the histories say what they said then of what still stood then."""
    connection.execute(
        "update meta.schema_changes set resolved_at = null where resolved_at > ?",
        [publication.published_at],
    )
    connection.execute(
        "update meta.quarantine_history set resolved = null, resolved_run = null"
        " where resolved > ?",
        [publication.published_at],
    )
    for layer, table in shown:
        if layer != "quarantine" or (layer, table) not in _tables(connection):
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


def _tables(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    rows = connection.execute('select layer, "table" from meta.tables').fetchall()
    return {(r[0], r[1]) for r in rows}
