"""Headers of several rows, lines that describe columns, and rows above that are no header."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import Sheet, table_of


def stock(count: int = 12) -> list[list[Any]]:
    """Return lines of a stock card."""
    return [
        [date(2025, 6, n), f"00{n}", "jual", None, n, n * 1.5, 900 - n, n / 4]
        for n in range(1, count + 1)
    ]


TOP = ["Tgl", "No. Nota", "Ket", "Masuk", "Keluar", "Harga", "Sisa", "Sisa"]
LOW = [None, None, None, None, None, "Pokok", "pcs", "mtr"]
DOWN = tuple((0, 2, n, n + 1) for n in range(5))


@pytest.mark.parametrize("merges", [(), DOWN])
def test_names_broken_over_two_rows_are_joined(tmp_path: Path, merges: Any) -> None:
    table = table_of(tmp_path, Sheet([TOP, LOW, *stock()], merges))
    assert [c.name for c in table.columns][4:] == ["keluar", "harga_pokok", "sisa_pcs", "sisa_mtr"]
    assert (table.layout.header_rows, table.clean, table.quarantined) == (2, 12, 0)


def test_a_form_above_a_header_of_two_rows_is_no_part_of_it(tmp_path: Path) -> None:
    form = [["KARTU STOK"], ["Nama Barang : Genteng beton"], ["Gudang", ":", "Timur"]]
    table = table_of(tmp_path, [*form, TOP, LOW, *stock()])
    assert (table.layout.header_row, table.layout.header_rows) == (4, 2)


@pytest.mark.parametrize(
    "above",
    [
        ["Diperbarui pada:", None, None, date(2025, 6, 30)],
        ["Diperbarui pada:", None, None, "30-Jun 2025"],
        ["Per tanggal", date(2025, 6, 30)],
        ["As of", None, None, "Dec-27 2020"],
        ["Cabang : Solo", None, None, "Kode : 12"],
        ["PT MAJU JAYA"],
    ],
)
def test_a_fact_above_the_header_is_no_part_of_it(tmp_path: Path, above: list[Any]) -> None:
    head = ["Tgl", "No. Nota", "Ket", "Masuk", "Keluar", "Harga", "Nilai", "Sisa"]
    merges = ((0, 1, 0, 3),)
    table = table_of(tmp_path, Sheet([above, head, *stock()], merges))
    assert (table.layout.header_row, table.layout.header_rows, table.clean) == (2, 1, 12)
    assert table.columns[0].logical == "date"


@pytest.mark.parametrize("merged", [True, False])
def test_a_header_of_three_rows_has_the_words_of_all(tmp_path: Path, merged: bool) -> None:
    rows = [
        ["Nama", "Hadir", None, None, None, None],
        [None, "Masuk", None, "Siang", "Keluar", None],
        [None, "Pukul", "Telat", "Pukul", "Pukul", "Kurang"],
        *([f"Orang {n}", "07:1" + str(n % 9), n, "12:00", "16:30", 0] for n in range(14)),
    ]
    merges = ((0, 3, 0, 1), (0, 1, 1, 6), (1, 2, 1, 3), (1, 2, 4, 6)) if merged else ()
    table = table_of(tmp_path, Sheet(rows, merges))
    assert table.layout.header_rows == 3
    assert [c.name for c in table.columns][1:] == [
        *("hadir_masuk_pukul", "hadir_masuk_telat", "hadir_siang_pukul", "hadir_keluar_pukul"),
        "hadir_keluar_kurang",
    ]
    assert table.quarantined == 0


def test_names_broken_over_units_are_joined_wherever_they_stand(tmp_path: Path) -> None:
    rows = [
        [None, "Invoice", "Invoice", "Customer", "Amount", "Amount", "Due"],
        [None, "No", "Date", "Name", "(IDR)", "(USD)", "Date"],
        *([None, f"I-{n}", day(n), f"Toko {n}", n * 900, n / 4, day(n + 9)] for n in range(1, 13)),
    ]
    table = table_of(tmp_path, rows)
    assert [c.header for c in table.columns] == [
        *("Invoice No", "Invoice Date", "Customer Name", "Amount (IDR)", "Amount (USD)"),
        "Due Date",
    ]
    assert (table.clean, table.quarantined) == (12, 0)


def test_units_below_groups_and_names_are_the_headers_third_row(tmp_path: Path) -> None:
    rows = [
        ["Kolam", "Tebar", None, "Panen", None],
        [None, "Tanggal", "Jumlah", "Tanggal", "Berat"],
        [None, None, "(ekor)", None, "(kg)"],
        *([f"K{n}", day(n), 1000 + n, day(n + 9), 12.5 + n] for n in range(1, 13)),
    ]
    table = table_of(tmp_path, Sheet(rows, ((0, 2, 0, 1), (0, 1, 1, 3), (0, 1, 3, 5))))
    assert table.columns[4].header == "Panen Berat (kg)"
    assert (table.layout.header_rows, table.clean, table.quarantined) == (3, 12, 0)


def test_a_cell_merged_over_four_rows_says_how_deep_the_header_is(tmp_path: Path) -> None:
    rows = [
        ["Desa", "Imunisasi", None, None, None, None, None],
        [None, "BCG", None, None, "Polio", None, None],
        [None, "Target", "Capaian", None, "Target", "Capaian", None],
        [None, None, "L", "P", None, "L", "P"],
        *([f"Desa {n}", n + 9, n + 3, n + 7, n + 2, n, 4] for n in range(1, 13)),
    ]
    merges = (
        *((0, 4, 0, 1), (0, 1, 1, 7), (1, 2, 1, 4), (1, 2, 4, 7)),
        *((2, 4, 1, 2), (2, 3, 2, 4), (2, 4, 4, 5), (2, 3, 5, 7)),
    )
    table = table_of(tmp_path, Sheet(rows, merges))
    assert (table.layout.header_row, table.layout.header_rows) == (1, 4)
    assert (table.clean, table.quarantined) == (12, 0)


def day(number: int) -> date:
    return date(2025, 1, number)


SAMPLES = [[f"S{n}", date(2025, 7, n), n * 1.5, n * 2.25] for n in range(1, 15)]


@pytest.mark.parametrize(
    "units", [["gram", "°C"], ["kg", "%"], ["Rp", "pcs"], ["WIB", "°C"], ["mg/l", "ppm"]]
)
def test_a_line_of_units_is_no_data_and_gives_the_units(tmp_path: Path, units: list[str]) -> None:
    rows = [["Kode", "Tanggal", "Berat", "Suhu"], [None, None, *units], *SAMPLES]
    table = table_of(tmp_path, rows)
    assert [(c.name, c.unit) for c in table.columns][2:] == [
        ("berat", units[0]),
        ("suhu", units[1]),
    ]
    assert (table.rows, table.clean, table.quarantined) == (14, 14, 0)
    assert "1 dropped as description_row" in table.notes[-1]


@pytest.mark.parametrize(
    "below",
    [
        [None, None, "liter", "Rp/liter"],
        [None, "-", "mg/L", "°C"],
        ["teks", "dd/mm/yyyy", "angka", "angka"],
    ],
)
def test_a_line_of_rates_or_of_what_to_type_is_no_data(tmp_path: Path, below: list[Any]) -> None:
    table = table_of(tmp_path, [["Kode", "Tanggal", "Volume", "Harga"], below, *SAMPLES])
    assert (table.rows, table.clean, table.quarantined) == (14, 14, 0)
    assert "1 dropped as description_row" in table.notes[-1]


def test_a_line_of_descriptions_describes_the_columns(tmp_path: Path) -> None:
    said = [
        "diisi oleh petugas lab",
        "hari contoh diambil",
        "berat kering contoh",
        "suhu saat diukur",
    ]
    table = table_of(tmp_path, [["Kode", "Tanggal", "Berat", "Suhu"], said, *SAMPLES])
    assert [c.description for c in table.columns] == said
    assert (table.clean, table.quarantined) == (14, 0)


def test_units_in_brackets_stay_part_of_the_header_and_are_units(tmp_path: Path) -> None:
    rows = [["Kode", "Tanggal", "Berat", "Suhu"], [None, None, "(kg)", "(°C)"], *SAMPLES]
    columns = table_of(tmp_path, rows).columns
    assert [(c.name, c.unit) for c in columns][2:] == [("berat_kg", "kg"), ("suhu_c", "°C")]


@pytest.mark.parametrize(
    "first",
    [
        ["S0", "belum", "-", "n/a"],
        ["S0", date(2025, 7, 1), "habis", 3.5],
        ["Total", None, 75.5, 22.5],
    ],
)
def test_an_odd_first_row_of_data_is_no_header(tmp_path: Path, first: list[Any]) -> None:
    table = table_of(tmp_path, [["Kode", "Tanggal", "Berat", "Suhu"], first, *SAMPLES])
    assert (table.layout.header_rows, table.options.get("descriptionRow")) == (1, None)


def test_tables_with_titles_of_their_own_beside_each_other_are_not_joined(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Stok", None, None, "Harga"], [], ["SKU", "Qty", None, "Nama", "Rp"]]
    rows += [[f"S{n}", n, None, f"Barang {n}", n * 500] for n in range(12)]
    table = table_of(tmp_path, rows)
    assert [c.name for c in table.columns] == ["sku", "qty"]


def lines(*kinds: str) -> list[list[Any]]:
    """Return rows of data with a number, a text or a time in each column."""
    made = {"n": lambda n: n * 7 + 3, "t": lambda n: f"Semen {n}", "h": lambda n: f"07:1{n % 9}"}
    return [[made[kind](n) for kind in kinds] for n in range(1, 13)]


HEADERS: dict[str, tuple[list[list[Any]], list[list[Any]], str]] = {
    "names over two rows, each once": (
        [["No.", "Nama", "Harga", "Jumlah"], [None, "Barang", "Satuan", None]],
        lines(*"ntnn"),
        "no nama_barang harga_satuan jumlah",
    ),
    "the same over text": (
        [["No.", "Nama", "Alamat", "Jumlah"], [None, "Pelanggan", "Kirim", None]],
        lines(*"nttn"),
        "no nama_pelanggan alamat_kirim jumlah",
    ),
    "groups over some": (
        [["No", "Uraian", "Harga", None, "Total"], [None, None, "Bahan", "Upah", None]],
        lines(*"ntnnn"),
        "no uraian harga_bahan harga_upah total",
    ),
    "groups over all": (
        [["Identitas", None, "Nilai", None], ["NIS", "Nama", "UTS", "UAS"]],
        lines(*"ntnn"),
        "identitas_nis identitas_nama nilai_uts nilai_uas",
    ),
    "names below groups": (
        [[None, None, "Awal", None, "Masuk", None], ["No", "Nama", "Qty", "Rp", "Qty", "Rp"]],
        lines(*"ntnnnn"),
        "no nama awal_qty awal_rp masuk_qty masuk_rp",
    ),
    "years over names": (
        [[None, 2023, None, 2024, None], ["Cabang", "Target", "Real", "Target", "Real"]],
        lines(*"tnnnn"),
        "cabang c_2023_target c_2023_real c_2024_target c_2024_real",
    ),
    "days over names": (
        [
            ["Nama", date(2025, 1, 1), None, date(2025, 1, 2), None],
            [None, "Masuk", "Pulang", "Masuk", "Pulang"],
        ],
        lines(*"thhhh"),
        "nama c_2025_01_01_masuk c_2025_01_01_pulang c_2025_01_02_masuk c_2025_01_02_pulang",
    ),
    "three rows, the last of units": (
        [["Kode", "Hasil", None], [None, "Berat", "Panjang"], [None, "(kg)", "(cm)"]],
        lines(*"tnn"),
        "kode hasil_berat_kg hasil_panjang_cm",
    ),
    "a title and a page number above": (
        [["PT MAJU", None, "Halaman 1"], ["Tgl", "Ket", "Jumlah"]],
        lines(*"ntn"),
        "tgl ket jumlah",
    ),
}


@pytest.mark.parametrize(("head", "body", "names"), HEADERS.values(), ids=HEADERS)
def test_headers_of_several_rows_without_merges(
    tmp_path: Path, head: list[Any], body: list[Any], names: str
) -> None:
    table = table_of(tmp_path, [*head, *body])
    assert " ".join(c.name for c in table.columns) == names
    assert (table.clean, table.quarantined) == (12, 0)


@pytest.mark.parametrize(
    "line",
    [
        ["dd/mm/yyyy", "teks", "angka", "angka", "angka"],
        ["date", "text", "number", "number", "currency"],
        ["wajib", "wajib", "opsional", "opsional", "wajib"],
        ["diisi tanggal", "sesuai PO", "dalam kilogram", "derajat celcius", "rupiah per kg"],
    ],
)
def test_line_of_words_over_columns_of_numbers_and_dates_says_what_to_enter(
    tmp_path: Path, line: list[str]
) -> None:
    rows: list[list[Any]] = [["Tanggal", "Nama Bahan", "Berat", "Suhu", "Harga"], line]
    rows += [[date(2025, 6, n), f"Bahan {n}", n * 1.5, 20 + n, 1000 * n] for n in range(1, 26)]
    table = table_of(tmp_path, rows)
    assert list(table.options["descriptionRow"].values()) == line
    assert (table.clean, table.quarantined) == (25, 0)


def test_a_note_below_a_wide_table_is_not_its_header(tmp_path: Path) -> None:
    """A month's attendance: a day a column, and what the letters mean below."""
    days = [
        ["H", "H", "S", "I", None][(person * day) % 5] for person in range(12) for day in range(31)
    ]
    lines = [[n + 1, f"Karyawan {n}", "Gudang", *days[n * 31 :][:31]] for n in range(12)]
    rows = [["ABSENSI MARET 2025"], ["No", "Nama", "Bagian", *range(1, 32)], *lines, []]
    table = table_of(tmp_path, [*rows, ["Keterangan: H = Hadir, S = Sakit, I = Izin"]])
    assert (table.layout.header_row, table.clean, table.quarantined) == (2, 12, 0)
    assert len(table.columns) == 34


@pytest.mark.parametrize(
    "line",
    [["int", "varchar(50)", "decimal(18,2)"], ["Wajib diisi", "Wajib diisi", "Opsional"]],
)
def test_line_of_what_is_to_be_typed_is_no_data(tmp_path, line):
    rows = [[n, f"Barang {n}", 500.5 * n] for n in range(1, 20)]
    table = table_of(tmp_path, [["id", "name", "price"], line, *rows])
    assert (table.rows, table.clean, table.quarantined) == (19, 19, 0)
    assert list(table.options["descriptionRow"].values()) == line
