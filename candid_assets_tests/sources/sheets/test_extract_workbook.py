"""Every kind of cell and every shape of tab comes through whole and exact."""

import pytest

from candid_assets.sandbox.workbook import CellError, Dated, SampleTab, SampleWorkbook
from candid_assets.sources.protocol import Request
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.sources.sheets.conftest import contract, good, grid, kinds, read

KINDS = [
    (1250000, "n", "1250000"),
    (12.5, "n", "12.5"),
    (0.1 + 0.2, "n", "0.30000000000000004"),
    (-0.1, "n", "-0.1"),
    (1e21, "n", "1000000000000000000000"),
    (1.5e-7, "n", "0.00000015"),
    (0, "n", "0"),
    ("12.500", "t", "12.500"),
    (" NBSP\u00a0dan spasi ", "t", " NBSP\u00a0dan spasi "),
    ("  ", "t", "  "),
    ("0812", "t", "0812"),
    ("17/08/2025", "t", "17/08/2025"),
    ("TRUE", "t", "TRUE"),
    (True, "b", "TRUE"),
    (False, "b", "FALSE"),
    (Dated(45886, "dd/mm/yyyy"), "d", "2025-08-17"),
    (Dated(45886, "d mmmm yyyy"), "d", "2025-08-17"),
    (Dated(45886, "dd.mm.yyyy"), "d", "2025-08-17"),
    (Dated(45886, "d.mm"), "d", "2025-08-17"),
    (Dated(45886 + 14.5 / 24, "dd/mm/yyyy hh:mm:ss"), "s", "2025-08-17 14:30:00"),
    (Dated(45886 + 14.5 / 24, "hh.mm"), "s", "2025-08-17 14:30:00"),
    (Dated(45886, "dd/mm/yyyy hh.mm"), "s", "2025-08-17 00:00:00"),
    (Dated(45886.5000014, "dd/mm/yyyy hh:mm:ss"), "s", "2025-08-17 12:00:00.121"),
    (Dated(14.5 / 24, "hh.mm"), "h", "14:30:00"),
    (Dated(0, "hh:mm"), "h", "00:00:00"),
    (Dated(0, "dd/mm/yyyy"), "d", "1899-12-30"),
    (Dated(26.25 / 24, "[h]:mm:ss"), "h", "26:15:00"),
    (Dated(2, "[hh]:mm"), "h", "48:00:00"),
    (CellError("#REF!"), "e", "#REF! (Reference does not exist.)"),
    (
        CellError("#DIV/0!", "Parameter 2 fungsi DIVIDE 0."),
        "e",
        "#DIV/0! (Parameter 2 fungsi DIVIDE 0.)",
    ),
    (CellError("#N/A", ""), "e", "#N/A ()"),
    (CellError("#SPILL!", "dua\nbaris"), "e", "#SPILL! (dua\nbaris)"),
    ("", "-", None),
    (None, "-", None),
]


def test_every_kind_of_cell_arrives_with_its_kind_and_canonical_text(session, book):
    sample = book(Isi=[[cell, "akhir"] for cell, _, _ in KINDS])
    extract = good(read(session, sample))
    assert [k[0] for k in kinds(extract)] == [kind for _, kind, _ in KINDS]
    assert [row[0] for row in grid(extract)] == [text for _, _, text in KINDS]


def test_dates_keep_the_text_that_the_sheet_shows(session, book):
    rows = [["Tgl", "Jam"], [Dated(45886, "d mmmm yyyy"), 3], ["kosong", None]]
    table = good(read(session, book(Isi=rows))).table
    assert table.column_names == ["_row", "_kinds", "A", "A.shown", "B"]
    assert table.column("A.shown").to_pylist() == [None, "17 Agustus 2025", None]


def test_ragged_rows_and_inner_blank_rows_keep_their_place(session, book):
    rows = [["judul"], [], [None, None, 3], ["a", "", "c", None, "e"], [], ["z"], [None], ["", ""]]
    extract = good(read(session, book(Isi=rows)))
    assert extract.rows == 6
    assert extract.columns == 5
    assert kinds(extract) == ["t----", "-----", "--n--", "t-t-t", "-----", "t----"]
    assert extract.table.column("_row").to_pylist() == [1, 2, 3, 4, 5, 6]
    assert extract.table.schema.field("_row").type == "int32"


def test_an_empty_tab_has_no_rows_and_is_no_error(session, book):
    extract = good(read(session, book(Isi=[["", None], []])))
    assert (extract.rows, extract.columns) == (0, 0)
    assert extract.table.column_names == ["_row", "_kinds"]


def test_a_tab_with_a_header_alone_has_one_row(session, book):
    extract = good(read(session, book(Isi=[["No", "Nama"]])))
    assert grid(extract) == [["No", "Nama"]]


@pytest.mark.parametrize(
    "title", ["Jan25", "Q1", "A1", "R1C1", "Stok (Gudang) & Retur", "Ibu's", "a!b", "É 2/3", "'x'"]
)
def test_title_that_looks_like_a_cell_address_is_a_title(session, book, title):
    sample = book(**{"Depan": [["salah"]], title: [["benar"]]})
    extract = read(session, sample)
    assert grid(good(extract, "t1")) == [["benar"]]
    assert good(extract, "t1").title == title


def test_large_tab_is_complete_after_several_chunks(session, book, monkeypatch):
    monkeypatch.setattr("candid_assets.sources.sheets.chunks.TARGET_BYTES", 10_000)
    rows = [[i, f"baris {i}", Dated(45000 + i, "dd/mm/yyyy")] for i in range(4000)]
    rows[1500:1700] = [[]] * 200
    extract = good(read(session, book(Kecil=[["x"]], Besar=rows)), "t1")
    assert session.sheets_reads > 7
    assert extract.rows == 4000
    assert grid(extract)[3999] == ["3999", "baris 3999", "2034-02-24"]
    assert kinds(extract)[1499:1501] == ["ntd", "---"]
    assert extract.table.column("C.shown")[1400].as_py() == "13/01/2027"


def test_extract_holds_the_metadata_of_tab_and_workbook(session, google):
    tab = SampleTab(7, "Isi", [["a", "b"]], hidden=True, merges=[(0, 1, 0, 2)])
    sample = SampleWorkbook("book", "Book", [tab], locale="en_US", time_zone="Asia/Makassar")
    sample.save(google.folder)
    extract = good(read(session, sample))
    assert (extract.sheet_id, extract.title, extract.hidden) == (7, "Isi", True)
    assert extract.merges == ((0, 1, 0, 2),)
    assert (extract.locale, extract.time_zone) == ("en_US", "Asia/Makassar")
    assert extract.modified_time.isoformat() == "2026-01-05T02:00:00+00:00"
    assert extract.fetched_at.tzinfo is not None


def test_a_missing_tab_names_the_nearest_titles_and_fails_alone(session, book):
    sample = book(**{"Order Harian": [["a"]], "Stok": [["b"]]})
    wanted = contract(sample, ["Order Hari", "Stok"])
    extract = extract_workbook(session, wanted, "book", Request())
    error = extract.tabs["t0"]
    assert isinstance(error, SourceError)
    assert error.code == "tab_missing"
    assert "'Order Harian'" in error.message
    assert "t0.yaml" in error.fix
    assert grid(good(extract, "t1")) == [["b"]]
    assert extract.unknown_titles == ("Order Harian",)


def test_title_is_matched_in_spite_of_spaces_and_case(session, book):
    sample = book(**{"ORDER\u00a0 harian ": [["a"]]})
    extract = extract_workbook(session, contract(sample, ["Order Harian"]), "book", Request())
    assert good(extract).title == "ORDER\u00a0 harian "


def test_renamed_tab_is_matched_by_its_sheet_id(session, book):
    sample = book(Baru=[["lama"]], Lama=[["lain"]])
    wanted = contract(sample, ["Lama"])
    extract = extract_workbook(session, wanted, "book", Request(known_sheet_ids={"t0": 101}))
    assert grid(good(extract)) == [["lama"]]
    assert extract.unknown_titles == ("Lama",)


def test_chart_in_place_of_a_table_is_reported(session, google):
    sample = SampleWorkbook("book", "Book", [SampleTab(1, "Grafik", [], sheet_type="OBJECT")])
    sample.save(google.folder)
    error = read(session, sample).tabs["t0"]
    assert isinstance(error, SourceError)
    assert error.code == "tab_not_grid"


def test_only_the_requested_tabs_are_read(session, book):
    sample = book(Satu=[["1"]], Dua=[["2"]])
    assert list(read(session, sample, only=["t1"]).tabs) == ["t1"]


def test_one_workbook_needs_four_sheets_reads_and_two_drive_reads(session, google, book):
    read(session, book(Satu=[["1"]], Dua=[["2"]]))
    counted = google.counters()
    assert (session.sheets_reads, session.drive_reads) == (4, 2)
    assert (counted["sheets_reads"], counted["drive_reads"], counted["writes"]) == (4, 2, 0)


def test_the_hash_is_the_content_and_not_the_title_or_the_format(session, book):
    first = book("book1", Satu=[["x", 1, Dated(45886, "dd/mm/yyyy")]])
    second = book("book2", Dua=[["x", 1, Dated(45886, "d mmm yyyy")], [None]])
    other = book("book3", Satu=[["x", "1", Dated(45886, "dd/mm/yyyy")]])
    hashes = [good(read(session, b)).content_hash for b in (first, second, other)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert hashes[0] == "6409dcc099d45dbf61c850f776d6de061a62bccbc84a5c2da6f8e5abee0067d6"


def test_every_step_is_reported(session, book):
    events = []
    read(session, book(Satu=[["1"]], Dua=[["2"]]), on_event=events.append)
    assert [e.kind for e in events] == [
        "started",
        "read",
        "read",
        "tab_read",
        "tab_read",
        "finished",
    ]
    assert [e.done for e in events] == [0, 0, 0, 1, 2, 2]
    assert all(e.total == 2 for e in events)
