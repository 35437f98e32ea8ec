"""Reads a workbook's tabs whole and exactly, or says of each tab why it could not."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import EventKind, ExtractEvent, SourceExtract, Titles, ignore
from candid_assets.sources.sheets.drive import FileState, require_readable, state_of
from candid_assets.sources.sheets.metadata import read_metadata
from candid_assets.sources.sheets.read_tabs import Outcome, Unsettled, read_tabs
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError, place
from candid_assets.sources.tab_matching import TabMatch, match_tabs
from candid_assets.sources.undescribed import TabMetadata, WorkbookMetadata

SHARED: Final = frozenset({"server_error", "malformed", "bad_range", "changed_while_reading"})
"""Causes that lie with the workbook where each of its tabs meets them."""


@dataclass(frozen=True, slots=True)
class WorkbookExtract(SourceExtract):
    """What one reading of a workbook of Google Sheets brought."""

    metadata: WorkbookMetadata | None = None


def extract_workbook(  # noqa: PLR0913 - each is one fact about the read
    session: SheetsSession,
    workbook: Workbook,
    spreadsheet_id: str,
    *,
    on_event: Callable[[ExtractEvent], None] = ignore,
    known_sheet_ids: Mapping[str, int] | None = None,
    known_members: Mapping[str, Titles] | None = None,
    known_rows: Mapping[str, int] | None = None,
    only: Collection[str] | None = None,
    before: FileState | None = None,
) -> WorkbookExtract:
    """Read the tabs that have contracts; what fails as a whole is raised as `SourceError`.

    Args:
        session: The session to read through.
        workbook: The workbook's contract.
        spreadsheet_id: The Google file to read.
        on_event: Called at each step.
        known_sheet_ids: Contract tab name to the sheet id seen last, so that renames are followed.
        known_members: Family to the names and last titles of its members.
        known_rows: Contract tab name to the rows of its last extract; fewer ones are believed
            only when a second reading brings the same.
        only: Contract names of the tabs to read; None reads all.
        before: Drive's state, if the caller has just looked; saves one look.
    """
    asked = [t for t in workbook.living_tabs if only is None or t.name in only]
    names = [t.name for t in asked if not t.is_family]
    families = {t.name: dict((known_members or {}).get(t.name, {})) for t in asked if t.is_family}
    known, rows = dict(known_sheet_ids or {}), known_rows or {}
    run = _Run(session, workbook, spreadsheet_id, on_event, known, rows, names, families)
    run.asked = tuple(t.name for t in asked)
    return run.extract(before)


@dataclass(slots=True)
class _Run:
    session: SheetsSession
    workbook: Workbook
    spreadsheet_id: str
    on_event: Callable[[ExtractEvent], None]
    known: dict[str, int]
    rows: Mapping[str, int]
    names: list[str]
    families: dict[str, dict[str, str]]
    """Family to its members as seen so far: name and title."""
    asked: tuple[str, ...] = ()
    settled: dict[str, TabExtract | SourceError] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    """Content of tabs as last read, while it is not yet sure that it held still."""
    wavered: set[str] = field(default_factory=set)
    reasons: dict[str, SourceError] = field(default_factory=dict)

    def extract(self, before: FileState | None) -> WorkbookExtract:
        state = before or self._look()
        require_readable(self.session, state, workbook=self.workbook.name)
        first = state
        self._tell("started")
        metadata, match, state = self._round(state)
        for _ in range(1, self.session.policy.rounds):
            if len(self.settled) == len(self.names):
                break
            self._pause()
            try:
                metadata, match, state = self._round(state)
            except SourceError as error:
                # What the rounds before have settled stands.
                self.reasons |= {name: error.for_tab(name) for name in self.names}
                break
        for name, reason in self.reasons.items():
            self._settle(name, reason)
        unknown = tuple(t.title for t in match.unknown)
        members = {name: match.members[name] for name in self.families}
        ordered = _gathered({name: self.settled[name] for name in self.names})
        self._tell("finished")
        return WorkbookExtract(first, ordered, unknown, members, self.asked, metadata)

    def _round(self, state: FileState) -> tuple[WorkbookMetadata, TabMatch[TabMetadata], FileState]:
        """Read what is not settled once; return what the workbook is like now."""
        metadata = read_metadata(self.session, self.spreadsheet_id, workbook=self.workbook.name)
        match = match_tabs(metadata.tabs, self.workbook, self.known, self.families)
        self._admit(match)
        outcomes = self._read(metadata, match, state)
        # After a failure that every tab shares there is nothing left to be sure of.
        hopeless = all(
            isinstance(o, SourceError) and o.code in WHOLE_WORKBOOK for o in outcomes.values()
        )
        after = state if hopeless else self._look()
        self._judge(outcomes, quiet=after == state)
        return metadata, match, after

    def _admit(self, match: TabMatch[TabMetadata]) -> None:
        """Take the members of families that this round has found among what is to be read."""
        for family, known in self.families.items():
            known |= {member.name: member.title for member in match.members[family]}
            here = [member.name for member in match.members[family]] or [family]
            self.names += [name for name in here if name in match.found or name in match.errors]
        self.names = list(dict.fromkeys(self.names))

    def _look(self) -> FileState:
        return state_of(self.session, self.spreadsheet_id, workbook=self.workbook.name)

    def _read(
        self, metadata: WorkbookMetadata, match: TabMatch[TabMetadata], state: FileState
    ) -> dict[str, Outcome]:
        wanted: dict[str, TabMetadata] = {}
        for name in self.names:
            if name in self.settled:
                continue
            if name in match.errors:
                self._settle(name, match.errors[name])
            else:
                wanted[name] = match.found[name]
                # From here on the tab is itself, whatever it is renamed to in the meantime.
                self.known[name] = match.found[name].sheet_id
        read = lambda done: self._tell("read", message=done)  # noqa: E731
        return read_tabs(self.session, self.workbook.name, metadata, wanted, state, read)

    def _judge(self, outcomes: Mapping[str, Outcome], *, quiet: bool) -> None:
        """Settle what is certain; what changed or still calculates is left for another round."""
        for name, outcome in outcomes.items():
            if isinstance(outcome, SourceError):
                # A range is refused, too, when rows or tabs were deleted in this moment.
                if outcome.code == "bad_range" and not quiet:
                    self.reasons[name] = outcome
                else:
                    self._settle(name, outcome)
            elif isinstance(outcome, Unsettled):
                self.reasons[name] = self._unsettled(name, outcome)
            elif outcome.wavering and name not in self.wavered:
                self.wavered.add(name)
                self.reasons[name] = self._unsettled(name, Unsettled())
            elif (quiet and outcome.extract.rows >= self.rows.get(name, 0)) or self.hashes.get(
                name
            ) == outcome.extract.content_hash:
                # Drive counts edits of other tabs, too; two equal readings prove the same.
                self._settle(name, outcome.extract)
            else:
                self.hashes[name] = outcome.extract.content_hash
                self.reasons[name] = self._unsettled(name, Unsettled())

    def _settle(self, name: str, result: TabExtract | SourceError) -> None:
        if name in self.settled:
            return
        self.settled[name] = result
        if isinstance(result, SourceError):
            self._tell("tab_failed", tab=name, message=str(result))
        else:
            self._tell("tab_read", tab=name, message=f"{result.rows} rows")

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
        self._tell("read_again", message=", ".join(waiting))
        if any(self.reasons[name].code == "loading_cells" for name in waiting):
            time.sleep(self.session.policy.round_wait)

    def _tell(self, kind: EventKind, tab: str = "", message: str = "") -> None:
        self.on_event(
            ExtractEvent(self.workbook.name, kind, tab, len(self.settled), len(self.names), message)
        )


def _gathered(
    tabs: dict[str, TabExtract | SourceError],
) -> dict[str, TabExtract | SourceError]:
    """Tell once, of the workbook, what every one of its tabs met in the same way."""
    errors = [result for result in tabs.values() if isinstance(result, SourceError)]
    alike = len({error.code for error in errors}) == 1 and errors[0].code in SHARED
    if len(errors) < 2 or len(errors) < len(tabs) or not alike:
        return tabs
    told = errors[0].for_workbook()
    return {name: told.for_tab(name) for name in tabs}
