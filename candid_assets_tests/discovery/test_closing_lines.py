"""Lines that close a table (sums by name, notes, signatures) end it, and are left out by name."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import table_of

HEADER = ["Tanggal", "Keterangan", "Debet", "Kredit", "Saldo"]
LINES = [
    [date(2025, 2, n), f"TRANSFER {n}", n * 1000.5, None, 90_000 - n * 1000.5] for n in range(1, 19)
]
CLOSING: list[list[list[Any]]] = [
    [["Saldo Awal", ":", 90_000], ["Mutasi Debet", ":", 171_085.5, 18], ["Saldo Akhir", ":", 1]],
    [["Saldo Awal : 90.000"], ["Saldo Akhir : 72.000"]],
    [["Saldo Awal:", 90_000], ["Saldo Akhir:", 72_000]],
    [["Saldo Awal", ": 90.000"], ["Total Debet", ": 1.000"], ["Saldo Akhir", ": 72.000"]],
    [["Opening balance", None, None, None, 90_000], ["Closing balance", None, None, None, 72_000]],
    [["Terbilang: tujuh puluh dua ribu"], ["Bandung, 28 Februari 2025"], ["Bendahara"], ["(Rina)"]],
    [["Jumlah transaksi", 18], ["Dicetak oleh", "sistem"], ["Catatan: sah tanpa tanda tangan"]],
    [[None, "PPN 11%", None, None, 7_900], [None, "Sisa tagihan:", None, None, 64_000]],
]


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("closing", CLOSING)
def test_closing_lines_are_no_rows(tmp_path: Path, closing: list[Any], gap: int) -> None:
    table = table_of(tmp_path, [HEADER, *LINES, *[[None]] * gap, *closing])
    assert (table.rows, table.clean, table.quarantined) == (18, 18, 0)
    types = {c.name: c.logical for c in table.columns}
    assert (types["tanggal"], types["debet"], types["saldo"]) == ("date", "number", "number")


def test_any_of_the_closing_lines_ends_the_table(tmp_path: Path) -> None:
    table = table_of(tmp_path, [HEADER, *LINES, *CLOSING[0]])
    assert table.options["endsAt"] == ["Saldo Awal", "Mutasi Debet", "Saldo Akhir"]


def test_the_place_of_a_signature_ends_the_table_whatever_its_day(tmp_path: Path) -> None:
    closing = [[None], ["Solo, 28 Februari 2025"], ["Bendahara"], ["(Rina)"]]
    assert table_of(tmp_path, [HEADER, *LINES, *closing]).options["endsAt"] == ["Solo,"]


def test_a_line_that_begins_a_row_of_the_table_too_ends_nothing(tmp_path: Path) -> None:
    first = ["Saldo Awal", None, None, None, 90_000]
    closing = [["Saldo Awal", ":", 90_000], ["Saldo Akhir", ":", 72_000]]
    table = table_of(tmp_path, [HEADER, first, *LINES, *closing])
    assert table.options["endsAt"] == ["Saldo Akhir"]


@pytest.mark.parametrize(
    "rows",
    [
        [[f"Sisa kain {n}", n, n * 500, "rak 1"] for n in range(1, 15)],
        [[f"Ukuran: {n} cm", n, None, None] for n in range(1, 15)],
        [[f"Barang {n}", n, n * 500, None if n > 12 else "ada"] for n in range(1, 15)],
        [[f"08:{n:02d}", n, n * 500, "x"] for n in range(1, 15)],
    ],
    ids=["words of a closing line", "labels", "blanks at the end", "times"],
)
def test_rows_that_only_look_like_closing_lines_are_data(tmp_path: Path, rows: list[Any]) -> None:
    table = table_of(tmp_path, [["Nama", "Qty", "Harga", "Ket"], *rows])
    assert (table.rows, table.options.get("endsAt")) == (14, None)


def test_amounts_written_with_two_decimals_are_numbers(tmp_path: Path) -> None:
    rows = [["Nama", "Jumlah"], *([f"N{n}", f"{n},500.00"] for n in range(1, 15))]
    column = table_of(tmp_path, rows).columns[1]
    assert (column.logical, column.guess.options) == ("number", {"notation": "en"})


GOODS = [[f"K{n:03d}", f"Kopi {n}", "1 kg", 15_000 + n * 700] for n in range(1, 21)]


@pytest.mark.parametrize(
    "closing",
    [
        ["Prices exclude VAT"],
        ["Stok opname gudang"],
        [None, "Harga belum termasuk PPN"],
        [None, "HPP per porsi", None, 12_500],
    ],
)
def test_a_sentence_below_codes_is_no_row(tmp_path: Path, closing: list[Any]) -> None:
    table = table_of(tmp_path, [["Kode", "Barang", "Isi", "Harga"], *GOODS, closing])
    assert (table.rows, table.clean, table.quarantined) == (20, 20, 0)


@pytest.mark.parametrize("begun", [["K021"], [None, "Kopi Susu Gula"]])
def test_a_line_that_somebody_began_is_a_row(tmp_path: Path, begun: list[Any]) -> None:
    table = table_of(tmp_path, [["Kode", "Barang", "Isi", "Harga"], *GOODS, begun])
    assert (table.rows, "endsAt" in table.options) == (21, False)


CROPS = [[f"Kecamatan {n}", 1000 + n * 37, 1200 + n * 11, 5000 + n * 101] for n in range(9)]
WHOLE = [sum(row[place] for row in CROPS) for place in (1, 2, 3)]


@pytest.mark.parametrize(
    ("last", "rows"),
    [
        (["Kabupaten Cianjur", *WHOLE], 9),
        (["Kecamatan Pacet", *WHOLE[:2], WHOLE[2] + 1], 10),
        (["Kecamatan Pacet", 1900, 1100, 5100], 10),
    ],
    ids=["all sums", "but one", "no sums"],
)
def test_a_last_row_named_as_the_whole_is_a_sum_where_all_its_numbers_are(
    tmp_path: Path, last: list[Any], rows: int
) -> None:
    header = ["Kecamatan", "Luas 2022", "Luas 2023", "Produksi 2023"]
    table = table_of(tmp_path, [header, *CROPS, last])
    assert (table.rows, table.clean) == (rows, rows)


@pytest.mark.parametrize(
    ("columns", "rows", "asked"), [((1, 2, 3), 9, False), ((1, 2), 10, True), ((1,), 10, True)]
)
def test_a_rate_beside_the_sums_of_the_whole_does_not_make_it_data(
    tmp_path: Path, columns: tuple[int, ...], rows: int, asked: bool
) -> None:
    header = ["Kecamatan", "Luas 2022", "Luas 2023", "Produksi 2023", "Laju"]
    lines = [[*line, round(1 + n / 7, 2)] for n, line in enumerate(CROPS)]
    lines.append(["Kabupaten Cianjur", *WHOLE, 1.5])
    chosen = [[line[0], *(line[c] for c in columns), line[4]] for line in [header, *lines]]
    table = table_of(tmp_path, chosen)
    assert (table.rows, table.clean) == (rows, rows)
    words = "(kabupaten cianjur): worked out of rows"
    assert any(words in question.text for question in table.questions) == asked


def test_a_cell_that_cannot_be_read_leaves_the_whole_a_sum(tmp_path: Path) -> None:
    header = ["Kecamatan", "Luas 2022", "Luas 2023", "Produksi 2023"]
    lines = [[*CROPS[0][:3], "rusak"], *CROPS[1:], ["Kabupaten Cianjur", *WHOLE]]
    assert table_of(tmp_path, [header, *lines]).rows == 9
