"""Notes how the layout of tabs differs from that of the last clean table."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from candid_assets.cleaning.header_search import HeaderProblem
from candid_assets.contracts.catalog import Tab
from candid_assets.quality.invariants import layout_unchanged
from candid_assets.refresh.context import Refresh, file_of
from candid_assets.refresh.events import Checked, Event, Failed
from candid_assets.refresh.header_renames import missing_headers
from candid_assets.refresh.layout_changes import compare
from candid_assets.refresh.observations import Observed
from candid_assets.refresh.schema_changes import forget_retired, resolve_decided, settle
from candid_assets.refresh.swap import StagedTab
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.raw_query import extract_relation
from candid_assets.warehouse.refresh_record import forget_repaired
from candid_assets.warehouse.tab_changes import Change, ChangeKind, Layout


def let_go(refresh: Refresh) -> Iterator[Event]:
    """Withdraw what a contract has decided since: retired and archived tabs, repaired models."""
    problems = [file_of(problem.path) for problem in refresh.catalog.problems]
    if forget_repaired(refresh.connection, problems):
        refresh.observations.has_other_news = True
    tabs = refresh.catalog.tabs
    resolve_decided(refresh.connection, tabs)
    sources = {tab.table: tab.source for tab in tabs}
    for table in forget_retired(refresh.connection, tabs):
        yield Checked(layout_unchanged(sources[table], table, {}))


def note_lost(refresh: Refresh, tab: Tab, code: str, message: str, fix: str) -> None:
    """Note that a tab cannot be read any more: it is gone, emptied or no table of cells."""
    change = Change(cast("ChangeKind", code), message, breaking=True, fix=fix)
    refresh.observations.note(tab, tab.name, Observed(tab.title, changes=[change]))


def note_missing(
    refresh: Refresh, tab: Tab, extract: CurrentExtract, problem: HeaderProblem
) -> list[Change]:
    """Note the headers that a tab, or a member of a family, lacks.

    Returns:
        The headers that look renamed, or the change that the header row is gone.
    """
    before = refresh.accepted_layouts(tab.workbook, [tab.name]).get(tab.name)
    now = extract_relation(refresh.landing, tab, extract.content_hash)
    old = now if before is None else extract_relation(refresh.landing, tab, before.content_hash)
    changes = missing_headers(refresh.connection, tab, problem, before, (now, old))
    if not refresh.is_replay:
        seen = Observed(extract.title, extract.content_hash, changes=changes)
        refresh.observations.note(tab, tab.name, seen)
    return [change for change in changes if change.kind in {"column_renamed", "header_gone"}]


def note_layouts(refresh: Refresh, tab: Tab, layouts: Mapping[str, Layout]) -> Iterator[Event]:
    """Note what changed in a staged tab; yield a failure for each breaking change."""
    if refresh.is_replay:
        return
    before = refresh.accepted_layouts(tab.workbook, layouts)
    for name, now in layouts.items():
        if name in before:
            changes = compare(tab, before[name], now)
        elif before:
            changes = [Change("tab_added", f"tab '{now.title}' joined the family {tab.name}")]
        else:
            changes = []
        seen = Observed(now.title, now.content_hash, now, changes)
        refresh.observations.note(tab, name, seen)
        for change in changes:
            if change.breaking:
                where = f"workbook {tab.workbook}, tab '{now.title}': {change.detail}"
                yield Failed(
                    "clean", tab.table, change.kind, where, change.fix, tab.workbook, tab.name
                )


def note_current(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> None:
    """Note what changed of a tab whose content did not: its title, and whether it is hidden."""
    if refresh.is_replay:
        return
    parts = {part.tab: part for part in extract.members or (extract,)}
    before = refresh.accepted_layouts(tab.workbook, parts)
    for name, layout in before.items():
        part = parts[name]
        if part.content_hash != layout.content_hash:
            continue
        now = replace(layout, title=part.title, hidden=part.hidden, sheet_id=part.sheet_id)
        if now == layout and (tab.workbook, name) not in refresh.observations.read:
            continue
        seen = Observed(now.title, now.content_hash, now, compare(tab, layout, now))
        seen.retitled = now != layout
        refresh.observations.note(tab, name, seen)


def report_layout(refresh: Refresh, tab: Tab, staged: StagedTab | None) -> Iterator[Event]:
    """Record what was noted of a tab and yield the check of its layout.

    A change that waits for nobody is recorded with the staged table, once it is swapped in.
    """
    seen = refresh.observations.by_table.pop(tab.table, {})
    if not seen:
        return
    result, passing = settle(refresh.connection, tab, seen, refresh.run_id)
    if any(observed.retitled for observed in seen.values()):
        refresh.layouts.pop(tab.workbook, None)
    if staged is None:
        yield Checked(result)
    else:
        staged.passing.extend(passing)
        yield from (Checked(verdict) for verdict in staged.compare([result]))
