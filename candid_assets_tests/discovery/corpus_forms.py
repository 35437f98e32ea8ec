"""Whole tabs as files and as sheets of the local server, read as `candid discover` reads them."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

from candid_assets.discovery.read_source import read_source
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, Dated, SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import recognise_place
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets_tests.discovery.corpus_whole import Truth
from candid_assets_tests.discovery.kit import serial_of

Books = Iterator[tuple[Truth, UndescribedWorkbook]]
_DAY, _MOMENT, _CLOCK = "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss", "hh:mm"


def as_xlsx(truths: Sequence[Truth], folder: Path) -> Books:
    """Yield each tab as one of an Excel workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, truth in enumerate(truths):
        page = book.create_sheet(f"T{number}")
        for row in truth.sheet.rows:
            page.append(list(row))
        for line in page.iter_rows():
            for cell in line:
                cell.number_format = _format(cell.value) or cell.number_format
        for top, bottom, left, right in truth.sheet.merges:
            page.merge_cells(
                start_row=top + 1, end_row=bottom, start_column=left + 1, end_column=right
            )
    (folder / "files").mkdir(parents=True)
    book.save(folder / "files" / "buku.xlsx")
    return _read(truths, str(folder / "files"), Settings(CANDID_DATA_DIR=folder / "data"))


def as_csv(truths: Sequence[Truth], folder: Path) -> Books:
    """Yield each tab as a file of its own, as an office program saves it in the tab's language."""
    files = folder / "files"
    files.mkdir(parents=True)
    for number, truth in enumerate(truths):
        with (files / f"T{number}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [_text(c, truth.locale) for c in r] for r in truth.sheet.rows
            )
    return _read(truths, str(files), Settings(CANDID_DATA_DIR=folder / "data"))


def as_sheets(truths: Sequence[Truth], folder: Path) -> Books:
    """Yield each tab as one of a workbook that the local server answers for."""
    (locale,) = {truth.locale for truth in truths}
    tabs = [
        SampleTab(
            number + 1,
            f"T{number}",
            [[_sheet_cell(cell) for cell in row] for row in truth.sheet.rows],
            merges=list(truth.sheet.merges),
        )
        for number, truth in enumerate(truths)
    ]
    SampleWorkbook("buku", "Buku", tabs, locale=locale).save(folder / "books")
    with SandboxServer(folder / "books", quota=False) as server:
        settings = Settings(
            CANDID_DATA_DIR=folder / "data",
            CANDID_ENV="staging",
            CANDID_READS_PER_MINUTE=1000,
            **server.environment,
        )
        yield from _read(truths, "buku", settings)


FORMS: Final[dict[str, Callable[[Sequence[Truth], Path], Books]]] = {
    "xlsx": as_xlsx,
    "csv": as_csv,
    "sheets": as_sheets,
}


def _read(truths: Sequence[Truth], source: str, settings: Settings) -> Books:
    """Yield each tab as read, as the only one of its workbook."""
    folder = settings.data_root / "catalog"
    book = read_source(settings, recognise_place(source), "buku", folder)
    tabs = {tab.title.removesuffix(".csv"): tab for tab in book.tabs}
    for number, truth in enumerate(truths):
        # A file with one tab is called by its own name.
        title = next((t for t in tabs if t.endswith(f"T{number}")), "buku")
        tab = tabs.pop(title)
        yield (
            truth,
            replace(book, tabs=(tab,), metadata=replace(book.metadata, tabs=(tab.metadata,))),
        )


def _format(cell: Any) -> str | None:
    if isinstance(cell, datetime):
        return _MOMENT
    if isinstance(cell, date):
        return _DAY
    return _CLOCK if isinstance(cell, time) else None


def _sheet_cell(cell: Any) -> Cell:
    pattern = _format(cell)
    plain: Cell = cell
    return Dated(serial_of(cell), pattern) if pattern else plain


def _text(cell: Any, locale: str) -> str:
    """Return what stands in a file for a cell."""
    english = locale.startswith("en")
    if isinstance(cell, datetime | date):
        day = cell.strftime("%m/%d/%Y" if english else "%d/%m/%Y")
        return f"{day} {cell.strftime('%H:%M:%S')}" if isinstance(cell, datetime) else day
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, float):
        return f"{cell:.12g}" if english else f"{cell:.12g}".replace(".", ",")
    return "" if cell is None else str(cell)
