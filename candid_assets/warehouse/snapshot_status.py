"""The status of the published snapshot: freshness, checks, failures, worst tabs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from duckdb import DuckDBPyConnection as Connection

from candid_assets.names import QUARANTINE_CHECK
from candid_assets.settings import ZONE
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.extracts import last_fetched
from candid_assets.warehouse.ledger import ReasonCounts, ledgers, reason_counts, total
from candid_assets.warehouse.refresh_record import (
    Failure,
    recent_runs,
    recorded_checks,
    recorded_failures,
)
from candid_assets.warehouse.versions import environment_of

WORST = 5


@dataclass(frozen=True, slots=True)
class WorkbookStatus:
    """The rows of a workbook's tabs, and when the newest of their contents was read."""

    workbook: str
    tabs: int
    last_read: str | None
    rows_clean: int
    rows_quarantined: int


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """How many checks passed and failed."""

    passed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class WorstTab:
    """A tab with rows in quarantine, and the link to the first cell to correct."""

    table: str
    message: str
    link: str | None


@dataclass(frozen=True, slots=True)
class SnapshotStatus:
    """The state of the published snapshot; moments are in Asia/Jakarta."""

    env: str | None
    last_run: str | None = None
    workbooks: tuple[WorkbookStatus, ...] = ()
    checks: CheckCounts = field(default_factory=CheckCounts)
    worst_tabs: tuple[WorstTab, ...] = ()
    quarantine: ReasonCounts = field(default_factory=ReasonCounts)
    failures: tuple[Failure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the object that `candid status --json` and the API show."""
        names = ("layer", "table", "cause", "message", "fix")
        failures = [
            {name: getattr(failure, name) for name in names} | {"failed_at": _at(failure.failed_at)}
            for failure in self.failures
        ]
        return asdict(self) | {"quarantine": self.quarantine.as_dict(), "failures": failures}


def snapshot_status(connection: Connection) -> SnapshotStatus:
    """Return the state of the snapshot."""
    run = next(iter(recent_runs(connection)), None)
    checks = recorded_checks(connection)
    failed = [check for check in checks if not check.passed]
    return SnapshotStatus(
        environment_of(connection),
        _at(run.finished_at if run else None),
        _workbooks(connection),
        CheckCounts(len(checks) - len(failed), len(failed)),
        _worst(checks),
        reason_counts(connection, run.run_id if run else None),
        tuple(recorded_failures(connection)),
    )


def _workbooks(connection: Connection) -> tuple[WorkbookStatus, ...]:
    fetched = last_fetched(connection)
    workbooks = []
    tabs = sorted(ledgers(connection).values(), key=lambda tab: tab.workbook)
    for workbook, group in groupby(tabs, key=lambda tab: tab.workbook):
        of = list(group)
        rows = total(of)
        read = max((fetched[tab.table] for tab in of if tab.table in fetched), default=None)
        minute = (_at(read) or "")[:-3] or None
        workbooks.append(
            WorkbookStatus(workbook, len(of), minute, rows.rows_clean, rows.rows_quarantined)
        )
    return tuple(workbooks)


def _worst(checks: Iterable[CheckResult]) -> tuple[WorstTab, ...]:
    """Return the tabs with most quarantined rows and the link to the first cell."""
    held = [
        check
        for check in checks
        if check.name == QUARANTINE_CHECK
        and (check.counts.get("rows quarantined") or not check.passed)
    ]
    held.sort(key=lambda check: (-check.counts.get("rows quarantined", -1), check.table))
    return tuple(
        WorstTab(check.table, check.message, next((s.link for s in check.samples if s.link), None))
        for check in held[:WORST]
    )


def _at(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if moment else None
