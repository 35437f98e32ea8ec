"""What stands in the warehouse after a run, as a page of it shows: failures, rows, freshness."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.number_format import age, moment


def causes(connection: duckdb.DuckDBPyConnection, run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what failed in the run and what failed before and still does, each cause once."""
    found = {f["message"]: dict(f) for f in run["failures"]}
    for message, fix in connection.execute(
        "select message, fix from meta.failures order by all"
    ).fetchall():
        found.setdefault(message, {"message": message, "fix": fix})
    if not found and not run["succeeded"]:
        for table, name, message in connection.execute(
            "select layer || '.' || \"table\", name, message from meta.checks"
            " where blocking and not passed order by all"
        ).fetchall():
            told = f"{table}: {name}: {message}"
            found[told] = {"message": told, "fix": "see the check's cells below"}
    return list(found.values())


def workbook_rows(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, now: datetime
) -> list[dict[str, Any]]:
    """Return every workbook with its tabs: rows by what became of them, and how fresh they are."""
    rows = connection.execute(
        'select l."table", l.rows_read, l.rows_clean, l.rows_quarantined, l.rows_dropped, e.seen'
        " from meta.ledger as l left join (select workbook, coalesce(family, tab) as tab,"
        " max(fetched_at) as seen from meta.extracts group by all) as e"
        " on e.workbook = l.workbook and e.tab = l.tab"
    ).fetchall()
    ledger = {row[0]: row[1:] for row in rows}
    read = dict(connection.execute("select workbook, read_at from meta.workbooks").fetchall())
    found = []
    for workbook in catalog.workbooks:
        tabs = [
            dict(
                zip(("rows_read", "clean", "quarantined", "dropped"), row[:4], strict=True),
                tab=tab.title,
                changed=moment(row[4]) if row[4] else "–",
            )
            for tab in workbook.tabs
            if (row := ledger.get(tab.table)) is not None
        ]
        at = read.get(workbook.name)
        found.append(
            {
                "title": workbook.title,
                "tabs": tabs,
                "rows_read": sum(t["rows_read"] for t in tabs),
                "quarantined": sum(t["quarantined"] for t in tabs),
                "read_at": at,
                "read": age(at, now) if at else "never read",
            }
        )
    return found


def ready_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> list[dict[str, Any]]:
    """Return the rows of every ready table of the catalog that was built."""
    rows = connection.execute(
        'select "table", row_count, built_at, run_id from meta.tables'
        " where layer = 'ready' and \"table\" = any(?) order by 1",
        [[model.name for model in catalog.models]],
    ).fetchall()
    return [
        {"table": table, "rows": count, "built": moment(built), "run_id": run_id}
        for table, count, built, run_id in rows
    ]
