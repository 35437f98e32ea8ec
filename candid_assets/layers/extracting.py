"""The first stage: look at Drive, read the workbooks that changed, land their tabs.

Reading runs one workbook ahead in a thread of its own, so that the next workbook is on its way
while the tables of this one are built. Only the caller's thread touches the warehouse.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from candid_assets.contracts.model import Tab, Workbook
from candid_assets.layers.context import Refresh, inputs_key
from candid_assets.layers.extracts import family_members
from candid_assets.sheets.drive import FileState, look
from candid_assets.sheets.errors import SheetsError
from candid_assets.sheets.extract import ExtractEvent, WorkbookExtract, extract_workbook
from candid_assets.sheets.matching import Titles
from candid_assets.sheets.session import SheetsSession

AHEAD = 2
"""Workbooks that may be in memory at once: the one being built and the one being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a workbook brought."""

    workbook: Workbook
    outcome: WorkbookExtract | SheetsError | None
    """None where Drive says that nothing changed, so nothing was read."""


@dataclass(slots=True)
class Extraction:
    """Reads the selected workbooks of a refresh."""

    refresh: Refresh
    session: SheetsSession
    looked_at: dict[str, FileState | SheetsError] = field(default_factory=dict)

    def readings(self) -> Iterator[Reading]:
        """Yield one reading per selected workbook, in the catalog's order."""
        wanted = [w for w in self.refresh.catalog.workbooks if self._tabs(w)]
        env = self.refresh.settings.env
        ids = [w.spreadsheets[env] for w in wanted if w.spreadsheets.get(env)]
        self.looked_at |= look(self.session, [i for i in ids if i not in self.looked_at])
        read: dict[str, WorkbookExtract | SheetsError | None] = {}
        to_read: list[tuple[Workbook, FileState]] = []
        for workbook in wanted:
            found = self._found(workbook)
            if isinstance(found, SheetsError):
                read[workbook.name] = found
            elif self._is_unchanged(workbook, found):
                read[workbook.name] = None
            else:
                to_read.append((workbook, found))
        self.refresh.progress.stage("extract", sum(len(self._tabs(w)) for w, _ in to_read))
        for name, outcome in read.items():
            yield Reading(next(w for w in wanted if w.name == name), outcome)
        yield from self._read_ahead(to_read)

    def remember(self, workbook: Workbook, extract: WorkbookExtract) -> None:
        """Record Drive's state of a workbook whose every tab was read, for the next look."""
        connection = self.refresh.connection
        complete = not any(isinstance(t, SheetsError) for t in extract.tabs.values())
        lost = any(self.refresh.observations.is_lost(t.table) for t in workbook.living_tabs)
        if lost or not complete or len(extract.asked) < len(workbook.living_tabs):
            connection.execute("delete from meta.workbooks where workbook = ?", [workbook.name])
            return
        connection.execute(
            "insert or replace into meta.workbooks values (?, ?, ?, ?, ?, ?)",
            [
                workbook.name,
                workbook.spreadsheets[self.refresh.settings.env],
                extract.state.version,
                extract.state.modified_time.isoformat(),
                _contracts_key(workbook),
                datetime.now(UTC),
            ],
        )

    def _tabs(self, workbook: Workbook) -> list[Tab]:
        return [t for t in workbook.living_tabs if self.refresh.selection.has("sheets", t.table)]

    def _found(self, workbook: Workbook) -> FileState | SheetsError:
        env = self.refresh.settings.env
        spreadsheet_id = workbook.spreadsheets.get(env)
        if not spreadsheet_id:
            return SheetsError(
                "not_found",
                f"workbook {workbook.name} is not connected in {env}",
                f"put its spreadsheet id as location of the {env} server in {workbook.path}",
                workbook.name,
            )
        found = self.looked_at[spreadsheet_id]
        if isinstance(found, SheetsError):
            named = found.message.replace(
                f"workbook {spreadsheet_id}", f"workbook {workbook.name} ({spreadsheet_id})"
            )
            return SheetsError(found.code, named, found.fix, workbook.name)
        return found

    def _is_unchanged(self, workbook: Workbook, state: FileState) -> bool:
        if self.refresh.force:
            return False
        return is_unchanged(self.refresh.connection, self.refresh.settings.env, workbook, state)

    def _read_ahead(self, to_read: Sequence[tuple[Workbook, FileState]]) -> Iterator[Reading]:
        sheet_ids, members = _known_sheet_ids(self.refresh), _known_members(self.refresh)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="extract") as pool:
            waiting: list[tuple[Workbook, Future[WorkbookExtract | SheetsError]]] = []
            queue = list(to_read)
            try:
                while queue or waiting:
                    while queue and len(waiting) < AHEAD:
                        workbook, state = queue.pop(0)
                        ids = sheet_ids.get(workbook.name, {})
                        family = members.get(workbook.name, {})
                        future = pool.submit(self._read, workbook, state, ids, family)
                        waiting.append((workbook, future))
                    workbook, future = waiting.pop(0)
                    yield Reading(workbook, future.result())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _read(
        self,
        workbook: Workbook,
        state: FileState,
        sheet_ids: dict[str, int],
        members: Mapping[str, Titles],
    ) -> WorkbookExtract | SheetsError:
        planned = len(self._tabs(workbook))

        def told(event: ExtractEvent) -> None:
            nonlocal planned
            if event.total > planned:  # a family turned out to have so many members
                self.refresh.progress.stage("extract", event.total - planned)
                planned = event.total
            if event.kind in ("tab_read", "tab_failed"):
                self.refresh.progress.step("extract", f"{event.workbook}: {event.tab}")

        try:
            return extract_workbook(
                self.session,
                workbook,
                workbook.spreadsheets[self.refresh.settings.env],
                on_event=told,
                known_sheet_ids=sheet_ids,
                known_members=members,
                only={t.name for t in self._tabs(workbook)},
                before=state,
            )
        except SheetsError as error:
            return error


def is_unchanged(
    connection: duckdb.DuckDBPyConnection, env: str, workbook: Workbook, state: FileState
) -> bool:
    """Whether the workbook was read whole in exactly this state, under these contracts."""
    if workbook.volatile:
        return False
    known = connection.execute(
        "select spreadsheet_id, drive_version, modified_time, contracts_key"
        " from meta.workbooks where workbook = ?",
        [workbook.name],
    ).fetchone()
    return known == (
        workbook.spreadsheets[env],
        state.version,
        state.modified_time.isoformat(),
        _contracts_key(workbook),
    )


def _contracts_key(workbook: Workbook) -> str:
    """Return a hash of what decides which tabs are read."""
    return inputs_key(
        [
            f"{t.name}={t.title}={t.options.title_pattern}={t.options.archived_tabs}"
            f"={t.options.retired_tabs}"
            for t in workbook.living_tabs
        ]
    )


def _known_members(refresh: Refresh) -> dict[str, dict[str, Titles]]:
    """Return the members of every family with their last titles, by workbook and family."""
    known: dict[str, dict[str, Titles]] = {}
    for workbook in refresh.catalog.workbooks:
        spreadsheet = workbook.spreadsheets.get(refresh.settings.env)
        for family in (tab for tab in workbook.living_tabs if tab.is_family):
            members = family_members(refresh.connection, workbook.name, family.name)
            known.setdefault(workbook.name, {})[family.name] = {
                m.tab: m.title for m in members if m.spreadsheet_id == spreadsheet
            }
    return known


def _known_sheet_ids(refresh: Refresh) -> dict[str, dict[str, int]]:
    """Return the sheet id each tab was last seen with, so that a renamed tab is found."""
    known: dict[str, dict[str, int]] = {}
    for workbook, tab, sheet_id in refresh.connection.execute(
        "select workbook, tab, arg_max(sheet_id, fetched_at) from meta.extracts"
        " where spreadsheet_id = any(?) group by all",
        [[w.spreadsheets.get(refresh.settings.env, "") for w in refresh.catalog.workbooks]],
    ).fetchall():
        known.setdefault(workbook, {})[tab] = sheet_id
    return known
