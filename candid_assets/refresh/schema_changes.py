"""The log of structural changes: record, report and resolve what a refresh noted."""

from collections.abc import Iterable

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.titles import is_named
from candid_assets.quality import invariants
from candid_assets.refresh.layout_changes import LOST_TAB, still_holds
from candid_assets.refresh.observations import Observed
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.refresh_record import forget_tables
from candid_assets.warehouse.tab_changes import (
    Change,
    RecordedChange,
    open_changes,
    record_change,
    resolve_changes,
    retitle,
)

LASTING = frozenset({"tab_renamed", "tab_hidden", "column_added", "column_removed"})
"""Additive changes that stay open until the contract names them; others are only reported."""


def settle(
    connection: duckdb.DuckDBPyConnection, tab: Tab, seen: dict[str, Observed], run_id: str
) -> tuple[CheckResult, list[RecordedChange]]:
    """Record the changes noted in a table's tabs that wait for a person, resolve what is over.

    Returns:
        The check of the table's layout, and the changes that wait for nobody.
    """
    passing: list[RecordedChange] = []
    with transaction(connection):
        before = open_changes(connection, tab.table)
        for name, observed in seen.items():
            if observed.retitled and observed.layout is not None:
                retitle(connection, tab.workbook, name, observed.layout)
            of_tab = [change for change in before if change.tab == name]
            over = [change for change in of_tab if _is_over(change.change, tab, observed)]
            resolve_changes(connection, over)
            known = {_key(change.change) for change in of_tab if change not in over}
            for change in observed.changes:
                if _key(change) in known:
                    continue
                place = (tab.workbook, name, tab.table, observed.title, observed.extract)
                recorded = RecordedChange(change, *place)
                if _waits(change, tab):
                    record_change(connection, recorded, run_id, is_open=True)
                    known.add(_key(change))
                else:
                    passing.append(recorded)
    noted = {c.detail: c for observed in seen.values() for c in observed.changes}
    open_now = [recorded.change for recorded in open_changes(connection, tab.table)]
    open_now.sort(key=lambda change: not change.breaking)
    lines = {c.detail: (c.breaking, c.fix) for c in open_now}
    lines |= {d: (c.breaking, c.fix) for d, c in noted.items() if d not in lines}
    return invariants.layout_unchanged(tab.source, tab.table, lines), passing


def resolve_decided(connection: duckdb.DuckDBPyConnection, tabs: Iterable[Tab]) -> None:
    """Resolve the open changes of tabs that a contract has since retired or archived."""
    by_table = {tab.table: tab.options for tab in tabs}
    decided = []
    for recorded in open_changes(connection):
        options = by_table.get(recorded.table)
        if options is None:
            continue
        named = is_named((*options.archived_tabs, *options.retired_tabs), recorded.title)
        if options.retired or (recorded.change.kind in LOST_TAB and named):
            decided.append(recorded)
    resolve_changes(connection, decided)


def forget_retired(connection: duckdb.DuckDBPyConnection, tabs: Iterable[Tab]) -> list[str]:
    """Withdraw the failures of tabs that are retired now; return their tables."""
    retired = [tab.table for tab in tabs if tab.options.retired]
    return forget_tables(connection, retired, list(SOURCES))


def _is_over(change: Change, tab: Tab, observed: Observed) -> bool:
    """Whether an open change of a tab no longer holds."""
    if _key(change) in {_key(c) for c in observed.changes}:
        return False
    layout = observed.layout
    if layout is None:
        return change.breaking and bool(observed.changes)
    is_kept = not change.breaking and still_holds(
        change.kind, change.subject, change.to, tab, layout
    )
    return not is_kept and (observed.read or change.kind not in LOST_TAB)


def _waits(change: Change, tab: Tab) -> bool:
    """Whether a change waits for a person's decision."""
    if change.kind == "tab_renamed" and tab.is_family:
        return False
    return change.breaking or change.kind in LASTING


def _key(change: Change) -> tuple[str, str, str]:
    return change.kind, change.subject, change.to
