"""Reads a workbook's tabs completely and exactly, or returns why a tab could not be read."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.cell_kinds import filled_rows
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import EventKind, ExtractEvent, Request, SourceExtract
from candid_assets.sources.sheets.clock_formats import with_elapsed
from candid_assets.sources.sheets.drive import FileState, require_readable, state_of
from candid_assets.sources.sheets.metadata import read_metadata
from candid_assets.sources.sheets.read_tabs import (
    Fresh,
    Outcome,
    ReadingBounds,
    Unsettled,
    read_tabs,
)
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError, place
from candid_assets.sources.source_metadata import TabMetadata, WorkbookMetadata
from candid_assets.sources.tab_matching import TabMatch, match_tabs

SHARED: Final = frozenset({"server_error", "malformed", "bad_range", "changed_while_reading"})
"""Errors of the workbook where every one of its tabs has them."""


def extract_workbook(
    session: SheetsSession,
    workbook: Workbook,
    spreadsheet_id: str,
    request: Request,
    spools: Path | None = None,
) -> SourceExtract:
    """Read the tabs of a Google file that have contracts; large ones into the folder `spools`.

    Raises:
        SourceError: The workbook as a whole cannot be read.
    """
    return _WorkbookReading(session, workbook, spreadsheet_id, request, spools).extract()


class _WorkbookReading:
    """Reads a workbook round by round, until every tab is settled: read for certain, or failed."""

    def __init__(
        self,
        session: SheetsSession,
        workbook: Workbook,
        spreadsheet_id: str,
        request: Request,
        spools: Path | None,
    ) -> None:
        self.session, self.workbook, self.spreadsheet_id = session, workbook, spreadsheet_id
        self.request, self.spools = request, spools
        only = request.only
        tabs = [tab for tab in workbook.living_tabs if only is None or tab.name in only]
        self.requested = tuple(tab.name for tab in tabs)
        self.names = [tab.name for tab in tabs if not tab.is_family]
        self.families = {
            tab.name: dict(request.known_members.get(tab.name, {})) for tab in tabs if tab.is_family
        }
        """Family to its members as seen so far: name and title."""
        self.known = dict(request.known_sheet_ids)
        self.settled: dict[str, TabExtract | SourceError] = {}
        self.hashes: dict[str, str] = {}
        """Content of tabs as last read, until it is certain that they did not change meanwhile."""
        self.wavered: set[str] = set()
        self.short: set[str] = set()
        """Tabs that came with fewer filled rows than the last time."""
        self.reasons: dict[str, SourceError] = {}
        self.rounds = 0
        """Rounds that came to their end."""

    def extract(self) -> SourceExtract:
        state = cast("FileState | None", self.request.before) or self._state()
        require_readable(self.session, state, workbook=self.workbook.name)
        first_state = state
        self._report("started")
        match, state = self._round(state)
        for _ in range(1, self.session.policy.rounds):
            if len(self.settled) == len(self.names):
                break
            self._pause()
            try:
                match, state = self._round(state)
            except SourceError as error:
                # What earlier rounds have settled is kept.
                self.reasons |= {name: error.for_tab(name) for name in self.names}
                break
        for name, reason in self.reasons.items():
            self._settle(name, reason)
        unknown = match.unknown_titles
        members = {name: match.members[name] for name in self.families}
        tabs = _merged_errors({name: self.settled[name] for name in self.names})
        self._report("finished")
        doubtful = any(isinstance(tabs[name], TabExtract) for name in self.short)
        return SourceExtract(first_state, tabs, unknown, members, self.requested, doubtful)

    def _round(self, state: FileState) -> tuple[TabMatch, FileState]:
        """Read once what is not settled; return the tabs of contracts, and the state after it."""
        metadata = read_metadata(self.session, self.spreadsheet_id, workbook=self.workbook.name)
        match = match_tabs(metadata.tabs, self.workbook, self.known, self.families)
        self._admit(match)
        outcomes = self._read(metadata, match, state)
        # After a failure that every tab shares there is nothing left to be sure of.
        hopeless = all(
            isinstance(o, SourceError) and o.code in WHOLE_WORKBOOK for o in outcomes.values()
        )
        after = state if hopeless else self._state()
        unchanged = after == state and not any(map(self._shows_edit, outcomes.items()))
        if unchanged and not hopeless and self._needs_proof(outcomes):
            now = read_metadata(self.session, self.spreadsheet_id, workbook=self.workbook.name)
            unchanged = replace(now, title=metadata.title) == metadata
            outcomes = outcomes if unchanged else self._without_cells(outcomes)
        self._judge(outcomes, unchanged=unchanged)
        self.rounds += 1
        return match, after

    def _shows_edit(self, named: tuple[str, Outcome]) -> bool:
        """Whether a tab shows that the workbook was edited meanwhile, whatever Drive says of it."""
        name, outcome = named
        if isinstance(outcome, Fresh):
            return outcome.wavering and name not in self.wavered
        return isinstance(outcome, Unsettled) and not outcome.loading

    def _needs_proof(self, outcomes: Mapping[str, Outcome]) -> bool:
        """Whether to ask if tabs are still called, sized and merged as when cells were asked for.

        A tab that has news may be edited still, which Drive reports late; a range is refused whose
        tab was renamed.
        """
        known = self.request.known_contents
        return any(
            o.code == "bad_range"
            if isinstance(o, SourceError)
            else isinstance(o, Fresh)
            and known.get(name, o.extract.content_hash) != o.extract.content_hash
            for name, o in outcomes.items()
        )

    def _without_cells(self, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """Leave every tab that was read to another round: its cells may be of another tab."""
        for name, outcome in outcomes.items():
            if isinstance(outcome, Fresh):
                self._leave(name, outcome.extract)
        return {name: o for name, o in outcomes.items() if not isinstance(o, Fresh)}

    def _admit(self, match: TabMatch) -> None:
        """Add the members of families that this round has matched to what is to be read."""
        for family, known in self.families.items():
            known |= {member.name: member.title for member in match.members[family]}
            here = [member.name for member in match.members[family]] or [family]
            self.names += [name for name in here if name in match.tabs or name in match.errors]
        self.names = list(dict.fromkeys(self.names))

    def _state(self) -> FileState:
        return state_of(self.session, self.spreadsheet_id, workbook=self.workbook.name)

    def _read(
        self, metadata: WorkbookMetadata, match: TabMatch, state: FileState
    ) -> dict[str, Outcome]:
        wanted: dict[str, TabMetadata] = {}
        for name in self.names:
            if name in self.settled:
                continue
            if name in match.errors:
                self._settle(name, match.errors[name])
            else:
                wanted[name] = match.tabs[name]
                # From here on the tab is known by its id, whatever it is renamed to meanwhile.
                self.known[name] = match.tabs[name].sheet_id

        def on_read(message: str) -> None:
            self._report("read", message=message)

        name, bounds = self.workbook.name, ReadingBounds(self.request.part, self.spools)
        return read_tabs(self.session, name, metadata, wanted, state, on_read, bounds)

    def _judge(self, outcomes: Mapping[str, Outcome], *, unchanged: bool) -> None:
        """Settle what is certain; what changed or still calculates is left to another round."""
        for name, outcome in outcomes.items():
            if isinstance(outcome, SourceError):
                # A range is refused, too, when rows or tabs are deleted meanwhile.
                if outcome.code == "bad_range" and not unchanged:
                    self.reasons[name] = outcome
                else:
                    self._settle(name, outcome)
            elif isinstance(outcome, Unsettled):
                self.reasons[name] = self._unsettled(name, outcome)
            elif outcome.wavering and name not in self.wavered:
                self.wavered.add(name)
                self._leave(name, outcome.extract)
            elif self._is_certain(name, outcome.extract, unchanged=unchanged):
                self._settle(name, outcome.extract)
            else:
                self.hashes[name] = outcome.extract.content_hash
                self._leave(name, outcome.extract)

    def _leave(self, name: str, extract: TabExtract) -> None:
        """Leave a tab that may have changed meanwhile to another round."""
        self.reasons[name] = self._unsettled(name, Unsettled())
        if extract.spooled is not None:
            extract.spooled.discard()

    def _is_certain(self, name: str, extract: TabExtract, *, unchanged: bool) -> bool:
        """Whether a tab did not change while it was read, and has as many rows as before.

        Drive counts edits of other tabs, too; two equal readings prove the same, also if one of
        them is of an earlier refresh.
        """
        content = extract.content_hash
        if content == self.request.known_contents.get(name) and (unchanged or self.rounds):
            return True
        if self._came_short(name, extract):
            self.short.add(name)
        else:
            self.short.discard(name)
            if unchanged:
                return True
        return self.hashes.get(name) == content

    def _came_short(self, name: str, extract: TabExtract) -> bool:
        """Whether there are fewer rows, or fewer filled ones among them, than the last time."""
        if extract.rows < self.request.known_rows.get(name, 0):
            return True
        filled = self.request.known_filled(name)
        return filled is not None and filled_rows(extract.table.column("_kinds")) < filled

    def _settle(self, name: str, result: TabExtract | SourceError) -> None:
        if name in self.settled:
            return
        if isinstance(result, TabExtract) and self.request.part is not None:
            book = self.workbook.name
            result = with_elapsed(self.session, self.spreadsheet_id, result, workbook=book)
        self.settled[name] = result
        if isinstance(result, SourceError):
            self._report("tab_failed", tab=name, message=str(result))
        else:
            self._report("tab_read", tab=name, message=f"{result.rows} rows")

    def _unsettled(self, name: str, outcome: Unsettled) -> SourceError:
        titles = {t.name: t.title for t in self.workbook.tabs}
        for members in self.families.values():
            titles |= members
        title = titles[name]
        where = place(self.workbook.name, title)
        turns = self.session.policy.rounds
        if outcome.loading:
            cells = ", ".join(outcome.loading)
            message = f"{where} still calculates after {turns} readings: {cells} show Loading..."
            fix = "open the tab, wait until the cells hold values, then run again"
            return SourceError("loading_cells", message, fix, self.workbook.name, name)
        message = f"{where} changed during each of {turns} readings"
        fix = "run again when nobody is editing it"
        return SourceError("changed_while_reading", message, fix, self.workbook.name, name)

    def _pause(self) -> None:
        waiting = [n for n in self.names if n not in self.settled]
        self._report("read_again", message=", ".join(waiting))
        if any(self.reasons[name].code == "loading_cells" for name in waiting):
            time.sleep(self.session.policy.round_wait)

    def _report(self, kind: EventKind, tab: str = "", message: str = "") -> None:
        done, total = len(self.settled), len(self.names)
        self.request.on_event(ExtractEvent(self.workbook.name, kind, tab, done, total, message))


def _merged_errors(
    tabs: dict[str, TabExtract | SourceError],
) -> dict[str, TabExtract | SourceError]:
    """Return the tabs, with one error of the workbook where every tab has the same one."""
    errors = [result for result in tabs.values() if isinstance(result, SourceError)]
    alike = len({error.code for error in errors}) == 1 and errors[0].code in SHARED
    if len(errors) < 2 or len(errors) < len(tabs) or not alike:
        return tabs
    shared = errors[0].for_workbook()
    return {name: shared.for_tab(name) for name in tabs}
