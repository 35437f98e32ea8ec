"""Home: is the data of today good, how fresh is it, and who must do what."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Workbook
from candid_assets.monitoring.open_alerts import is_stale
from candid_assets.settings import ZONE
from candid_assets.source_kinds.links import source_link
from candid_assets.warehouse.ledger import ledgers, total
from candid_assets.warehouse.refresh_record import recent_runs, recorded_checks
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.pages.faults import OpenFault, faults
from candid_assets.web.pages.situation import Present, Situation

SHOWN: Final = 12
"""Faults that stand open on the page; the others are behind them."""
_BAD: Final = frozenset({"table", "run", "stale", "error"})


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a workbook is against what its contract promises."""

    title: str
    owner: str
    tabs: int
    last_seen: datetime | None
    hours: float | None
    is_late: bool
    link: str
    rows: int
    held: int
    """Rows of it in quarantine."""
    name: str


def home_facts(
    snapshot: Snapshot,
    connection: duckdb.DuckDBPyConnection,
    situation: Situation,
) -> dict[str, Any]:
    """Return what Home shows."""
    present = situation.now(snapshot)
    catalog = snapshot.catalog
    listed = faults(connection, catalog, situation.reach(snapshot), present.alerts)
    fresh = _freshness(snapshot, connection, present)
    board = situation.board(snapshot, connection)
    lines = [line for spoke in board for line in spoke.lines]
    checks = recorded_checks(connection)
    run = next(iter(recent_runs(connection)), None)
    return {
        "today": present.at.astimezone(ZONE).date(),
        "verdict": _verdict(listed, fresh),
        "faults": listed[:SHOWN],
        "more_faults": listed[SHOWN:],
        "freshness": fresh,
        "statuses": Counter(line.status for line in lines),
        "metrics": len(lines),
        "rows": sum(f.rows for f in fresh),
        "held": sum(f.held for f in fresh),
        "checks": len(checks),
        "checks_failed": sum(not check.passed for check in checks),
        "promised": sum(f.hours is not None for f in fresh),
        "late": sum(f.is_late for f in fresh),
        "run": run,
        "now": present.at,
    }


def _verdict(listed: list[OpenFault], fresh: list[Freshness]) -> str:
    """Return `bad`, `mend`, `good`, or `nothing` where no workbook is connected."""
    kinds = {fault.kind for fault in listed}
    if kinds & _BAD:
        return "bad"
    if not fresh:
        return "nothing"
    return "mend" if kinds else "good"


def _freshness(
    snapshot: Snapshot, connection: duckdb.DuckDBPyConnection, present: Present
) -> list[Freshness]:
    known = ledgers(connection)

    def of(workbook: Workbook, last: datetime | None) -> Freshness:
        rows = total(known[tab.table] for tab in workbook.tabs if tab.table in known)
        return Freshness(
            workbook.title,
            workbook.owner,
            len(workbook.living_tabs),
            last,
            workbook.fresh_hours,
            is_stale(workbook, last, present.at),
            source_link(workbook.locations[snapshot.env]),
            rows.rows_raw,
            rows.rows_quarantined,
            workbook.name,
        )

    listed = [of(workbook, last) for workbook, last in present.seen]
    return sorted(listed, key=lambda f: (not f.is_late, f.last_seen is not None, f.title))
