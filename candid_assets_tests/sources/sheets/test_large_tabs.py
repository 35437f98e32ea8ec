"""Tabs of any size: a large one is written to a file at once, and read in part to be described."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.sandbox.a1 import AddressedTab, parse_range
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets.sources.content_hash import columns_hash
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import ReadPart, Request
from candid_assets.sources.sheets import chunks, read_tabs, spool_tab
from candid_assets.sources.sheets.chunks import ChunkPlanner, TabGrid
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets_tests.sources.sheets.conftest import contract, good, grid, read

MakeBook = Callable[..., SampleWorkbook]


def rows_of_all_kinds(count: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = [["Kode", "Tgl", "Qty", "Catatan"]]
    for n in range(count):
        day = Dated(45_000 + n, "d/m" if n % 5 else "dd/mm/yyyy")
        rows.append([Formatted(n, "00000"), day, n / 4, None if n % 3 else "x" * n])
    return rows


def spooled(
    session: SheetsSession, book: SampleWorkbook, folder: Path, request: Request
) -> TabExtract:
    return good(extract_workbook(session, contract(book), book.spreadsheet_id, request, folder))


@pytest.fixture
def merged(google: SandboxServer) -> SampleWorkbook:
    tab = SampleTab(101, "Besar", rows_of_all_kinds(90), merges=[(3, 5, 0, 1)])
    book = SampleWorkbook("book", "Book", [tab])
    book.save(google.folder)
    return book


@pytest.mark.parametrize("at_once", [1, 50, 1_000])
def test_large_tab_is_written_to_a_file_with_all_that_was_read(
    session: SheetsSession,
    merged: SampleWorkbook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    whole = good(read(session, merged))
    monkeypatch.setattr(chunks, "TARGET_BYTES", 500)
    monkeypatch.setattr(read_tabs, "MOST_CELLS", 100)
    monkeypatch.setattr(spool_tab, "_AT_ONCE", at_once)
    large = spooled(session, merged, tmp_path, Request())
    assert large.table.column_names == ["_kinds"]
    assert (large.rows, large.columns, large.merges) == (whole.rows, whole.columns, whole.merges)
    assert large.content_hash == columns_hash(whole.table)
    assert large.spooled is not None
    table: pa.Table = pq.read_table(large.spooled.keep(b"{}"))
    assert sorted(table.column_names) == sorted(whole.table.column_names)
    for name in table.column_names:
        assert table.column(name).to_pylist() == whole.table.column(name).to_pylist(), name


def test_tab_that_is_read_again_leaves_one_file(
    session: SheetsSession, merged: SampleWorkbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_tabs, "MOST_CELLS", 100)
    # Fewer rows than before are believed when a second reading brings them, too.
    large = spooled(session, merged, tmp_path, Request(known_rows={"t0": 500}))
    assert large.rows == 91
    assert len(list(tmp_path.glob("*.part"))) == 1
    assert large.spooled is not None


def test_first_rows_of_a_very_large_tab_are_enough_to_describe_it(
    session: SheetsSession, google: SandboxServer, book: MakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "TARGET_BYTES", 3_000)
    made = book(Besar=[[f"K{n}", n] for n in range(2_000)], Kecil=[["a"], ["b"]])
    made.tabs[1].grid_rows, made.tabs[1].grid_columns = 2, 1
    made.save(google.folder)
    part = ReadPart(rows=100, cells=26_000)
    extract = read(session, made, part=part)
    assert grid(good(extract, "t0")) == [[f"K{n}", str(n)] for n in range(1_000)]
    assert grid(good(extract, "t1")) == [["a"], ["b"]]


def test_ranges_up_to_a_last_row_cover_it_and_no_more() -> None:
    tab = TabGrid("Besar", 100_000, 40, last=12_345)
    planner = ChunkPlanner([tab], target_bytes=200_000)
    reached, finals = 0, []
    while chunk := planner.next_chunk():
        for part in chunk:
            cells = parse_range(part.a1, [AddressedTab("Besar", 100_000, 40)])
            assert cells.start_row == reached
            reached = cells.end_row
            finals.append(part.is_last)
    assert reached == 12_345
    assert finals == [False] * (len(finals) - 1) + [True]
    assert len(finals) > 1
