"""What a reader of sources does, whatever the kind: look, read, prove that it only read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.undescribed import Declared, FoundWorkbook, TabMetadata

EventKind = Literal["started", "read", "tab_read", "tab_failed", "read_again", "finished"]
Titles = Mapping[str, str]
"""Name of each known member of a family with the title it was last seen under."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a cheap look says about a source; equal states mean that nothing changed between."""

    modified_time: datetime
    version: int
    name: str

    @property
    def is_certain(self) -> bool:
        """Whether an equal state proves that nothing changed; else the source is read."""
        return True

    @property
    def told(self) -> str:
        """The state in words."""
        if not self.modified_time.timestamp():  # no moment of a change is known
            return f"version {self.version}"
        return f"edited {self.modified_time.isoformat()}, version {self.version}"


@dataclass(frozen=True, slots=True)
class UncertainState(SourceState):
    """The state of a source that cannot say cheaply whether it changed."""

    @property
    def is_certain(self) -> bool:
        """Never: only a read tells."""
        return False

    @property
    def told(self) -> str:
        """The state in words."""
        return "which only a read can tell"


@dataclass(frozen=True, slots=True)
class ExtractEvent:
    """A step of an extract, for progress and logs."""

    workbook: str
    kind: EventKind
    tab: str = ""
    done: int = 0
    """Tabs settled so far, read or failed."""
    total: int = 0
    message: str = ""


def ignore(_: ExtractEvent) -> None:
    """Take no notice of an event."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a reader for one workbook, and what is known of it from before."""

    on_event: Callable[[ExtractEvent], None] = ignore
    """Called at each step."""
    known_sheet_ids: Mapping[str, int] = field(default_factory=dict)
    """Contract tab name to the number seen last, so that renames are followed."""
    known_rows: Mapping[str, int] = field(default_factory=dict)
    """Contract tab name to the rows of its last extract."""
    known_members: Mapping[str, Titles] = field(default_factory=dict)
    """Family to the names and last titles of its members."""
    last: Callable[[str], "LastExtract | None"] = lambda _: None
    """Of a contract tab name: its last extract, for readers that only ask for what is new."""
    only: Collection[str] | None = None
    """Contract names of the tabs to read; None reads all."""
    before: SourceState | None = None
    """The state, if the caller has just looked; saves one look."""
    most_rows: int | None = None
    """Rows of each table that are enough, for whoever only wants to know what it is like."""


@dataclass(frozen=True, slots=True)
class LastExtract:
    """Where the last extract of a tab stands, and when it was read."""

    path: str
    rows: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class SourceExtract:
    """What one reading of a workbook brought."""

    state: SourceState
    """The state before the read: what to compare with at the next look."""
    tabs: Mapping[str, TabExtract | SourceError]
    """Contract name of each tab to its extract or its error; a family's members by their names."""
    unknown_titles: tuple[str, ...] = ()
    """Titles of tabs that no contract names."""
    members: Mapping[str, tuple[Tab, ...]] = field(default_factory=dict)
    """Family to the members that stand in `tabs`; one without any stands there itself."""
    asked: tuple[str, ...] = ()
    """Contract names of the tabs and families that were to be read."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a reader did at its source so far: the proof that it only read."""

    asked: int = 0
    """Requests or statements sent."""
    writes: tuple[str, ...] = ()
    """Those that are no reads; always none."""
    excess: tuple[str, ...] = ()
    """Rights beyond reading that it was given and holds."""
    told: str = "requests, all reads, read-only scopes"
    """What was sent, in words, behind its number."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person should know of a source that can be read."""

    what: str
    why: str
    fix: str


class Publisher(Protocol):
    """Looks at tables of a source as a person keeps them, and sets cells of theirs."""

    def table(self, workbook: Workbook, location: str, title: str) -> TabMetadata | None:
        """Return the table of a title; None where there is none."""

    def cells(self, workbook: Workbook, location: str, title: str) -> list[list[Any]]:
        """Return its cells with formulas as formulas, so that what is planned can be undone."""

    def put(self, workbook: Workbook, location: str, title: str, cells: Mapping[str, Any]) -> None:
        """Set cells, address such as `B7` to value, all or none; an empty text clears a cell."""


class Reader(Protocol):
    """Reads the workbooks of one kind of source; safe to use from two threads."""

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return the state of each workbook by its location, or why it cannot be told."""

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tabs that have contracts; what fails as a whole is raised."""

    @property
    def conduct(self) -> Conduct:
        """What was sent to the source so far."""

    @property
    def reads(self) -> tuple[int, int]:
        """Requests for content and requests for states, as far as they are counted."""

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every table of a source that nobody described, or those of some titles."""


class Lister(Reader, Protocol):
    """A reader whose sources list their tables."""

    def titles(self, workbook: Workbook, env: str) -> Sequence[tuple[str, bool]]:
        """Return the name of every table, and whether it is hidden."""

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, Declared]:
        """Return what the source itself says of tables, by title; nothing of some or all."""

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Return what is unwise about a source that can be read."""
