"""Reads every table of a source that has no contracts yet."""

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from candid_assets.contracts.catalog import Workbook
from candid_assets.discovery.grid import Grid
from candid_assets.names import HUB, column_letter
from candid_assets.settings import Settings
from candid_assets.source_kinds.places import Place
from candid_assets.sources.extract import SHOWN_SUFFIX, TabExtract
from candid_assets.sources.open_reader import opened
from candid_assets.sources.undescribed import FoundTab, FoundWorkbook


def read_source(
    settings: Settings, place: Place, name: str, folder: Path, only: Collection[str] = ()
) -> FoundWorkbook:
    """Read every table of a source, or raise a `SourceError`.

    Args:
        settings: The environment, and where spools stand.
        place: The source.
        name: What it will be called.
        folder: Where its contracts will be.
        only: Titles of the tables to read, as an eye reads them; none means all.
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
        servers={env: {**place.keys, **place.custom}},
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with opened(place.kind, settings) as reader:
        return reader.found(book, env, only)


def letters(table: pa.Table) -> list[str]:
    """Return the names of an extract's columns of text, in the order of the sheet."""
    width = sum(n[0] != "_" and not n.endswith(SHOWN_SUFFIX) for n in table.column_names)
    return [column_letter(place) for place in range(1, width + 1)]


def grid_of(tab: FoundTab, extract: TabExtract) -> Grid:
    """Return a tab's cells as a grid."""
    table = extract.table
    return Grid(
        title=tab.title,
        kinds=table.column("_kinds").to_pylist(),
        columns=[table.column(letter).to_pylist() for letter in letters(table)],
        merges=extract.merges,
        frozen_rows=tab.metadata.frozen_rows,
    )
