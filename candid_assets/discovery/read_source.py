"""Reads every table of a source that has no contracts yet."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.discovery.grid import Grid
from candid_assets.names import HUB
from candid_assets.refresh.context import Progress, Quiet
from candid_assets.settings import Settings
from candid_assets.source_kinds.places import Place
from candid_assets.sources.content_hash import letters_of
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.open_reader import open_reader
from candid_assets.sources.protocol import ExtractEvent
from candid_assets.sources.read_undescribed import (
    UndescribedTab,
    UndescribedWorkbook,
    read_undescribed,
)

_LOOKS: Final = str.maketrans("xm", "tn")


def read_source(
    settings: Settings,
    place: Place,
    name: str,
    folder: Path,
    only: Collection[str] = (),
    progress: Progress | None = None,
    facts: Mapping[str, Any] | None = None,
) -> UndescribedWorkbook:
    """Read every table of a source, or raise a `SourceError`.

    Args:
        settings: The environment, and where spools stand.
        place: The source.
        name: What it will be called.
        folder: Where its contracts will be.
        only: Titles of the tables to read, as an eye reads them; none means all.
        progress: Where it is shown how many tables were read.
        facts: What the head says of the server, where it has one already.
    """
    env = settings.env
    book = Workbook(
        name,
        name,
        "",
        "",
        "0",
        HUB,
        {env: place.location},
        folder / "contract.yaml",
        kind=place.kind,
        servers={env: facts if facts is not None else {**place.keys, **place.custom}},
    )
    return read_workbook_again(settings, book, only, progress)


def read_workbook_again(
    settings: Settings,
    book: Workbook,
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> UndescribedWorkbook:
    """Read every table of a workbook that has contracts, or raise a `SourceError`.

    Args:
        settings: The environment, and where spools stand.
        book: The workbook as its head declares it.
        only: Titles of the tables to read, as an eye reads them; none means all.
        progress: Where it is shown how many tables were read.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with open_reader(book.kind, settings) as reader:
        shown = _shown_on(progress or Quiet())
        return read_undescribed(reader, book, settings.env, only, shown)


def _shown_on(progress: Progress) -> Callable[[ExtractEvent], None]:
    """Return what counts the tables that were read."""
    known = 0

    def show(event: ExtractEvent) -> None:
        nonlocal known
        if event.total > known:
            progress.stage("reading tables", event.total - known)
            known = event.total
        if event.kind in ("tab_read", "tab_failed"):
            progress.step("reading tables")

    return show


def grid_of(tab: UndescribedTab, extract: TabExtract) -> Grid:
    """Return a tab's cells as a grid."""
    table = extract.table
    return Grid(
        title=tab.title,
        # Who wrote a cell says nothing of how it looks.
        kinds=[kinds.translate(_LOOKS) for kinds in table.column("_kinds").to_pylist()],
        columns=[table.column(letter).to_pylist() for letter in letters_of(table.column_names)],
        merges=extract.merges,
        frozen_rows=tab.metadata.frozen_rows,
    )
