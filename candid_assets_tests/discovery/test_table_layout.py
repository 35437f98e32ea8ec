"""Where the table of a tab stands: titles, notes, totals, several header rows, other tables."""

from datetime import date
from pathlib import Path

import pytest

from candid_assets_tests.discovery.kit import Sheet, reason_of, table_of

HEAD = ["No", "Tanggal", "Nama", "Jumlah"]
NAMES = ["Budi", "Siti", "Agus", "Dewi", "Rudi", "Ani", "Joko", "Rina", "Eko", "Maya"]


def data(count: int = 10) -> list[list[object]]:
    return [[n + 1, date(2025, 1, n + 1), NAMES[n % 10], (n + 3) * 7] for n in range(count)]


def test_header_below_titles_and_blank_rows_is_located(tmp_path: Path) -> None:
    table = table_of(tmp_path, [["LAPORAN"], ["Periode: Januari 2025"], [], HEAD, *data()])
    assert (table.layout.header_row, table.layout.header_rows) == (4, 1)
    assert [c.name for c in table.columns] == ["no", "tanggal", "nama", "jumlah"]
    assert [r.rule for _, r in table.regions] == ["above_header"]


def test_a_header_of_two_rows_is_joined(tmp_path: Path) -> None:
    rows = [
        ["No", "Cabang", "Penjualan", None, "Ket"],
        [None, None, "Jan", "Feb", None],
        *([n, f"Cabang {n}", n * 5, n * 7, "ok"] for n in range(1, 9)),
    ]
    merges = ((0, 1, 2, 4), (0, 2, 0, 1), (0, 2, 1, 2), (0, 2, 4, 5))
    for sheet in (Sheet(rows, merges), Sheet(rows)):
        table = table_of(tmp_path, sheet)
        assert (table.layout.header_row, table.layout.header_rows) == (1, 2)
        names = [c.name for c in table.columns]
        assert names == ["no", "cabang", "penjualan_jan", "penjualan_feb", "ket"]
        assert table.quarantined == 0


def test_totals_notes_and_signatures_are_left_out_by_named_rules(tmp_path: Path) -> None:
    rows = [HEAD, *data(), ["Total", None, None, 255], [], ["Catatan: sementara"], ["Mengetahui,"]]
    table = table_of(tmp_path, rows)
    assert table.options["endsAt"] == ["Catatan: sementara"]
    assert (table.rows, table.clean, table.quarantined) == (10, 10, 0)
    assert "1 dropped as total_row" in table.notes[-1]
    assert "2 dropped as below_table" in table.notes[-1]


def test_second_table_below_is_not_read_as_the_first(tmp_path: Path) -> None:
    rows = [HEAD, *data(), [], [], ["Rekap"], ["Nama", "Jumlah"], ["Budi", 3], ["Siti", 4]]
    table = table_of(tmp_path, rows)
    assert (table.rows, table.options["endsAt"]) == (10, ["Nama | Jumlah"])


def test_blank_rows_inside_a_table_do_not_end_it(tmp_path: Path) -> None:
    table = table_of(tmp_path, [HEAD, *data()[:5], [], *data()[5:]])
    assert (table.rows, table.clean, "endsAt" in table.options) == (10, 10, False)


def test_notes_beside_the_table_are_ignored_by_name(tmp_path: Path) -> None:
    noted = [[*row, None, "cek" if n in (3, 6) else None] for n, row in enumerate([HEAD, *data()])]
    table = table_of(tmp_path, noted)
    assert table.options["ignoredHeaders"] == ["(column F)"]
    assert len(table.columns) == 4


def test_a_row_of_units_belongs_to_the_header(tmp_path: Path) -> None:
    rows = [["Bahan", "Berat", "Suhu"], [None, "(kg)", "(C)"]]
    rows += [[f"Bahan {n}", n / 4, n] for n in range(12)]
    table = table_of(tmp_path, rows)
    assert [c.name for c in table.columns] == ["bahan", "berat_kg", "suhu_c"]
    assert table.quarantined == 0


def test_a_header_of_three_rows_is_joined(tmp_path: Path) -> None:
    rows = [
        ["No", "Hadir", None, None, None],
        [None, "Minggu 1", None, "Minggu 2", None],
        [None, "Masuk", "Absen", "Masuk", "Absen"],
        *([n, 5, 1, 4, 2] for n in range(1, 9)),
    ]
    merges = ((0, 3, 0, 1), (0, 1, 1, 5), (1, 2, 1, 3), (1, 2, 3, 5))
    table = table_of(tmp_path, Sheet(rows, merges))
    assert table.layout.header_rows == 3
    assert table.columns[4].name == "hadir_minggu_2_absen"


@pytest.mark.parametrize(
    "head",
    [
        ["Karyawan", *(date(2025, 1, n) for n in range(1, 6))],
        ["Wilayah", 2020, 2021, 2022, 2023, 2024],
        ["Siswa", 1, 2, 3, 4, 5],
        [None, "Jan", "Feb", "Mar", "Apr", "Mei"],
    ],
)
def test_days_years_and_counts_may_be_headers(tmp_path: Path, head: list[object]) -> None:
    rows = [head, *([f"Nama {n}", n + 7.5, 8, 7.5, 0, n] for n in range(12))]
    assert table_of(tmp_path, [["*dalam ribuan"], *rows]).layout.header_row == 2


def test_header_repeated_on_each_page_is_located_at_its_first_row(tmp_path: Path) -> None:
    rows = [HEAD, *data(6), HEAD, *data(4), ["Tahun lalu"], HEAD, *data(5)]
    table = table_of(tmp_path, rows)
    assert (table.layout.header_row, table.rows) == (1, 15)
    assert "2 dropped as repeated_header" in table.notes[-1]


def test_row_of_column_numbers_is_no_data(tmp_path: Path) -> None:
    table = table_of(tmp_path, [HEAD, ["1", "2", "3", "4"], *data()])
    assert table.options["columnNumbers"] is True
    assert [c.logical for c in table.columns] == ["integer", "date", "string", "integer"]


def test_blank_and_repeated_headers_have_stable_names(tmp_path: Path) -> None:
    rows = [["SKU", "Qty", "Qty", None, "Ket"], *([f"S{n}", n, n, "x", "y"] for n in range(8))]
    names = [c.name for c in table_of(tmp_path, rows).columns]
    assert names == ["sku", "qty", "qty_2", "column_d", "ket"]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("Task ID", "task_id", "task_id_2"),
        ("Total >10000", "Total =10000", "total_10000_2"),
        ("Qty.", "Qty (!)", "qty_2"),
        ("noHP", "No. HP", "no_hp_2"),
    ],
)
def test_headers_that_differ_in_signs_alone_have_names_of_their_own(
    tmp_path: Path, first: str, second: str, name: str
) -> None:
    rows = [[first, second, "Owner"], *([f"K{n}", f"L{n}", "x"] for n in range(12))]
    table = table_of(tmp_path, rows)
    assert (table.columns[1].name, table.columns[1].header) == (name, second)
    assert (table.clean, table.quarantined) == (12, 0)


def test_a_tab_with_a_header_alone_is_a_table_that_may_be_empty(tmp_path: Path) -> None:
    table = table_of(tmp_path, [["Formulir"], [], ["Kode", "Nama Barang", "Jumlah"]])
    assert (table.layout.header_row, table.options) == (3, {"allowEmpty": True})


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "empty"),
        ([[" ", None]], "empty"),
        (Sheet([], kind="OBJECT"), "chart"),
        (Sheet([], kind="DATA_SOURCE"), "connected_data"),
        ([["Jangan diubah"]], "note"),
        ([["Kepada Yth."], ["Bapak Budi"], ["di tempat"], ["Hormat kami,"]], "note"),
        ([["H = Hadir"], ["S = Sakit"], ["I = Izin"], ["A = Alpa"]], "note"),
        ([["Catatan: harga naik bulan depan"], ["Hubungi Budi"]], "note"),
        (
            [
                *(["DASBOR"], [], ["Omzet", None, "Laba", None, "Pelanggan"]),
                *([125000, None, 32000, None, 845], [], ["Target", None, "Capaian"]),
                [150000, None, 0.83],
            ],
            "dashboard",
        ),
        ([["PETUNJUK"], ["1. Isi kolom"], ["2. Simpan"], ["3. Tutup"]], "note"),
        ([["Rapat 5 Mei"], [], ["Hadir: Ani"], ["Rapat lagi Juni"]], "note"),
        ([["Keterangan warna:"], ["Merah = belum"], ["Hijau = lunas"], ["Biru = cicil"]], "note"),
        (
            [["Perusahaan", "PT A"], ["Alamat", "Jl. A"], ["Buku", 2024], ["PPN", 0.11], ["X", 3]],
            "pairs",
        ),
        (
            [[f"Catatan panjang nomor {n} tentang cara mengisi berkas ini"] for n in range(4)],
            "note",
        ),
        ([[n, n * 2, n * 3] for n in range(9)], "no_header"),
        (
            [
                ["Nama", "Andi", "Budi", "Cici"],
                ["Umur", 20, 31, 44],
                ["Lahir", date(2000, 1, 1), date(2001, 1, 1), date(2002, 1, 1)],
                ["Kota", "Medan", "Bali", "Solo"],
            ],
            "transposed",
        ),
        (
            [
                ["DASHBOARD"],
                [],
                ["Total Penjualan", None, "Target", None, "Capaian"],
                [125000000, None, 150000000, None, "83%"],
                [],
                ["Top Produk", None, None, "Cabang terbaik"],
                ["Kopi", 120, None, "Bandung", 9],
                ["Teh", 80],
                [],
                [None, None, "Update: 1 Jan"],
            ],
            "dashboard",
        ),
    ],
)
def test_what_is_no_table_is_listed_with_the_reason(
    tmp_path: Path, rows: object, code: str
) -> None:
    assert reason_of(tmp_path, rows) == code  # type: ignore[arg-type]
