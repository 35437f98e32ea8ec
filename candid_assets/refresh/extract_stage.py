"""The first stage: look at the sources, read the workbooks that changed, land their tabs.

Reading runs one workbook ahead in a thread of its own, so that the next workbook is on its way
while this one lands and the tables of the one before are built. The thread writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.logs import logged_with
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.failures import Cause, unforeseen
from candid_assets.refresh.unchanged_workbooks import (
    doubted,
    is_newer,
    is_unchanged,
    reading_of,
)
from candid_assets.regular_files import require_regular
from candid_assets.sources.cell_kinds import filled_rows
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.protocol import (
    ExtractEvent,
    LastExtract,
    Request,
    SourceExtract,
    SourceState,
    StateOrError,
    Titles,
)
from candid_assets.sources.source_errors import CERTAIN, SourceError, place
from candid_assets.warehouse.database import WRITING
from candid_assets.warehouse.extracts import current_extracts, family_members

_Outcome = SourceExtract | SourceError | Cause
MOST_IN_MEMORY = 2
"""Workbooks that may be in memory at once: the one that lands and the one being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook and what was read of it."""

    workbook: Workbook
    outcome: _Outcome | None
    """None where the workbook is unchanged, so that nothing was read."""


@dataclass(frozen=True, slots=True)
class LastRead:
    """A tab as it was last read: its id, content, rows and last row."""

    sheet_id: int
    rows: int
    content_hash: str
    path: Path
    """The file that it landed in."""
    last: LastExtract | None = None

    def filled(self) -> int | None:
        """Return how many of its rows are not blank; None where the file does not say."""
        try:
            require_regular(self.path)
            return filled_rows(pq.read_table(self.path, columns=["_kinds"]).column(0))
        except (OSError, pa.ArrowException):
            return None


@dataclass(slots=True)
class Extraction:
    """Reads the selected workbooks of a refresh."""

    refresh: Refresh
    session: Sources
    looked_at: dict[str, StateOrError] = field(default_factory=dict)
    stopped: dict[str, SourceError] = field(default_factory=dict)
    """By kind of source, an error that every workbook of it shares: no other workbook is read."""

    def readings(self) -> Iterator[Reading]:
        """Yield one reading per selected workbook, in the catalog's order."""
        wanted = [w for w in self.refresh.catalog.workbooks if self._tabs(w)]
        env = self.refresh.settings.env
        unseen = [w for w in wanted if w.locations.get(env, "") not in {"", *self.looked_at}]
        self.looked_at |= self._states(unseen)
        read: dict[str, SourceError | None] = {}
        to_read: list[tuple[Workbook, SourceState]] = []
        for workbook in wanted:
            state = self._state_of(workbook)
            if isinstance(state, SourceError):
                read[workbook.name] = state
            elif self._is_unchanged(workbook, state):
                read[workbook.name] = None
            else:
                to_read.append((workbook, state))
        self.refresh.progress.stage("extract", sum(len(self._tabs(w)) for w, _ in to_read))
        for name, outcome in read.items():
            yield Reading(next(w for w in wanted if w.name == name), outcome)
        yield from self._read_concurrently(to_read)

    def remember(self, workbook: Workbook, extract: SourceExtract, *, has_news: bool) -> None:
        """Note the state of a workbook whose tabs have all landed, for the next refresh.

        Where the source names a new version and gave the old content, the answer may be of before
        the edit: such a workbook is read again by the next refresh, changed or not.
        """
        reading = reading_of(workbook, self.refresh.settings.env, extract.state)
        is_late = not has_news and is_newer(self.refresh.connection, reading)
        doubtful = is_late or extract.is_doubtful
        with WRITING:  # a thread that builds may take one out meanwhile
            self.refresh.readings.append(doubted(reading) if doubtful else reading)

    def _states(self, workbooks: Sequence[Workbook]) -> Mapping[str, StateOrError]:
        """Return states by location; where no source can be opened, the error of each."""
        try:
            return self.session.states(workbooks)
        except SourceError as error:
            env = self.refresh.settings.env
            return {w.locations[env]: error for w in workbooks}

    def _tabs(self, workbook: Workbook) -> list[Tab]:
        return [t for t in workbook.living_tabs if self.refresh.selection.has(t.source, t.table)]

    def _state_of(self, workbook: Workbook) -> SourceState | SourceError:
        env = self.refresh.settings.env
        location = workbook.locations.get(env)
        if not location:
            return SourceError(
                "not_found",
                f"workbook {workbook.name} is not connected in {env}",
                f"put its location into the {env} server in {workbook.path}",
                workbook.name,
            )
        state = self.looked_at[location]
        if isinstance(state, SourceError):
            named = state.message.replace(
                f"workbook {location}", f"workbook {workbook.name} ({location})"
            )
            return type(state)(state.code, named, state.fix, workbook.name)
        return state

    def _is_unchanged(self, workbook: Workbook, state: SourceState) -> bool:
        if self.refresh.force or self.refresh.read_all:
            return False
        return is_unchanged(self.refresh.connection, self.refresh.settings.env, workbook, state)

    def _read_concurrently(
        self, to_read: Sequence[tuple[Workbook, SourceState]]
    ) -> Iterator[Reading]:
        seen, members = _seen(self.refresh), _known_members(self.refresh)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="extract") as pool:
            waiting: list[tuple[Workbook, Future[_Outcome]]] = []
            queue = list(to_read)
            try:
                while queue or waiting:
                    while queue and len(waiting) < MOST_IN_MEMORY:
                        workbook, state = queue.pop(0)
                        known = seen.get(workbook.name, {})
                        family = members.get(workbook.name, {})
                        read = partial(self._read, workbook, state, known, family)
                        future = pool.submit(self._logged, workbook, read)
                        waiting.append((workbook, future))
                    workbook, future = waiting.pop(0)
                    yield Reading(workbook, future.result())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _logged(self, workbook: Workbook, read: Callable[[], _Outcome]) -> _Outcome:
        """Return what a reading returns; its log lines and its span name the workbook."""
        run_id, name = self.refresh.run_id, workbook.name
        with (
            logged_with(run=run_id, workbook=name),
            self.refresh.times.span("extract", workbook=name),
        ):
            return read()

    def _read(
        self,
        workbook: Workbook,
        state: SourceState,
        seen: Mapping[str, LastRead],
        members: Mapping[str, Titles],
    ) -> _Outcome:
        if workbook.kind in self.stopped:
            return self.stopped[workbook.kind]
        planned = len(self._tabs(workbook))

        def report(event: ExtractEvent) -> None:
            nonlocal planned
            if event.total > planned:  # a family turned out to have so many members
                self.refresh.progress.stage("extract", event.total - planned)
                planned = event.total
            if event.kind in ("tab_read", "tab_failed"):
                self.refresh.progress.step("extract", f"{event.workbook}: {event.tab}")

        try:
            request = Request(
                on_event=report,
                known_sheet_ids={name: tab.sheet_id for name, tab in seen.items()},
                known_rows={name: tab.rows for name, tab in seen.items()},
                known_contents={name: tab.content_hash for name, tab in seen.items()},
                known_filled=lambda name: seen[name].filled() if name in seen else None,
                known_members=members,
                last=lambda name: self._last(workbook, seen.get(name), name),
                only={t.name for t in self._tabs(workbook)},
                before=state,
            )
            return self.session.extract(workbook, request)
        except SourceError as error:
            if error.code in CERTAIN:
                self.stopped[workbook.kind] = error.for_all(workbook.name)
            return self.stopped.get(workbook.kind) or error
        except Exception as error:
            what = f"{place(workbook.name)} cannot be read"
            return unforeseen(error, what, self.refresh.settings)

    def _last(self, workbook: Workbook, tab: LastRead | None, name: str) -> LastExtract | None:
        """Return a tab's last extract; None where its file is damaged, so that all is read."""
        if tab is None or tab.last is None:
            return None
        landing, content = self.refresh.landing, Path(tab.last.path).stem
        return tab.last if landing.is_whole(workbook.name, name, content) else None


def _known_members(refresh: Refresh) -> dict[str, dict[str, Titles]]:
    """Return the members of every family with their last titles, by workbook and family."""
    known: dict[str, dict[str, Titles]] = {}
    for workbook in refresh.catalog.workbooks:
        spreadsheet = workbook.locations.get(refresh.settings.env)
        for family in (tab for tab in workbook.living_tabs if tab.is_family):
            members = family_members(refresh.connection, workbook.name, family.name)
            known.setdefault(workbook.name, {})[family.name] = {
                m.tab: m.title for m in members if m.spreadsheet_id == spreadsheet
            }
    return known


def _seen(refresh: Refresh) -> dict[str, dict[str, LastRead]]:
    """Return sheet id and rows of each tab's last extract, by workbook and tab.

    The id finds a tab that was renamed; fewer rows than these are not believed at first sight.
    """
    known: dict[str, dict[str, LastRead]] = {}
    places = [w.locations.get(refresh.settings.env, "") for w in refresh.catalog.workbooks]
    for (workbook, tab), extract in current_extracts(refresh.connection, places).items():
        path = refresh.landing.path(workbook, tab, extract.content_hash)
        last = None
        if extract.fetched_at is not None and not (refresh.force or refresh.read_all):
            last = LastExtract(str(path), extract.rows, extract.fetched_at)
        known.setdefault(workbook, {})[tab] = LastRead(
            extract.sheet_id, extract.rows, extract.content_hash, path, last
        )
    return known
