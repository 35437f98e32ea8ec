"""The log of structural changes: what was noted in a refresh is recorded, told and resolved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.families import is_named
from candid_assets.names import tab_table
from candid_assets.quality import invariants
from candid_assets.quality.result import CheckResult
from candid_assets.refresh.layout_changes import LOST_TAB, Change, still_holds
from candid_assets.refresh.layouts import Layout
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.database import transaction

LASTING = frozenset({"tab_renamed", "tab_hidden", "column_added", "column_removed"})
"""Additive changes that wait for a word in the contract; others are only told."""


@dataclass(slots=True)
class Observed:
    """One tab, or one member of a family, as this refresh found it."""

    title: str
    extract: str = ""
    layout: Layout | None = None
    """None where it could not be read or does not keep to the contract."""
    changes: list[Change] = field(default_factory=list)
    read: bool = False
    """Whether it was read in this refresh."""


@dataclass(slots=True)
class Observations:
    """What a refresh has noted so far, by table and name of the tab."""

    by_table: dict[str, dict[str, Observed]] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    """Workbook and name of each tab that was read whole in this refresh."""

    def note(self, tab: Tab, name: str, observed: Observed) -> None:
        """Note how a tab was found; what was noted before of the same tab stays, too."""
        seen = self.by_table.setdefault(tab_table(tab.workbook, tab.family or tab.name), {})
        observed.read = (tab.workbook, name) in self.read
        if name in seen:
            observed.changes = [*seen[name].changes, *observed.changes]
            observed.layout = observed.layout or seen[name].layout
        seen[name] = observed


def settle(
    connection: duckdb.DuckDBPyConnection, tab: Tab, seen: dict[str, Observed], run_id: str
) -> Iterator[CheckResult]:
    """Record what was noted of a table's tabs, resolve what is over, and say how it stands."""
    if not seen:
        return
    with transaction(connection):
        for name, observed in seen.items():
            _resolve(connection, tab, name, observed)
            for change in observed.changes:
                _record(connection, tab, name, observed, change, run_id)
    told = {c.detail: c for observed in seen.values() for c in observed.changes}
    standing = connection.execute(
        "select detail, breaking, fix from meta.schema_changes"
        ' where "table" = ? and resolved_at is null order by breaking desc, first_seen, detail',
        [tab.table],
    ).fetchall()
    lines = {detail: (breaking, fix) for detail, breaking, fix in standing}
    lines |= {d: (c.breaking, c.fix) for d, c in told.items() if d not in lines}
    yield invariants.layout_unchanged(tab.source, tab.table, lines)


def resolve_decided(connection: duckdb.DuckDBPyConnection, tabs: Iterable[Tab]) -> None:
    """Resolve the open changes of tabs that a contract has since retired or archived."""
    by_table = {tab.table: tab.options for tab in tabs}
    open_changes = connection.execute(
        'select rowid, "table", title, kind from meta.schema_changes where resolved_at is null'
    ).fetchall()
    for row, table, title, kind in open_changes:
        options = by_table.get(table)
        if options is None:
            continue
        named = is_named((*options.archived_tabs, *options.retired_tabs), title)
        if options.retired or (kind in LOST_TAB and named):
            connection.execute(
                "update meta.schema_changes set resolved_at = ? where rowid = ?",
                [datetime.now(UTC), row],
            )


def forget_retired(connection: duckdb.DuckDBPyConnection, tabs: Iterable[Tab]) -> list[str]:
    """Take back what failed of tabs that are retired now; return their tables."""
    retired = [tab.table for tab in tabs if tab.options.retired]
    failed = connection.execute(
        'delete from meta.failures where "table" = any(?) returning "table"', [retired]
    ).fetchall()
    checked = connection.execute(
        'delete from meta.checks where "table" = any(?) and layer = any(?) and not passed'
        ' returning "table"',
        [retired, list(SOURCES)],
    ).fetchall()
    return sorted({row[0] for row in (*failed, *checked)})


def _resolve(
    connection: duckdb.DuckDBPyConnection, tab: Tab, name: str, observed: Observed
) -> None:
    """Resolve the open changes of one tab that do not hold any more."""
    now = {(c.kind, c.subject, c.to) for c in observed.changes}
    open_changes = connection.execute(
        'select rowid, kind, subject, "to", breaking from meta.schema_changes'
        " where workbook = ? and tab = ? and resolved_at is null",
        [tab.workbook, name],
    ).fetchall()
    for row, kind, subject, to, breaking in open_changes:
        layout = observed.layout
        over = layout is not None and (breaking or not still_holds(kind, subject, to, tab, layout))
        over = over and (observed.read or kind not in LOST_TAB)
        lost = breaking and layout is None and bool(observed.changes)
        if (kind, subject, to) not in now and (over or lost):
            connection.execute(
                "update meta.schema_changes set resolved_at = ? where rowid = ?",
                [datetime.now(UTC), row],
            )


def _record(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    name: str,
    observed: Observed,
    change: Change,
    run_id: str,
) -> None:
    """Add a change to the log, unless it stands there open already."""
    key = [tab.workbook, name, change.kind, change.subject, change.to]
    known = connection.execute(
        "select count(*) from meta.schema_changes where workbook = ? and tab = ? and kind = ?"
        ' and subject = ? and "to" = ? and resolved_at is null',
        key,
    ).fetchone()
    if known and known[0]:
        return
    now = datetime.now(UTC)
    told_only = not change.breaking and change.kind not in LASTING
    if change.kind == "tab_renamed" and tab.is_family:
        told_only = True
    connection.execute(
        "insert into meta.schema_changes by name select ? as workbook, ? as tab, ? as kind,"
        ' ? as subject, ? as "to", ? as "table", ? as title, ? as "column", ? as detail,'
        " ? as fix, ? as breaking, ? as first_seen, ? as _extract, ? as run_id, ? as resolved_at",
        [
            *key,
            tab.table,
            observed.title,
            change.column,
            change.detail,
            change.fix,
            change.breaking,
            now,
            observed.extract,
            run_id,
            now if told_only else None,
        ],
    )
