"""Builds the raw, clean and quarantine tables of tabs from their current extracts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.names import Layer
from candid_assets.quality import invariants
from candid_assets.refresh.clean_stage import finish_clean, stage_clean
from candid_assets.refresh.contained import contained, of_tab
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Checked, Event
from candid_assets.refresh.failures import LANDING_DAMAGED, Cause
from candid_assets.refresh.family_members import choose, failures
from candid_assets.refresh.foreign_keys import moves_keys
from candid_assets.refresh.land_stage import build_raw
from candid_assets.refresh.layout_drift import report_layout
from candid_assets.refresh.swap import StagedTab
from candid_assets.refresh.workers import Builders, TableWork
from candid_assets.warehouse.builds import TableState
from candid_assets.warehouse.extracts import current_extract


@dataclass(slots=True)
class TabTables:
    """Builds the tabs of workbooks."""

    refresh: Refresh
    workers: Builders
    replaced: list[Tab] = field(default_factory=list)
    """Tabs whose clean table has new content, in the order of the catalog."""
    rekeyed: set[str] = field(default_factory=set)
    """Of these tables, the ones whose keys changed, to which other tabs may refer."""
    done: set[str] = field(default_factory=set)
    """Workbooks whose tabs were all looked at."""

    def build(self, workbook: Workbook) -> Iterator[Event]:
        """Begin to build the selected tables of a workbook's tabs that are stale, once a refresh.

        What happened is for the caller to take; where several tables are built at a time, they
        are being built whether or not it does.
        """
        if workbook.name in self.done:
            return iter(())
        self.done.add(workbook.name)
        tabs = [t for t in workbook.living_tabs if _wants_tables(self.refresh, t)]
        self.refresh.progress.stage("build", len(tabs))
        before = {tab.table: self.refresh.states.get(("clean", tab.table)) for tab in tabs}
        works = [TableWork(tab.table, partial(self._contained, tab)) for tab in tabs]
        return self._events(tabs, before, self.workers.build(works))

    def _events(
        self,
        tabs: Sequence[Tab],
        before: Mapping[str, TableState | None],
        building: Iterator[tuple[TableWork, Iterable[Event]]],
    ) -> Iterator[Event]:
        for work, events in building:
            yield from events
            self.refresh.progress.step("build", work.name)
        states = self.refresh.states
        self.replaced += [t for t in tabs if states.get(("clean", t.table)) != before[t.table]]

    def _tables(self, tab: Tab, refresh: Refresh) -> Iterator[Event]:
        extract = current_extract(refresh.connection, tab)
        staged = choice = None
        if tab.is_family and extract is not None:
            choice = choose(refresh, tab, extract)
            yield from failures(tab, choice)
            extract = None if choice.lost else choice.extract(tab)
            if extract is None:
                yield Checked(
                    invariants.contract_holds(tab.source, tab.table, problem=choice.problems)
                )
        if extract is not None and refresh.selection.has("raw", tab.table):
            raw = build_raw(refresh, tab, extract)
            yield from refresh.times.during("raw", raw, workbook=tab.workbook, tab=tab.name)
        if (
            extract is not None
            and refresh.selection.has("clean", tab.table)
            and ("raw", tab.table) in refresh.states
        ):
            clean = stage_clean(refresh, tab, extract, choice)
            staged = yield from refresh.times.during(
                "clean", clean, workbook=tab.workbook, tab=tab.name
            )
        yield from report_layout(refresh, tab, staged)
        if staged is not None:
            swap = self._swap(staged, refresh)
            yield from refresh.times.during("audit", swap, workbook=tab.workbook, tab=tab.name)

    def _swap(self, staged: StagedTab, refresh: Refresh) -> Iterator[Event]:
        table = staged.tab.table
        before = refresh.states.get(("clean", table))
        moves = moves_keys(refresh, staged)
        yield from finish_clean(refresh, staged)
        if moves and refresh.states.get(("clean", table)) != before:
            self.rekeyed.add(table)

    def _contained(self, tab: Tab, refresh: Refresh) -> Iterator[Event]:
        """Yield what happens while a tab is built; an error fails this tab and no other."""
        what = f"{tab.table} could not be built"
        failed = partial(_failed, tab, refresh)
        yield from contained(self._tables(tab, refresh), what, refresh.settings, failed)


def _failed(tab: Tab, refresh: Refresh, cause: Cause) -> Iterable[Event]:
    if cause.code == LANDING_DAMAGED:  # the next refresh reads it anew
        refresh.forget(tab.workbook)
    return of_tab(tab)(cause)


def _wants_tables(refresh: Refresh, tab: Tab) -> bool:
    layers: tuple[Layer, ...] = ("raw", "clean", "quarantine")
    return any(refresh.selection.has(layer, tab.table) for layer in layers)
