"""Sheets of .xlsx files are streamed: what is in memory does not grow with the sheet."""

import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from candid_assets.sources.extract import Merge
from candid_assets.sources.files import spool_rows as spooling
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.sheet_formats import Clocks, rows_with_formats
from candid_assets.sources.files.sheet_outline import outline_of
from candid_assets.sources.files.spool_rows import Row, spool_rows
from candid_assets.sources.files.stored_formulas import FormulaResults
from candid_assets.sources.files.xlsx import XlsxBook, open_xlsx
from candid_assets.sources.files.xlsx_cells import SheetCells, shared_texts
from candid_assets.sources.protocol import ReadPart
from candid_assets_tests.bench.big_xlsx import write_xlsx

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def cells(book: XlsxBook, title: str) -> Iterator[list[tuple[int, Any]]]:
    read = SheetCells(book, book.sheets[title], shared_texts(book), FormulaResults(book))
    return ([(cell.place, cell.value) for cell in row] for row in read.rows())


def spooled(path: Path, title: str, folder: Path) -> Any:
    book = open_xlsx(path)
    sheet = book.sheets[title]
    read = SheetCells(book, sheet, shared_texts(book), FormulaResults(book))
    merges = outline_of(book, sheet).merges
    return spool_rows(folder, rows_with_formats(book, read.rows(), Clocks()), merges)


def rewritten(path: Path, old: str, new: str) -> Path:
    """Change the text of every part of a file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert any(old in text for text in parts.values())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace(old, new))
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Kode", None, 7, 0.1, True, date(2025, 8, 17)])
    sheet["A3"] = datetime(2025, 8, 17, 14, 30)  # noqa: DTZ001 - cells carry no zone
    sheet["B3"], sheet["C3"] = time(14, 30), timedelta(hours=37, minutes=30)
    sheet["D3"], sheet["E3"] = 2_958_470, "#N/A"
    sheet["D3"].number_format = "dd/mm/yyyy"
    sheet["A5"] = "a_x000D_\nb _x0041_"
    sheet["Z9"].number_format = "0%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


MIXED = [
    [(1, "Kode"), (3, 7), (4, 0.1), (5, True), (6, datetime(2025, 8, 17))],  # noqa: DTZ001
    [],
    [
        (1, datetime(2025, 8, 17, 14, 30)),  # noqa: DTZ001
        (2, time(14, 30)),
        (3, timedelta(hours=37, minutes=30)),
        (4, "#VALUE!"),
        (5, "#N/A"),
    ],
    [],
    [(1, "a\r\nb A")],
]


def test_rows_are_as_a_spreadsheet_program_shows_them(mixed: Path) -> None:
    assert list(cells(open_xlsx(mixed), "Sheet")) == MIXED


def test_file_in_the_strict_form_of_the_standard_is_read_too(mixed: Path) -> None:
    rewritten(mixed, NAMESPACE, STRICT)
    assert list(cells(open_xlsx(mixed), "Sheet")) == MIXED


def test_calendar_of_1904_is_kept(mixed: Path) -> None:
    rewritten(mixed, "<workbookPr ", '<workbookPr date1904="1" ')
    assert next(iter(cells(open_xlsx(mixed), "Sheet")))[-1][1] == datetime(2029, 8, 18)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('<row r="3"', '<row r="1"', "row 1 comes after row 1"),
        ('<c r="C1"', '<c r="A1"', "A1 comes after column 1"),
        ('<c r="C1"', '<c r="C7"', "C7"),
        ("</sheetData>", "</sheet", "ParseError"),
    ],
)
def test_sheet_whose_rows_contradict_each_other_is_refused(
    mixed: Path, old: str, new: str, fault: str
) -> None:
    rewritten(mixed, old, new)
    with pytest.raises(UnreadableFileError, match="is not a readable") as refusal:
        list(cells(open_xlsx(mixed), "Sheet"))
    assert fault in str(refusal.value)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for rows in (2_000, 20_000):
        path = tmp_path / f"{rows}.xlsx"
        write_xlsx(path, {"T": ([f"K{n % 99}", n, n / 4, "sama"] for n in range(rows))})
        book = open_xlsx(path)
        tracemalloc.start()
        assert sum(1 for _ in cells(book, "T")) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 2, "ten times the rows"


def test_batches_of_any_size_give_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 41):
        sheet.append([f"K{row}", *range(row % 7), row])
    sheet["A30"], sheet["A30"].number_format = 7, "00000"
    sheet["H12"], sheet["H12"].number_format = 24, '0 "pcs"'
    sheet.merge_cells("A20:A22")
    path = tmp_path / "a.xlsx"
    book.save(path)
    whole = spooled(path, "Sheet", tmp_path)
    assert (whole.rows, whole.columns) == (40, 8)
    for most in (1, 50):
        monkeypatch.setattr(spooling, "MOST_CELLS", most)
        few = spooled(path, "Sheet", tmp_path)
        assert few.content_hash == whole.content_hash


def test_few_rows_with_long_cells_are_in_memory_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "MOST_CHARACTERS", 200_000)
    sizes: list[int] = []
    columns_of = spooling.columns_of

    def noted(rows: list[Any], width: int) -> Any:
        sizes.append(len(rows))
        return columns_of(rows, width)

    monkeypatch.setattr(spooling, "columns_of", noted)
    rows: list[Row] = [([("t", f"{n}"), ("t", "x" * 50_000)], ()) for n in range(20)]
    spool = spool_rows(tmp_path, rows)
    assert (spool.rows, sizes) == (20, [4] * 5)


@pytest.mark.parametrize("piece", [7, 300, 1 << 20])
def test_outline_is_read_past_cells_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(50):
        sheet.append(["</sheetData><mergeCell ref='X1:Y2'/>", row])
    sheet.merge_cells("A3:B4")
    sheet.merge_cells("D1:D9")
    sheet.freeze_panes = "B3"
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr("candid_assets.sources.files.sheet_outline._PIECE", piece)
    opened = open_xlsx(path)
    outline = outline_of(opened, opened.sheets["Sheet"])
    merges: tuple[Merge, ...] = ((0, 9, 3, 4), (2, 4, 0, 2))
    assert (outline.merges, outline.frozen_rows) == (merges, 2)


def test_sheets_that_hold_nothing_have_no_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B5"].number_format = "0%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    spool = spooled(path, "Sheet", tmp_path)
    assert (spool.rows, spool.columns) == (0, 0)


@pytest.mark.parametrize(("part", "rows"), [(ReadPart(7, 1_000), 7), (ReadPart(100, 60), 20)])
def test_first_rows_are_enough_to_describe_a_table(
    tmp_path: Path, part: ReadPart, rows: int
) -> None:
    endless: Iterator[Row] = (([("t", "a"), ("t", "b"), ("n", str(n))], ()) for n in count())
    assert spool_rows(tmp_path, endless, part=part).rows == rows
