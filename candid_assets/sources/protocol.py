"""What every reader of sources does: return states, read tables, prove that it only read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.source_clock import SourceClock
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import (
    DeclaredConstraints,
    ProposedReading,
    TabMetadata,
    WorkbookMetadata,
)

EventKind = Literal["started", "read", "tab_read", "tab_failed", "read_again", "finished"]
Titles = Mapping[str, str]
"""Name of each known member of a family with its last title."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time of a change that a source does not know."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source says cheaply of its last change; equal states mean that nothing changed."""

    modified_time: datetime
    version: int
    name: str

    @property
    def is_certain(self) -> bool:
        """Whether an equal state proves that nothing changed; else the source is read."""
        return True

    @property
    def in_words(self) -> str:
        """The state in words."""
        if self.modified_time == EPOCH:
            return f"version {self.version}"
        return f"edited {self.modified_time.isoformat()}, version {self.version}"


@dataclass(frozen=True, slots=True)
class UncertainState(SourceState):
    """The state of a source that cannot say cheaply whether it changed."""

    @property
    def is_certain(self) -> bool:
        """Always False: only reading shows whether it changed."""
        return False

    @property
    def in_words(self) -> str:
        """The state in words."""
        return "which only a read can tell"


StateOrError = SourceState | SourceError


def uncertain(workbook: Workbook) -> UncertainState:
    """Return the state of a workbook that does not say whether it changed."""
    return UncertainState(EPOCH, 0, workbook.title)


@dataclass(frozen=True, slots=True)
class ExtractEvent:
    """A step of an extract, for progress and logs."""

    workbook: str
    kind: EventKind
    tab: str = ""
    done: int = 0
    """Tabs read or failed so far."""
    total: int = 0
    message: str = ""


def ignore(_: ExtractEvent) -> None:
    """Do nothing at an event."""


@dataclass(frozen=True, slots=True)
class ReadPart:
    """How much of a table is enough, where the source can stop there."""

    rows: int
    cells: int

    def rows_of(self, columns: int) -> int:
        """Return how many rows of a table of that many columns are enough."""
        return max(1, min(self.rows, self.cells // max(1, columns)))


@dataclass(frozen=True, slots=True)
class Request:
    """What to read of one workbook, and what is known of it from earlier reads."""

    on_event: Callable[[ExtractEvent], None] = ignore
    """Called at each step."""
    known_sheet_ids: Mapping[str, int] = field(default_factory=dict)
    """Contract tab name to the table's last number, so that renames are followed."""
    known_rows: Mapping[str, int] = field(default_factory=dict)
    """Contract tab name to the rows of its last extract; fewer rows are believed only when a
    second reading brings the same."""
    known_contents: Mapping[str, str] = field(default_factory=dict)
    """Contract tab name to the content hash of its last extract, which needs no second reading."""
    known_filled: Callable[[str], int | None] = lambda _: None
    """Returns how many rows of a tab's last extract are not blank, None where nobody knows; fewer
    are believed as fewer rows are."""
    known_members: Mapping[str, Titles] = field(default_factory=dict)
    """Family to the names and last titles of its members."""
    last: Callable[[str], "LastExtract | None"] = lambda _: None
    """Returns a tab's last extract, for readers that only read what is new."""
    only: Collection[str] | None = None
    """Contract names of the tabs to read; None reads all."""
    before: SourceState | None = None
    """The state, if the caller has just fetched it; saves one request."""
    part: ReadPart | None = None
    """How much of each table is enough, to propose contracts; None reads every row."""


@dataclass(frozen=True, slots=True)
class LastExtract:
    """The file of a tab's last extract, and when it was read."""

    path: str
    rows: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class SourceExtract:
    """What one reading of a workbook brought."""

    state: SourceState
    """The state before the read, to be compared with the next one."""
    tabs: Mapping[str, TabExtract | SourceError]
    """Contract name of each tab to its extract or its error; a family's members by their names."""
    unknown_titles: tuple[str, ...] = ()
    """Titles of tabs that no contract names."""
    members: Mapping[str, tuple[Tab, ...]] = field(default_factory=dict)
    """Family to its members in `tabs`; a family without members is in `tabs` itself."""
    requested: tuple[str, ...] = ()
    """Contract names of the tabs and families that were to be read."""
    is_doubtful: bool = False
    """Whether a tab came with fewer filled rows than before, so that the next refresh reads the
    workbook again, changed or not: what was wrong with an answer may have passed by then."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Titles that no contract names and that cannot be opened; why, and what to do."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a reader sent to its source so far: the proof that it only read."""

    requests: int = 0
    """Number of requests or statements."""
    writes: tuple[str, ...] = ()
    """Those that are not reads; always none."""
    excess: tuple[str, ...] = ()
    """Rights beyond reading that the reader was given."""
    description: str = "requests, all reads, read-only scopes"
    """What was sent, in words that follow the number."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person should know of a source that can be read."""

    what: str
    why: str
    fix: str
    stops: bool = False
    """Whether a refresh fails for it."""


KEPT: Final = "its tables keep their last good content"
"""What becomes of tables that cannot be read."""


class Publisher(Protocol):
    """Reads tables of a source as a person edits them, and sets their cells."""

    def table(self, workbook: Workbook, location: str, title: str) -> TabMetadata | None:
        """Return the table of a title; None where there is none."""

    def cells(self, workbook: Workbook, location: str, title: str) -> list[list[Any]]:
        """Return its cells with formulas as formulas, so that what is planned can be undone."""

    def put(self, workbook: Workbook, location: str, title: str, cells: Mapping[str, Any]) -> None:
        """Set cells, address such as `B7` to value, all or none; an empty text clears a cell."""


class Reader(Protocol):
    """Reads the workbooks of one kind of source; safe to use from two threads."""

    def states(self, workbooks: Sequence[Workbook], env: str) -> dict[str, StateOrError]:
        """Return the state of each workbook by its location, or why it cannot be fetched."""

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tabs that have contracts.

        Raises:
            SourceError: The workbook as a whole cannot be read.
        """

    def metadata(self, workbook: Workbook, env: str) -> WorkbookMetadata:
        """Return the tables of a source, whether they have contracts or not.

        Raises:
            SourceError: The source cannot be read.
        """

    @property
    def conduct(self) -> Conduct:
        """What was sent to the source so far."""

    @property
    def reads(self) -> tuple[int, int]:
        """Requests for content and requests for states that count against a quota."""
        return 0, 0

    @property
    def in_words(self) -> str:
        """Where it reads and as whom, where no contract says so; else blank."""
        return ""

    @property
    def clock(self) -> SourceClock:
        """How this computer's clock compares with the sources'; files say no time of their own."""
        return SourceClock()

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, DeclaredConstraints]:
        """Return what the source itself declares of tables, by title."""
        return {}

    def proposed_reading(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> ProposedReading:
        """Return custom properties without which the tables are not read whole."""
        return ProposedReading()

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Return what a person should change about a source that can be read."""
        return ()
