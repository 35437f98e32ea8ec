"""Codes stay codes: a type is proposed only where different texts stay different values."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.discovery.naming import identifier
from candid_assets.discovery.office_words import names_codes, words_of
from candid_assets_tests.discovery.kit import column_of, proposed

AS_TEXT: list[tuple[str, list[Any]]] = [
    ("Klausul", ["4.1", "4.10", "4.2"]),
    ("Uraian", ["5.1", "5.10", "5.11"]),
    ("Bagian", ["1.1.01", "2.1.02", "3.4.05"]),
    ("Rak", ["2-2-02", "3-1-01", "1-1-01"]),
    ("Rak", ["10/10/11", "1/2/03", "1/2/04"]),
    ("Pos", ["1.1.5101", "1.1.5102", "1.2.5101"]),
    ("Pos", ["1101-01-01", "1102-01-01", "1102-02-01"]),
    ("Kode Dokumen", ["2024-01-02", "2024-01-03", "2024-01-04"]),
    ("No Dokumen", ["2024-01-02", "2024-01-03", "2024-01-04"]),
    ("Rilis", ["1", "1.0", "2"]),
    ("Cabang", ["007", "12", "13"]),
    ("Seri", ["12E5", "13E7", "14E2"]),
    ("Akun", [1101, 1102, 2101]),
    ("kode_brand", [200, 201, 202]),
    ("postalCode", [40111, 40112, "12345-6789"]),
    ("NIKNumber", [3273011200000001, 3273011200000002, 3273011200000003]),
    ("noRekening", [1234567890, 1234567891, 1234567892]),
    ("KodeBarang", [1001, 1002, 1003]),
    ("kd-brg", [1001, 1002, 1003]),
    ("itemcode", [1001, 1002, 1003]),
    ("NPWP", [12345678, 12345679, 12345680]),
    ("Kode Harga", [101, 102, 103]),
    ("No. Resi", [10012, 10013, 10014]),
    ("Barcode", [899123, 899124, 899125]),
    *(
        (header, [1203, 1204, 1305])
        for header in (
            *("No.ID", "No. Induk", "No Anggota", "No Rek", "NIS", "NISN", "NIM", "No Polisi"),
            *("No Faktur", "No PO", "PO Number", "No. Surat Masuk", "Nomor Bukti", "noTransaksi"),
            *("Order Number", "Invoice No.", "No Pelanggan", "NO_KARTU", "No. Kamar", "Kode"),
        )
    ),
]
AS_VALUES: list[tuple[str, list[Any], str]] = [
    ("Harga", ["5.1", "5.10", "5.25"], "number"),
    ("Stok", ["1.000", "1000", "2.500"], "integer"),
    ("Nilai", ["1.000", "1.000,00", "2.500,50"], "number"),
    ("Kirim", ["1/2/24", "15/3/24", "20/4/24"], "date"),
    ("Tgl", ["1.1.24", "2.1.24", "3.1.24"], "date"),
    ("Tanggal Lahir", ["1-2-87", "3-4-91", "5-6-88"], "date"),
    ("Kirim", ["1-1-2024", "2-1-2024", "3-1-2024"], "date"),
    ("Kirim", [*[date(2025, 1, n) for n in range(1, 5)], "1/2/25"], "date"),
    ("Jumlah HP", [3, 4, 5], "integer"),
    ("Saldo Akun", [1000, 2000, 3000], "number"),
    ("SKU Unit Original Price", [1000, 2000, 3000], "number"),
    ("unitPrice", [1000, 2000, 3000], "number"),
    *(
        (header, [1203, 1204, 1305], "integer")
        for header in ("No", "No. Urut", "Nomor", "Number of Order", "Order", "Jumlah Faktur")
    ),
    ("No. & Tgl Faktur", [date(2025, 1, n) for n in range(1, 5)], "date"),
    ("Order Number", [1.5, 2.25, 3.5], "number"),
]


@pytest.mark.parametrize(("header", "values"), AS_TEXT)
def test_codes_stay_text(tmp_path: Path, header: str, values: list[Any]) -> None:
    column = column_of(tmp_path, header, values * 7)
    assert (column.logical, column.guess.options) == ("string", {})


@pytest.mark.parametrize(("header", "values", "logical"), AS_VALUES)
def test_quantities_and_days_are_no_codes(
    tmp_path: Path, header: str, values: list[Any], logical: str
) -> None:
    assert column_of(tmp_path, header, values * 7).logical == logical


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("postalCode", {"postal", "code"}),
        ("NIKNumber", {"nik", "number"}),
        ("noHP", {"no", "hp"}),
        ("PCs", {"pcs"}),
        ("KODE_BARANG", {"kode", "barang"}),
        ("kodebarang", {"kodebarang", "kode"}),
        ("zip-code", {"zip", "code"}),
    ],
)
def test_words_are_divided_by_capitals_and_signs(header: str, words: set[str]) -> None:
    assert words_of(header) == words


@given(st.text(alphabet="abAB _-", max_size=12))
def test_the_words_of_a_header_make_its_name(header: str) -> None:
    parts = identifier(header, digit_prefix="c_").split("_")
    assert words_of(header) == set(filter(None, parts))


def test_a_count_of_codes_is_no_code() -> None:
    assert names_codes(words_of("Kode Barang"))
    assert not names_codes(words_of("Jumlah Kode Barang"))


def test_keys_that_refer_to_one_another_have_one_type(tmp_path: Path) -> None:
    master = [["ID Barang", "Nama"], *([n, f"Barang {n}"] for n in range(1, 31))]
    sales = [["No", "ID Barang", "Qty"], *([n, f"{n % 30 + 1:04d}", n] for n in range(1, 61))]
    tables = proposed(tmp_path, {"Master": master, "Penjualan": sales}).tables
    types = [next(c.logical for c in t.columns if c.name == "id_barang") for t in tables]
    assert types == ["string", "string"]


@pytest.mark.parametrize(
    ("numbers", "national"),
    [
        ([f"(512) 555-01{n:02d}" for n in range(20)], False),
        ([f"(022) 555-01{n:02d}" for n in range(20)], True),
        ([f"0812-3456-70{n:02d}" for n in range(20)], True),
        ([81234567000 + n for n in range(20)], True),
    ],
)
def test_only_numbers_as_they_are_dialled_here_get_the_country_in_front(
    tmp_path: Path, numbers: list[Any], national: bool
) -> None:
    column = column_of(tmp_path, "Phone", numbers, "en_US")
    assert (column.logical, "phone" in column.guess.options) == ("string", national)
