"""Reads the tables of a source that lists them, as a discovery wants them."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

import pyarrow.parquet as pq

from candid_assets.contracts.catalog import Workbook
from candid_assets.contracts.families import folded_title
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.listed_tables import number_of
from candid_assets.sources.protocol import Lister, Request
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.undescribed import (
    FoundTab,
    FoundWorkbook,
    TabMetadata,
    WorkbookMetadata,
    unread,
)

MOST_ROWS: Final = 20_000
"""Rows of a table that are looked at; the rest is as these are, or a run tells."""


def browsed(reader: Lister, book: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
    """Read every table of a source, or those of some titles, or raise a `SourceError`."""
    # Not every source lists what it has: the paths of an API are those that a person names.
    titles = reader.titles(book, env) or [(title, False) for title in only]
    if not titles:
        raise SourceError(
            "tab_missing",
            f"workbook {book.name} lists no tables",
            "name each with --tab, such as --tab orders",
            book.name,
        )
    wanted = {folded_title(title) for title in only}
    chosen = [t for t in titles if not wanted or folded_title(t[0]) in wanted]
    missing = wanted - {folded_title(title) for title, _ in chosen}
    if missing:
        told = ", ".join(repr(title) for title, _ in titles)
        raise SourceError(
            "tab_missing",
            f"workbook {book.name} has no table {sorted(missing)[0]!r}",
            f"its tables are {told}",
            book.name,
        )
    metadata = [
        TabMetadata(number_of(title), title, n, "GRID", hidden, 0, 0, 1)
        for n, (title, hidden) in enumerate(chosen)
    ]
    tabs = tuple(unread(book.name, tab) for tab in metadata)
    asked = Request(most_rows=MOST_ROWS)
    found = reader.extract(replace(book, tabs=tabs), env, asked) if tabs else None
    declared = reader.declared(book, env, [tab.title for tab in metadata])
    read = tuple(
        replace(_found(tab, found.tabs if found else {}), declared=declared.get(tab.title))
        for tab in metadata
    )
    about = WorkbookMetadata(book.locations[env], book.name, "", TIME_ZONE, tuple(metadata))
    return FoundWorkbook(about, read)


def _found(tab: TabMetadata, found: Any) -> FoundTab:
    result = found.get(f"t{tab.sheet_id}")
    if isinstance(result, TabExtract) and result.spooled is not None:
        path = result.spooled.keep(b"{}")
        with closing(pq.ParquetFile(path)) as file:
            table = file.read()
        path.unlink()
        return FoundTab(tab, extract=replace(result, table=table, spooled=None))
    return FoundTab(tab, error=result if isinstance(result, SourceError) else None)
