"""Reads the tables of a source that no contract describes yet."""

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow.parquet as pq

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.custom_properties import ReadOptions
from candid_assets.contracts.odcs_vocabulary import option_fields
from candid_assets.contracts.titles import folded_title
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import ExtractEvent, Reader, ReadPart, Request, ignore
from candid_assets.sources.source_errors import SourceError, place
from candid_assets.sources.source_metadata import (
    DeclaredConstraints,
    ProposedReading,
    TabMetadata,
    WorkbookMetadata,
    typed_table,
)

log = logging.getLogger(__name__)
T = TypeVar("T")
ENOUGH: Final = ReadPart(rows=20_000, cells=2_000_000)
"""How much is read of a table with typed columns; of a tab of a sheet only the cells count."""


@dataclass(frozen=True, slots=True)
class UndescribedTab:
    """One table of the source, with its cells where it has any."""

    metadata: TabMetadata
    extract: TabExtract | None = None
    error: SourceError | None = None
    declared: DeclaredConstraints | None = None
    reading: Mapping[str, str | int] = field(default_factory=dict)
    """Custom properties of the table without which it is not read whole."""

    @property
    def title(self) -> str:
        """The table's title."""
        return self.metadata.title


@dataclass(frozen=True, slots=True)
class UndescribedWorkbook:
    """A source with the tables that were read."""

    metadata: WorkbookMetadata
    tabs: tuple[UndescribedTab, ...]
    server_options: Mapping[str, str | int] = field(default_factory=dict)
    """Custom properties of the server without which the tables are not read whole."""


def read_undescribed(
    reader: Reader,
    workbook: Workbook,
    env: str,
    only: Collection[str] = (),
    on_event: Callable[[ExtractEvent], None] = ignore,
) -> UndescribedWorkbook:
    """Read every table of a source, or those of some titles, which are compared folded.

    Raises:
        SourceError: The source cannot be read, lists no tables, or has none of a title.
    """
    metadata = reader.metadata(workbook, env)
    # An API does not list its paths: they are those that a person names.
    tables = metadata.tabs or tuple(typed_table(title) for title in only)
    wanted = {folded_title(title) for title in only}
    chosen = [t for t in tables if not wanted or folded_title(t.title) in wanted]
    missing = sorted(wanted - {folded_title(table.title) for table in chosen})
    if not tables:
        fix = "name each with --tab, such as --tab orders"
        raise _missing(workbook, "lists no tables", fix)
    if missing:
        titles = ", ".join(repr(table.title) for table in tables)
        raise _missing(workbook, f"has no table {missing[0]!r}", f"its tables are {titles}")
    contracts = {_key(table): table for table in chosen if table.sheet_type == "GRID"}
    extracts: dict[str, TabExtract | SourceError] = {}
    names = [table.title for table in chosen]
    proposed = _asked(lambda: reader.proposed_reading(workbook, env, names), ProposedReading())
    if proposed.server:
        facts = {**workbook.servers.get(env, {}), **proposed.server}
        workbook = replace(workbook, servers={**workbook.servers, env: facts})
    if contracts:
        ways = proposed.tables
        tabs = tuple(
            _without_columns(workbook.name, table, ways.get(table.title, {}))
            for table in contracts.values()
        )
        sheet_ids = {name: table.sheet_id for name, table in contracts.items()}
        request = Request(on_event=on_event, known_sheet_ids=sheet_ids, part=ENOUGH)
        described = replace(workbook, title=metadata.title, tabs=tabs)
        extracts = dict(reader.extract(described, env, request).tabs)
    nothing: Mapping[str, DeclaredConstraints] = {}
    declared = _asked(lambda: reader.declared(workbook, env, names), nothing)
    read = (_tab(t, extracts.get(_key(t)), declared.get(t.title)) for t in chosen)
    return UndescribedWorkbook(
        metadata,
        tuple(replace(tab, reading=proposed.tables.get(tab.title, {})) for tab in read),
        proposed.server,
    )


def _asked(ask: Callable[[], T], nothing: T) -> T:
    """Return what a reader adds to the tables; nothing where that fails, which reading reports."""
    try:
        return ask()
    except SourceError:
        raise
    except Exception:
        log.exception("what the source itself declares cannot be read")
        return nothing


def _missing(workbook: Workbook, what: str, fix: str) -> SourceError:
    return SourceError("tab_missing", f"{place(workbook.name)} {what}", fix, workbook.name)


def _key(table: TabMetadata) -> str:
    return f"t{table.sheet_id}"


def _without_columns(workbook: str, table: TabMetadata, custom: Mapping[str, str | int]) -> Tab:
    """Return a contract without columns, by which a table is only read."""
    key, fields = _key(table), option_fields(ReadOptions)
    options: Any = {fields[name]: value for name, value in custom.items()}
    path = Path(f"{key}.yaml")
    return Tab(workbook, key, table.title, "", (), "", path, "", reading=ReadOptions(**options))


def _tab(
    table: TabMetadata,
    result: TabExtract | SourceError | None,
    declared: DeclaredConstraints | None,
) -> UndescribedTab:
    if isinstance(result, SourceError):
        return UndescribedTab(table, error=result, declared=declared)
    if table.error is not None:
        error = SourceError("file_damaged", table.error.message, table.error.fix)
        return UndescribedTab(table, error=error)
    if result is not None and result.spooled is not None:
        path = result.spooled.keep(b"{}")
        with closing(pq.ParquetFile(path)) as file:
            result = replace(result, table=file.read(), spooled=None)
        path.unlink()
    return UndescribedTab(table, result, declared=declared)
