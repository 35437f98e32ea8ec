"""Small forms above a table, in whatever columns they stand, make no table and no header."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import proposed

HEAD = ["No", "Barang", "Qty", "Harga", "Jumlah"]
LINES = [[n, f"Barang {n}", n + 1, 500 * n, 500 * n * (n + 1)] for n in range(1, 9)]
DAY = date(2025, 5, 3)


@pytest.mark.parametrize(
    "form",
    [
        [
            ["CV MAJU JAYA", None, None, "No. PO", "PO-0012"],
            ["Jl. Industri 5", None, None, "Tgl", DAY],
            ["Bandung", None, None, "Jatuh Tempo", date(2025, 6, 3)],
        ],
        [
            ["TOKO BERKAH", None, None, "Kasir", "Budi"],
            ["Jl. Anggrek", None, None, "Shift", "Pagi"],
            ["Cimahi", None, None, "Status", "Tutup"],
        ],
        [
            ["Quote", "Q-1001", None, "Valid until", DAY],
            ["Client", "Bolt Ltd", None, "Prepared", DAY],
        ],
        [["Nama Toko : X", None, None, "Tanggal", "3 Mei 2025"], ["Alamat : Y"]],
    ],
)
def test_a_form_beside_a_letterhead_is_no_table(tmp_path: Path, form: list[list[Any]]) -> None:
    (table,) = proposed(tmp_path, {"Faktur": [*form, [], HEAD, *LINES]}).tables
    assert table.layout.header_row == len(form) + 2
    assert (table.clean, table.quarantined) == (len(LINES), 0)
    assert table.accounted == len(form) + 2 + len(LINES)


def test_lines_of_labels_and_values_right_above_a_header_are_none(tmp_path: Path) -> None:
    form = [
        ["SLIP GAJI"],
        ["Nama", "Budi", "NIK", "3201"],
        ["Bagian", "Gudang", "Bulan", "Mei 2025"],
    ]
    lines = [[f"Komponen {n}", "Tambah", n * 1000, "tetap"] for n in range(1, 7)]
    (table,) = proposed(
        tmp_path, {"Slip": [*form, ["Komponen", "Jenis", "Jumlah", "Ket"], *lines]}
    ).tables
    assert (table.layout.header_row, table.clean) == (4, 6)


def test_a_small_table_above_another_is_one(tmp_path: Path) -> None:
    targets = [["Kategori", "Target", "Realisasi"], ["Makan", 120, 100], ["Minum", 80, 85]]
    days = [[date(2025, 5, n), "Makan", n, n * 700] for n in range(1, 12)]
    rows = [*targets, [], ["Tanggal", "Kategori", "Qty", "Total"], *days]
    assert [t.rows for t in proposed(tmp_path, {"Mei": rows}).tables] == [2, 11]
