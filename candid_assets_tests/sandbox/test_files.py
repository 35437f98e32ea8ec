""".xlsx and .csv files become workbooks, cell by cell; nothing is guessed, nothing lost."""

from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from candid_assets.sandbox.delimited import read_delimited
from candid_assets.sandbox.files import find_workbooks, import_folder
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import CellError, Dated, SampleWorkbook
from candid_assets.sandbox.xlsx import sheets_pattern
from candid_assets.sources.files.csv_files import delimiter_of
from candid_assets_tests.sandbox.client import SHEETS, google_session, values


@pytest.fixture
def files(tmp_path):
    place = tmp_path / "Ekspor"
    place.mkdir()
    return place


def rows_of(folder, book, tab=0):
    return SampleWorkbook.load(folder / f"{book}.json").tabs[tab].rows


def save(path, fill):
    book = Workbook()
    fill(book)
    path.parent.mkdir(exist_ok=True)
    book.save(path)


def everything(book):
    sheet = book.active
    sheet.title = "Penjualan (Jan) & Retur"
    sheet.append(["Kode", "Tgl", "Jam", "Lama", "Nilai", "Lunas", "Galat", "Waktu"])
    sheet.append(["0812", date(2025, 8, 17), time(14, 30), timedelta(hours=26, minutes=15)])
    sheet["D2"].number_format = "[h]:mm:ss"
    sheet["E2"], sheet["F2"], sheet["G2"] = 1250000.5, True, "#REF!"
    sheet["G2"].data_type = "e"
    sheet["H2"] = datetime(2025, 8, 17, 14, 30, 5)  # noqa: DTZ001 - cells carry no zone
    sheet["A4"], sheet["B4"], sheet["C4"] = "#REF!", 45886, "  spasi\u00a0 "
    sheet["A4"].data_type = "s"
    sheet["B5"], sheet["B5"].number_format = date(2025, 8, 17), "[$-421]dd mmmm yyyy;@"
    sheet.merge_cells("A7:C8")
    sheet["A7"] = "JUMLAH"
    sheet.freeze_panes = "B2"
    hidden = book.create_sheet("Rahasia")
    hidden.sheet_state = "hidden"
    book.create_sheet("Kosong")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=5, min_row=1, max_row=2))
    book.create_chartsheet("Grafik").add_chart(chart)


def test_every_kind_of_cell_is_kept(files, folder):
    save(files / "toko.xlsx", everything)
    assert import_folder(files, folder).problems == []
    rows = rows_of(folder, "toko")
    assert rows[0] == ["Kode", "Tgl", "Jam", "Lama", "Nilai", "Lunas", "Galat", "Waktu"]
    stamp = rows[1][7]
    assert rows[1][:7] == [
        "0812",
        Dated(45886, "yyyy-mm-dd"),
        Dated(14.5 / 24, "h:mm:ss"),
        Dated(26.25 / 24, "[h]:mm:ss"),
        1250000.5,
        True,
        CellError("#REF!"),
    ]
    assert stamp.pattern == "yyyy-mm-dd h:mm:ss"
    assert round(stamp.serial * 86400) == 45886 * 86400 + 14 * 3600 + 30 * 60 + 5
    assert rows[2] == []
    assert rows[3] == ["#REF!", 45886, "  spasi\u00a0 "]
    assert rows[4] == [None, Dated(45886, "dd mmmm yyyy")]
    assert rows[6] == ["JUMLAH"]


def test_merges_hidden_tabs_and_charts_are_kept(files, folder):
    save(files / "toko.xlsx", everything)
    import_folder(files, folder)
    tabs = SampleWorkbook.load(folder / "toko.json").tabs
    assert [(tab.title, tab.hidden, tab.sheet_type) for tab in tabs] == [
        ("Penjualan (Jan) & Retur", False, "GRID"),
        ("Rahasia", True, "GRID"),
        ("Kosong", False, "GRID"),
        ("Grafik", False, "OBJECT"),
    ]
    assert tabs[0].merges == [(6, 8, 0, 3)]
    assert tabs[0].frozen_rows == 1
    assert len({tab.sheet_id for tab in tabs}) == 4


def test_formula_without_a_stored_result_is_served_as_an_error_and_named(files, folder):
    def fill(book):
        book.active.title = "Hitung"
        book.active["A1"], book.active["B3"] = 2, "=A1*2"

    save(files / "hitung.xlsx", fill)
    problems = import_folder(files, folder).problems
    unstored = CellError("#ERROR!", "The file holds no result of this formula.")
    assert rows_of(folder, "hitung") == [[2], [], [None, unstored]]
    assert len(problems) == 1
    for word in ("hitung.xlsx", "'Hitung'", "1 formulas", "B3", "save it"):
        assert word in problems[0]


@pytest.mark.parametrize(
    ("excel", "sheets"),
    [
        ("mm-dd-yy", "dd/mm/yyyy"),
        ("m/d/yy h:mm", "dd/mm/yyyy hh:mm"),
        ("[$-421]dd\\ mmmm\\ yyyy;@", "dd\\ mmmm\\ yyyy"),
        ("[Red]d/m/yyyy", "d/m/yyyy"),
        ('d "hari; ke" m;@', 'd "hari; ke" m'),
        ("[h]:mm:ss", "[h]:mm:ss"),
        ("_(d/m_)", "d/m"),
        ("General", "dd/mm/yyyy"),
    ],
)
def test_an_excel_format_becomes_a_sheets_pattern(excel, sheets):
    assert sheets_pattern(excel, "in_ID") == sheets


def test_excels_short_date_stays_american_in_an_american_workbook():
    assert sheets_pattern("mm-dd-yy", "en_US") == "mm-dd-yy"


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        (b"a;b\r\n1.250,5;0812\r\n", [["a", "b"], ["1.250,5", "0812"]]),
        (b"a\tb\n1,5\t2,5\n", [["a", "b"], ["1,5", "2,5"]]),
        (b"\xef\xbb\xbfnama;kota\nJum'at;x\n", [["nama", "kota"], ["Jum'at", "x"]]),
        ("kafé;naïf\n1;2\n".encode("cp1252"), [["kafé", "naïf"], ["1", "2"]]),
        ("a;b\n1;2\n".encode("utf-16"), [["a", "b"], ["1", "2"]]),
        (b'a,"b\nc"\n,\n\n" x ",=1+1\n', [["a", "b\nc"], [None, None], [], [" x ", "=1+1"]]),
        (b"satu\ndua\n", [["satu"], ["dua"]]),
        (b"", []),
        (b"TRUE,2025-08-17,12%\n1,2,3\n", [["TRUE", "2025-08-17", "12%"], ["1", "2", "3"]]),
    ],
)
def test_a_delimited_file_is_text_exactly_as_it_stands(tmp_path, content, rows):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert read_delimited(path) == rows


def test_decimal_commas_do_not_pass_for_a_delimiter():
    assert delimiter_of("a;b;c\n1,5;2,5;3\n4,5;1,0;2\n") == ";"
    assert delimiter_of("Judul\n\nno;nama\n1;a\n2;b\n") == ";"


def test_folders_and_loose_files_are_workbooks(files):
    for name in ("Toko/a.csv", "Toko/b.tsv", "lepas.csv", "satu.xlsx", ".x/a.csv", "~$satu.xlsx"):
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_bytes(b"")
    (files / "catatan.txt").write_text("bukan")
    (files / "Kosong").mkdir()
    workbooks = {
        name: [path.name for path in paths] for name, paths in find_workbooks(files).items()
    }
    assert workbooks == {"Ekspor": ["lepas.csv"], "Toko": ["a.csv", "b.tsv"], "satu": ["satu.xlsx"]}


def test_tabs_of_the_same_title_are_named_after_their_files(files, folder):
    for name in ("a", "b"):
        save(files / "Toko" / f"{name}.xlsx", lambda book: book.active.append(["x"]))
    import_folder(files, folder)
    tabs = SampleWorkbook.load(folder / "Toko.json").tabs
    assert [tab.title for tab in tabs] == ["Sheet", "Sheet (b)"]


def test_broken_files_are_named_and_the_others_served(files, folder):
    (files / "rusak.xlsx").write_bytes(b"PK\x03\x04 rusak")
    (files / "sandi.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    (files / "lama.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 lama")
    (files / "biner.csv").write_bytes(b"a\0b")
    (files / "manifest").mkdir()
    (files / "manifest" / "a.csv").write_text("a")
    (files / "Baik").mkdir()
    (files / "Baik" / "a.csv").write_text("a,b")
    done = import_folder(files, folder)
    assert done.workbooks == ["Baik"]
    text = "\n".join(done.problems)
    for words in ("rusak.xlsx is not a readable", "sandi.xlsx is encrypted", "lama.xlsx is an old"):
        assert words in text
    assert "biner.csv holds binary data" in text
    assert "'manifest' cannot name a workbook" in text


def test_only_what_changed_is_read_again_and_what_is_gone_goes(files, folder):
    (files / "a.csv").write_text("x,y")
    (files / "Toko").mkdir()
    (files / "Toko" / "b.csv").write_text("x,y")
    import_folder(files, folder)
    stamps = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.json")}
    (files / "a.csv").write_text("x,y,z")
    import_folder(files, folder)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.json")}
    assert after["Toko.json"] == stamps["Toko.json"]
    assert SampleWorkbook.load(folder / "Ekspor.json").version == 2
    (files / "Toko" / "b.csv").unlink()
    assert import_folder(files, folder).workbooks == ["Ekspor"]


def test_a_served_folder_follows_its_files(files, folder):
    (files / "Toko").mkdir()
    (files / "Toko" / "stok.csv").write_text("SKU;Qty\nA;1.250\n")
    with SandboxServer(folder, files=files) as server, google_session(server) as session:
        assert values(session, "Toko", "stok")["valueRanges"][0]["values"][1] == ["A", "1.250"]
        (files / "Toko" / "stok.csv").write_text("SKU;Qty\nA;1.250\nB;7\n")
        assert values(session, "Toko", "stok")["valueRanges"][0]["values"][2] == ["B", "7"]
        (files / "Toko" / "stok.csv").unlink()
        assert session.get(f"{SHEETS}/v4/spreadsheets/Toko").status_code == 404
