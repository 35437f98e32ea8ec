"""How a source describes itself and its tables, before any cell is read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from candid_assets.errors import CandidError
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.extract import Merge

UNREADABLE: Final = "UNREADABLE"
"""The type of what may hold tables and cannot be opened, such as a damaged file."""


@dataclass(frozen=True, slots=True)
class TabMetadata:
    """One table as its source describes it."""

    sheet_id: int
    """Its number, which outlives a change of title where the source keeps one."""
    title: str
    sheet_type: str = "GRID"
    """`GRID` for a table that has cells."""
    hidden: bool = False
    grid_rows: int = 0
    grid_columns: int = 0
    frozen_rows: int = 0
    """Rows at the top that stay in sight, as a header does."""
    merges: tuple[Merge, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the reader needs to read it; the `error` of one that cannot be opened."""

    @property
    def error(self) -> CandidError | None:
        """Why it cannot be opened, None where it can."""
        error: CandidError | None = self.facts.get("error")
        return error

    @property
    def is_separated(self) -> bool:
        """Whether its rows are lines of separated values, beside which nobody writes notes."""
        return bool(self.facts.get("separated"))


@dataclass(frozen=True, slots=True)
class WorkbookMetadata:
    """One source as it describes itself."""

    spreadsheet_id: str
    """Its location."""
    title: str
    locale: str
    time_zone: str
    tabs: tuple[TabMetadata, ...]


@dataclass(frozen=True, slots=True)
class DeclaredConstraints:
    """What a source itself declares of a table, its columns by the names they have there."""

    by: str
    """Where it is declared, for messages."""
    key: tuple[str, ...] = ()
    required: frozenset[str] | None = None
    """The columns that are never null; None where nothing is declared."""
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Column to the title of the table and the column there that it refers to."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Column to the DuckDB type that holds whatever the source lets it hold, where it says so."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Custom properties by which the table is read."""


@dataclass(frozen=True, slots=True)
class ProposedReading:
    """Custom properties without which tables that nobody described are not read whole."""

    server: Mapping[str, str | int] = field(default_factory=dict)
    """Those of the server."""
    tables: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)
    """Those of tables that are read otherwise, by title."""


def typed_table(title: str, *, hidden: bool = False, **facts: Any) -> TabMetadata:
    """Return a table with typed columns, of a source that does not number its tables."""
    return TabMetadata(number_of(title), title, hidden=hidden, frozen_rows=1, facts=facts)


def unreadable_table(title: str, error: CandidError) -> TabMetadata:
    """Return what cannot be opened, under the title that its tables begin with."""
    return TabMetadata(number_of(title), title, sheet_type=UNREADABLE, facts={"error": error})


def typed_tables(location: str, name: str, tables: list[TabMetadata]) -> WorkbookMetadata:
    """Return the metadata of a source of tables with typed columns."""
    return WorkbookMetadata(location, name, "", TIME_ZONE, tuple(tables))


def number_of(text: str) -> int:
    """Return a number below 2**31 made of a text, always the same."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
