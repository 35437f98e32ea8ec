"""What the published snapshot says of itself: freshness, checks, failures, worst tabs."""

import json
from typing import Any

import duckdb

from candid_assets.warehouse.quarantine_history import history_counts

WORST = 5


def snapshot_status(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the state of the snapshot as one object."""
    one = connection.execute(
        "select (select any_value(env) from meta.environment),"
        " (select strftime(max(finished_at), '%Y-%m-%d %H:%M:%S') from meta.runs),"
        " (select count(*) filter (passed) from meta.checks),"
        " (select count(*) filter (not passed) from meta.checks),"
        " (select arg_max(run_id, finished_at) from meta.runs)"
    ).fetchone()
    env, last_run, passed, failed, last_run_id = one or (None, None, 0, 0, None)
    return {
        "env": env,
        "last_run": last_run,
        "workbooks": _objects(
            connection,
            "select l.workbook, count(*) as tabs,"
            " strftime(max(e.seen), '%Y-%m-%d %H:%M') as last_read,"
            " sum(rows_clean)::bigint as rows_clean,"
            " sum(rows_quarantined)::bigint as rows_quarantined"
            " from meta.ledger as l left join (select workbook,"
            " coalesce(family, tab) as tab, max(fetched_at) as seen"
            " from meta.extracts group by all) as e on e.workbook = l.workbook and e.tab = l.tab"
            " group by l.workbook order by l.workbook",
        ),
        "checks": {"passed": passed, "failed": failed},
        "worst_tabs": _worst(connection),
        "quarantine": history_counts(connection, last_run_id),
        "failures": _objects(
            connection,
            'select layer, "table", cause, message, fix,'
            " strftime(failed_at, '%Y-%m-%d %H:%M:%S') as failed_at"
            " from meta.failures order by all",
        ),
    }


def _objects(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _worst(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the tabs with most quarantined rows and the link to the first cell."""
    rows = connection.execute(
        'select "table", message, samples from meta.checks'
        " where name = 'nothing_quarantined' and not passed"
        f" order by (counts ->> 'rows quarantined')::bigint desc, 1 limit {WORST}"
    ).fetchall()
    return [
        {
            "table": table,
            "message": message,
            "link": next((s["link"] for s in json.loads(samples) if s["link"]), None),
        }
        for table, message, samples in rows
    ]
