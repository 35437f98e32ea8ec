"""Facts of the warehouse after a run, for its page: failures, rows, freshness."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.number_format import age, moment
from candid_assets.warehouse.builds import BuiltTable, built_tables
from candid_assets.warehouse.extracts import last_fetched
from candid_assets.warehouse.ledger import ledgers, total
from candid_assets.warehouse.refresh_record import (
    recorded_checks,
    recorded_failures,
    workbook_readings,
)


def failures(connection: duckdb.DuckDBPyConnection, run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what failed in the run and what failed before and still does, each cause once."""
    failed = {f["message"]: dict(f) for f in run["failures"]}
    for message, fix in sorted((f.message, f.fix) for f in recorded_failures(connection)):
        failed.setdefault(message, {"message": message, "fix": fix})
    if not failed and not run["succeeded"]:
        for check in recorded_checks(connection, failed=True):
            if check.blocking:
                text = f"{check.relation}: {check.name}: {check.message}"
                failed[text] = {"message": text, "fix": "see the check's cells below"}
    return list(failed.values())


def workbook_rows(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, now: datetime
) -> list[dict[str, Any]]:
    """Return every workbook with its tabs: rows by what became of them, and how fresh they are."""
    known, fetched = ledgers(connection), last_fetched(connection)
    readings = workbook_readings(connection)
    workbooks = []
    for workbook in catalog.workbooks:
        own = [(tab, known[tab.table]) for tab in workbook.tabs if tab.table in known]
        rows = total(ledger for _, ledger in own)
        tabs = [
            {
                "tab": tab.title,
                "rows_read": ledger.rows.rows_read,
                "clean": ledger.rows.rows_clean,
                "quarantined": ledger.rows.rows_quarantined,
                "dropped": ledger.rows.rows_dropped,
                "changed": moment(fetched[tab.table]) if tab.table in fetched else "–",
            }
            for tab, ledger in own
        ]
        at = readings[workbook.name].read_at if workbook.name in readings else None
        workbooks.append(
            {
                "title": workbook.title,
                "tabs": tabs,
                "rows_read": rows.rows_read,
                "quarantined": rows.rows_quarantined,
                "read_at": at,
                "read": age(at, now) if at else "never read",
            }
        )
    return workbooks


def ready_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> list[BuiltTable]:
    """Return every ready table of the catalog that was built."""
    models = {model.name for model in catalog.models}
    return [t for t in built_tables(connection) if t.layer == "ready" and t.table in models]
