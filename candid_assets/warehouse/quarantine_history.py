"""Keeps the quarantine's history: when a cell first kept its row out, last did, and was mended."""

from typing import Any

import duckdb

from candid_assets.sql import literal, qualified
from candid_assets.warehouse.builds import Origin


def keep_history(connection: duckdb.DuckDBPyConnection, table: str, origin: Origin) -> None:
    """Bring the history of one tab to what its quarantine shows now, in the caller's transaction.

    A reason is followed by table, row identity, column and reason. One that comes back after it
    was resolved begins a line of its own.
    """
    now, name = origin.now(), literal(table)
    connection.execute(f"create or replace temp table quarantined_now as {_standing(table)}")
    connection.execute(
        'update meta.quarantine_history as h set last_seen = ?, cell = n.cell, "value" = n."value",'
        " message = n.message, link = n.link from temp.quarantined_now as n"
        f' where h."table" = {name} and h.resolved is null and n._id = h._id'
        ' and n."column" = h."column" and n.reason = h.reason',
        [now],
    )
    connection.execute(
        "update meta.quarantine_history as h set resolved = ?, resolved_run = ?"
        f' where h."table" = {name} and h.resolved is null and (_id, "column", reason)'
        ' not in (select (_id, "column", reason) from temp.quarantined_now)',
        [now, origin.run_id],
    )
    connection.execute(
        f'insert into meta.quarantine_history select {name}, n._id, n."column", n.reason, ?, ?,'
        ' null, ?, null, n.cell, n."value", n.message, n.link from temp.quarantined_now as n'
        f' anti join meta.quarantine_history as h on h."table" = {name} and h.resolved is null'
        ' and h._id = n._id and h."column" = n."column" and h.reason = n.reason',
        [now, now, origin.run_id],
    )
    connection.execute("drop table temp.quarantined_now")


def history_counts(connection: duckdb.DuckDBPyConnection, run_id: str | None) -> dict[str, Any]:
    """Return how many reasons stand, since when, and how many a run brought and mended."""
    row = connection.execute(
        "select count(*) filter (resolved is null), count(*) filter (first_run = $1),"
        " count(*) filter (resolved_run = $1),"
        " strftime(min(first_seen) filter (resolved is null), '%Y-%m-%d %H:%M:%S')"
        " from meta.quarantine_history",
        [run_id],
    ).fetchone()
    names = ("standing", "new", "resolved", "oldest")
    return dict(zip(names, row or (0, 0, 0, None), strict=True))


def _standing(table: str) -> str:
    return (
        'select _id, why."column" as "column", why.reason as reason, why.cell as cell,'
        ' why."value" as "value", why.message as message, why.link as link'
        f" from (select _id, unnest(_reasons) as why from {qualified('quarantine', table)})"
    )
