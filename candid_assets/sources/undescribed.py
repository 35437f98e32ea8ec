"""A source that nobody described yet, as a discovery reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from candid_assets.contracts.catalog import Tab
from candid_assets.sources.extract import Merge, TabExtract
from candid_assets.sources.source_errors import SourceError


@dataclass(frozen=True, slots=True)
class TabMetadata:
    """One table as its source describes it."""

    sheet_id: int
    title: str
    index: int
    sheet_type: str
    """`GRID` for what has cells."""
    hidden: bool
    grid_rows: int
    grid_columns: int
    frozen_rows: int
    """Rows at the top that stay in sight, as a header does."""
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookMetadata:
    """One source as it describes itself."""

    spreadsheet_id: str
    """Where it stands."""
    title: str
    locale: str
    time_zone: str
    tabs: tuple[TabMetadata, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a source says itself of a table, its columns by the names they have there."""

    by: str
    """Who says so, in words."""
    key: tuple[str, ...] = ()
    required: frozenset[str] | None = None
    """The columns that are never null; None where nothing is said of any."""
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Column to the title of a table and the column there that its values stand in."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Custom properties by which the table is read."""


@dataclass(frozen=True, slots=True)
class FoundTab:
    """One table of the source, with its cells where it has any."""

    metadata: TabMetadata
    extract: TabExtract | None = None
    error: SourceError | None = None
    declared: Declared | None = None

    @property
    def title(self) -> str:
        """The table's title."""
        return self.metadata.title


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """A source as it stands, all of its tables or those that were asked for."""

    metadata: WorkbookMetadata
    tabs: tuple[FoundTab, ...]


def unread(workbook: str, tab: TabMetadata) -> Tab:
    """Return a table that is only read: a contract without columns."""
    key = f"t{tab.sheet_id}"
    return Tab(workbook, key, tab.title, "", (), "", Path(f"{key}.yaml"), "")
