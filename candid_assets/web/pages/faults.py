"""What is wrong now and who must do what, the greatest damage first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.lineage.fault_reach import NOWHERE, FaultReach, Reach
from candid_assets.monitoring.open_alerts import PLATFORM, Alert
from candid_assets.names import QUARANTINE_CHECK
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.ledger import ledgers
from candid_assets.warehouse.refresh_record import recorded_checks, recorded_failures

KINDS: Final = ("table", "run", "stale", "hold", "error", "undescribed", "cells", "warning")
"""Kinds of faults, those that keep most data from being right first."""
_ALERTS: Final = frozenset({"run", "stale", "hold", "undescribed"})
"""Kinds of alerts that say something of their own; failed checks are gathered here."""


@dataclass(frozen=True, slots=True)
class OpenFault:
    """One thing that is wrong."""

    kind: str
    subject: str
    """What it is about: a table, a workbook, a job."""
    message: str
    fix: str
    """What to do; empty where the kind says it."""
    owner: str
    reach: Reach = NOWHERE
    table: str = ""
    """The table to look at, with its layer."""
    workbook: str = ""
    count: int = 0
    """How many rows or checks it is about."""
    rows: int = 0
    """Of how many rows."""
    cells: tuple[tuple[str, str], ...] = ()
    """The first cells to mend, each with its link."""


def faults(
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    damage: FaultReach,
    alerts: Sequence[Alert],
) -> list[OpenFault]:
    """Return everything that is wrong, the greatest damage first."""
    owners = _owners(catalog)
    checks = recorded_checks(connection, failed=True)
    listed = [
        *_failures(connection, owners, damage),
        *_of_alerts(alerts),
        *_errors(checks, owners, damage),
        *_cells(connection, catalog, damage),
        *_warnings(checks, owners),
    ]
    return sorted(listed, key=_weight)


def _weight(fault: OpenFault) -> tuple[int, int, int, int, str]:
    reach = fault.reach
    return KINDS.index(fault.kind), -reach.metrics, -reach.tables, -fault.count, fault.subject


def _owners(catalog: Catalog) -> dict[str, str]:
    owners = {tab.table: tab.owner for tab in catalog.tabs}
    return owners | {model.table: model.owner for model in catalog.models}


def _failures(
    connection: duckdb.DuckDBPyConnection, owners: dict[str, str], damage: FaultReach
) -> Iterator[OpenFault]:
    """Yield what could not be refreshed, each cause once."""
    by_message: dict[str, list[OpenFault]] = defaultdict(list)
    for f in recorded_failures(connection):
        name = f"{f.layer}.{f.table}"
        reach = damage.of(name if f.layer == "ready" else f"clean.{f.table}")
        owner = owners.get(f.table, PLATFORM)
        by_message[f.message].append(
            OpenFault(
                "table", f.tab or f.table, f.message, f.fix, owner, reach, table=name, count=1
            )
        )
    for same in by_message.values():
        worst = min(same, key=_weight)
        yield replace(worst, count=len(same))


def _of_alerts(alerts: Iterable[Alert]) -> Iterator[OpenFault]:
    for alert in alerts:
        if alert.kind in _ALERTS:
            subject = alert.key.split(":", 2)[1]
            yield OpenFault(alert.kind, subject, alert.cause, alert.command, alert.owner, count=1)


def _errors(
    checks: Iterable[CheckResult], owners: dict[str, str], damage: FaultReach
) -> Iterator[OpenFault]:
    for check in checks:
        if check.severity == "error" and check.name != QUARANTINE_CHECK:
            cells = [(s.cell or s.column, s.link or "") for s in check.samples if s.link]
            yield OpenFault(
                "error",
                check.name,
                check.message,
                "",
                owners.get(check.table, PLATFORM),
                damage.of(check.relation),
                table=check.relation,
                count=1,
                cells=tuple(dict.fromkeys(cells))[:3],
            )


def _cells(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, damage: FaultReach
) -> Iterator[OpenFault]:
    """Yield each workbook with rows in quarantine."""
    known = ledgers(connection)
    for workbook in catalog.workbooks:
        tabs = [(t, known[t.table].rows) for t in workbook.tabs if t.table in known]
        held = [(tab, rows) for tab, rows in tabs if rows.rows_quarantined]
        if held:
            yield OpenFault(
                "cells",
                workbook.title,
                "",
                "",
                workbook.owner,
                damage.of(*(f"clean.{tab.table}" for tab, _ in held)),
                workbook=workbook.name,
                count=sum(rows.rows_quarantined for _, rows in held),
                rows=sum(rows.rows_raw for _, rows in tabs),
            )


def _warnings(checks: Iterable[CheckResult], owners: dict[str, str]) -> Iterator[OpenFault]:
    """Yield each kind of check that only warns, once for all tables of an owner."""
    groups: dict[tuple[str, str], list[CheckResult]] = defaultdict(list)
    for check in checks:
        if check.severity != "error" and check.name != QUARANTINE_CHECK:
            groups[check.name, owners.get(check.table, PLATFORM)].append(check)
    for (name, owner), same in groups.items():
        first = same[0]
        message = f"{first.relation}: {first.message}"
        yield OpenFault("warning", name, message, "", owner, table=first.relation, count=len(same))
