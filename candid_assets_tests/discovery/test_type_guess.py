"""Types from all cells: what the cleaning would read, and text where it would not."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import column_of, proposed, table_of

pytestmark = pytest.mark.slow

DAYS = [date(2025, 1 + n % 12, 1 + n % 28) for n in range(24)]
CASES: list[tuple[str, str, list[Any], str, dict[str, Any]]] = [
    ("whole numbers", "Qty", [*range(24)], "integer", {}),
    ("decimals", "Berat", [n / 4 for n in range(24)], "number", {}),
    ("money is a number", "Harga", [n * 500 for n in range(24)], "number", {}),
    ("rupiah text", "Nilai", [f"Rp {n}.250.000" for n in range(1, 24)], "number", {}),
    ("rupiah with a dash", "Nilai", [f"Rp. {n}.000,-" for n in range(1, 24)], "number", {}),
    ("units", "Omzet", ["1,2 jt", "500 rb", "3 juta", "75 ribu"] * 5, "number", {}),
    ("percent", "Diskon", [f"{n},5%" for n in range(24)], "number", {"shownAs": "%"}),
    ("accounting", "Selisih", ["(1.000)", "2.500", "-3.000"] * 6, "integer", {}),
    ("english", "Amount", [f"{n},250.75" for n in range(1, 24)], "number", {"notation": "en"}),
    (
        "dollars",
        "Amount",
        [f"${n},250.75" for n in range(1, 24)],
        "number",
        {"notation": "en", "currency": "USD"},
    ),
    (
        "euros behind",
        "Nilai",
        [f"{n}.250,75 €" for n in range(9, 33)],
        "number",
        {"currency": "EUR"},
    ),
    ("two currencies", "Nilai", ["$1.250", "Rp 5.000", "US$ 3.400"] * 8, "string", {}),
    ("counted in a group of money", "Penjualan Qty", [*range(24)], "integer", {}),
    ("english decimals", "Rate", [f"{n}.25" for n in range(24)], "number", {"notation": "en"}),
    ("accounting zeros", "Saldo", ["Rp 1.250.000", " Rp -   ", "Rp (500,00)"] * 8, "number", {}),
    (
        "debit and credit",
        "Mutasi",
        [f"{n},490.00 {'DB' if n % 2 else 'CR'}" for n in range(1, 25)],
        "number",
        {"notation": "en", "negativeMarks": ["db"], "positiveMarks": ["cr"]},
    ),
    ("thousands in K are no credits", "Nilai", [f"{n} K" for n in range(1, 25)], "string", {}),
    ("a bank's zeros", "Mutasi", [".00", "1,250.00", ".50"] * 8, "number", {"notation": "en"}),
    ("guarded codes", "Cabang", [f"'{n:04d}" for n in range(24)], "string", {"guarded": True}),
    ("apostrophes of names", "Nama", ["'Aisyiyah", "Budi", "Citra"] * 8, "string", {}),
    (
        "lengths of time",
        "Total Jam",
        ["7:15", "37:30", "8:00"] * 8,
        "number",
        {"duration": "hours", "unit": "hours"},
    ),
    (
        "lengths in words",
        "Durasi",
        ["2 jam 20 menit", "90 menit", "1 jam"] * 8,
        "number",
        {"duration": "minutes", "unit": "minutes"},
    ),
    ("metres are no minutes", "Panjang", [f"{n} m" for n in range(1, 25)], "string", {}),
    ("a slip among moments", "Jam Masuk", [*["08:15", "09:30"] * 14, "25:10"], "time", {}),
    ("leading zeros", "Cabang", [f"{n:03d}" for n in range(24)], "string", {}),
    ("long figures", "Nomor", [f"32730112{n:08d}" for n in range(24)], "string", {}),
    ("identity numbers", "NIK", [3273011200000000 + n for n in range(24)], "string", {}),
    ("post codes", "Kode Pos", [40111 + n for n in range(24)], "string", {}),
    ("phones", "No HP", [f"0812-3456-7{n:03d}" for n in range(24)], "string", {"phone": True}),
    ("foreign phones", "Phone", [f"+1-555-01{n:02d}" for n in range(24)], "string", {}),
    ("date cells", "Tgl", DAYS, "date", {}),
    ("dates in words", "Tgl", [f"{n} Agt 2025" for n in range(1, 25)], "date", {}),
    ("dates with weekday", "Tgl", ["Senin, 6 Januari 2025", "Jumat, 10 Jan 2025"] * 9, "date", {}),
    ("figures", "Tgl", [d.strftime("%d/%m/%Y") for d in DAYS], "date", {}),
    ("month first", "Date", [d.strftime("%m/%d/%Y") for d in DAYS], "date", {"dateOrder": "mdy"}),
    ("iso", "Date", [d.isoformat() for d in DAYS], "date", {}),
    ("cells and text", "Tgl", [*DAYS, *(f"{n}-8-2025" for n in range(13, 23))], "date", {}),
    ("moments", "Dibuat", [datetime(2025, 8, d.day, 9, 30) for d in DAYS], "timestamp", {}),  # noqa: DTZ001
    ("moments as text", "At", [f"{d} 09:30" for d in DAYS], "timestamp", {}),
    ("midnights", "Tgl", [datetime(2025, 8, d.day) for d in DAYS], "date", {}),  # noqa: DTZ001
    ("time cells", "Jam", [time(n, 15) for n in range(24)], "time", {}),
    ("times with dots", "Jam Masuk", [f"{n:02d}.15" for n in range(24)], "time", {}),
    ("checkboxes", "Lunas", [True, False] * 12, "boolean", {}),
    ("yes and no", "Aktif", ["Ya", "Tidak"] * 12, "boolean", {}),
    ("letters", "Member", ["Y", "N"] * 12, "boolean", {}),
    ("sex is no boolean", "JK", ["L", "P"] * 12, "string", {}),
    ("zero and one", "Flag", [0, 1] * 12, "integer", {}),
    ("house numbers", "No Rumah", ["12", "12A", "7/3", "8"] * 6, "string", {}),
    ("versions", "Versi", [f"1.{n}.2" for n in range(24)], "string", {}),
    ("quantities with units", "Ukuran", ["10 cm", "5 kg", "XL"] * 8, "string", {}),
    ("dashes", "Stok", [n if n % 3 else "-" for n in range(24)], "integer", {}),
    ("years", "Tahun", [2020 + n % 5 for n in range(24)], "integer", {}),
    ("nothing", "Catatan", [None] * 24, "string", {}),
]


@pytest.mark.parametrize(
    ("header", "values", "logical", "options"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_column_is_typed_by_all_its_cells(
    tmp_path: Path, header: str, values: list[Any], logical: str, options: dict[str, Any]
) -> None:
    column = column_of(tmp_path, header, values)
    assert column.logical == logical, column.guess
    shown = {key: value for key, value in column.guess.options.items() if key != "synonyms"}
    assert shown == options


def test_blank_words_become_blank_words_of_the_column(tmp_path: Path) -> None:
    column = column_of(tmp_path, "Nilai", [n if n % 3 else "N/A" for n in range(24)])
    assert column.logical == "integer"
    assert "n/a" in column.guess.options["blankWords"]


def test_few_misfits_are_reported_and_quarantined(tmp_path: Path) -> None:
    values = ["habis" if n in (3, 17) else n for n in range(40)]
    rows = [["Kode", "Stok"], *([f"K{n:02d}", value] for n, value in enumerate(values))]
    table = table_of(tmp_path, rows)
    assert table.columns[1].notes[0] == "integer: 38 of 40 cells"
    assert (table.clean, table.quarantined) == (38, 2)


def test_column_that_would_quarantine_many_rows_stays_text(tmp_path: Path) -> None:
    columns = 6
    rows: list[list[Any]] = [["Kode", *(f"Nilai {c}" for c in range(columns))]]
    for n in range(60):
        rows.append([f"K{n:02d}", *("habis" if n % 12 == 2 * c else n for c in range(columns))])
    table = table_of(tmp_path, rows)
    assert table.quarantined <= 0.2 * 60
    assert any("left as text" in note for c in table.columns for note in c.notes)


def test_the_notation_of_doubtful_numbers_is_that_of_the_tab(tmp_path: Path) -> None:
    rows = [["Code", "A", "B"], *([f"K{n}", "12.500", f"{n}.25"] for n in range(12))]
    assert table_of(tmp_path, rows).columns[1].guess.options == {"notation": "en"}
    rows = [["Kode", "A", "B"], *([f"K{n}", "12.500", f"{n},25"] for n in range(12))]
    assert table_of(tmp_path, rows).columns[1].guess.options == {}


def test_keys_are_codes_then_pairs_of_codes_and_days(tmp_path: Path) -> None:
    head = ["No", "Tgl", "Kode Barang", "Qty"]
    rows = [head, *([n + 1, DAYS[n % 6], f"B{n // 6}", n * 3 % 7] for n in range(24))]
    table = table_of(tmp_path, rows)
    assert table.primary_key == ("tgl", "kode_barang")
    assert "composite key: 24 of 24 rows have their own" in table.columns[1].notes


def test_key_with_few_duplicates_is_a_question_and_none_is_quarantined(tmp_path: Path) -> None:
    rows = [["No Order", "Qty"], *([f"SO-{n:04d}", n] for n in range(150))]
    rows[20][0] = rows[10][0]
    table = table_of(tmp_path, rows)
    assert (table.primary_key, table.quarantined) == ((), 0)
    assert "is no_order the key? 149 of 150 rows have their own" in table.columns[0].notes[-1]


def test_enumerations_take_spellings_of_one_word_together(tmp_path: Path) -> None:
    values = ["lunas", "tempo", "Lunas"] * 14
    column = column_of(tmp_path, "Status", [*values, "lunas", "tempo"])
    assert column.enum == ("lunas", "tempo")
    assert column.guess.options == {"synonyms": {"lunas": "lunas"}}


def test_foreign_key_is_proposed_where_nearly_all_values_match(tmp_path: Path) -> None:
    outlets = [["Kode Outlet", "Nama"], *([f"O{n:02d}", f"Toko {n}"] for n in range(12))]
    orders = [["No Order", "Kode Outlet"], *([f"SO{n:03d}", f"O{n % 12:02d}"] for n in range(40))]
    proposal = proposed(tmp_path, {"Outlet": outlets, "Order": orders})
    column = proposal.tables[1].columns[1]
    assert column.reference == "toko__outlet.kode_outlet"
    assert "40 of 40 found in outlet: 12 values, of 12 there" in column.notes


@pytest.mark.parametrize(
    ("locale", "values", "blocked"),
    [
        ("en_US", [12.5, 7.25, "1.250.000", 3.75] * 5, True),
        ("en_US", [12.5, 7.25, 3.75, 8.1] * 5, False),
        ("en_US", [1250000, 2000000, "1.250.000", 3750000] * 5, False),
        ("in_ID", [12.5, 7.25, "1.250.000", 3.75] * 5, False),
        ("in_ID", [12.5, 7.25, "1,250,000", 3.75] * 5, True),
    ],
)
def test_numbers_that_the_locale_misread_block_the_column(
    tmp_path: Path, locale: str, values: list[Any], blocked: bool
) -> None:
    assert (column_of(tmp_path, "Nilai", values, locale).blocked is not None) is blocked


@pytest.mark.parametrize(
    ("locale", "days", "texts", "blocked"),
    [
        ("en_US", range(1, 13), [f"{n}/08/2025" for n in range(13, 25)], True),
        ("en_US", range(1, 25), [f"{n}/08/2025" for n in range(13, 25)], False),
        ("in_ID", range(1, 13), [f"{n}/08/2025" for n in range(13, 25)], False),
    ],
)
def test_dates_that_the_locale_misread_block_the_column(
    tmp_path: Path, locale: str, days: range, texts: list[str], blocked: bool
) -> None:
    values = [*(date(2025, 9, day) for day in days), *texts]
    column = column_of(tmp_path, "Tgl", values, locale)
    assert (column.blocked is not None) is blocked
    assert column.logical == "date"


def test_once_proven_the_other_columns_of_money_are_suspected(tmp_path: Path) -> None:
    first = [["Kode", "Nilai"], *([f"K{n}", 12.5 if n % 2 else "1.250.000"] for n in range(12))]
    other = [["Kode", "Harga"], *([f"K{n}", n + 0.25] for n in range(12))]
    proposal = proposed(tmp_path, {"A": other, "B": first}, "en_US")
    assert [b.title for t in proposal.tables for b in t.blocked] == ["A", "B"]


def test_numbers_whose_thousands_are_divided_by_spaces_are_numbers(tmp_path: Path) -> None:
    amounts = [f"{n * 1_253_500:,}".replace(",", " ") for n in range(1, 20)]
    assert column_of(tmp_path / "a", "Penduduk", amounts).logical == "integer"
    alike = [f"1 25{n % 10} 000" for n in range(20)]
    assert column_of(tmp_path / "b", "Harga", alike).logical == "number"
    assert column_of(tmp_path / "c", "Acuan", alike).logical == "string"
    mixed = [*range(1_000_000, 1_000_015), *alike[:3]]
    assert column_of(tmp_path / "d", "Acuan", mixed).logical == "integer"


def test_codes_with_dots_say_nothing_of_how_amounts_are_typed(tmp_path: Path) -> None:
    rows = [[f"5.{n % 12}", f"1.{n}", 1_000_000 + n] for n in range(24)]
    table = table_of(tmp_path, [["Klausul", "Versi", "Saldo"], *rows])
    assert [c.logical for c in table.columns] == ["string", "string", "number"]
    assert "notation" not in table.columns[2].guess.options


@pytest.mark.parametrize(("header", "logical"), [("HS", "string"), ("Durasi", "number")])
def test_figures_with_dots_are_lengths_of_time_only_where_the_header_says_so(
    tmp_path: Path, header: str, logical: str
) -> None:
    texts = [f"{1000 + n}.{n:02}.00" for n in range(24)]
    assert column_of(tmp_path, header, texts).logical == logical


@pytest.mark.parametrize(
    ("header", "cells", "logical"),
    [
        ("Buka", ["09.00", "09.30", "10.00"], "time"),
        ("Terlambat", ["0:05", "0:13", "1:02"], "number"),
        ("Setoran Tunai", ["Rp. 1.250.000,-", "NIHIL", "Rp. 75.500,-", "Rp. 8.000,-"], "number"),
        ("SKU Seller Discount", ["0", "0", "0"], "number"),
        ("No. KPJ", [11_000_000_137, 11_000_000_274, 11_000_000_411], "string"),
    ],
)
def test_words_of_shops_and_payrolls_are_known(
    tmp_path: Path, header: str, cells: list[Any], logical: str
) -> None:
    column = column_of(tmp_path, header, cells * 8)
    assert column.logical == logical
