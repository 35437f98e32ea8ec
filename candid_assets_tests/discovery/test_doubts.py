"""What a column or key cannot be trusted for is said, kept out, or asked; nothing is guessed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import column_of, table_of

ITEMS = ["Teh", "Kopi", "Susu", "Roti"] * 12


@pytest.mark.parametrize("word", ["UNKNOWN", "n/a", "NaN", "null", "Tidak diketahui", "undefined"])
def test_a_word_for_nothing_is_no_value_of_a_list(tmp_path: Path, word: str) -> None:
    column = column_of(tmp_path, "Barang", [*ITEMS, *[word] * 4])
    assert column.enum == ("Kopi", "Roti", "Susu", "Teh")
    assert column.guess.options["blankWords"][-1] == word.lower()
    assert not column.required


@pytest.mark.parametrize("word", ["ERROR", "#Error", "err", "Invalid"])
def test_a_word_for_a_fault_sends_its_row_to_quarantine(tmp_path: Path, word: str) -> None:
    values = [*ITEMS, *[word] * 4]
    table = table_of(tmp_path, [["Kode", "Barang"], *([f"K{n}", v] for n, v in enumerate(values))])
    assert table.columns[1].enum == ("Kopi", "Roti", "Susu", "Teh")
    assert (table.clean, table.quarantined) == (48, 4)


@pytest.mark.parametrize("other", ["ERROR", "UNKNOWN"])
def test_a_word_that_may_be_a_choice_is_nothing_beside_another_such_word(
    tmp_path: Path, other: str
) -> None:
    column = column_of(tmp_path, "Metode Bayar", [*ITEMS, *["None"] * 5, *[other] * 3])
    assert column.enum == ("Kopi", "Roti", "Susu", "Teh")
    assert "none" in column.guess.options["blankWords"]
    assert not column.required


def test_a_word_that_may_be_a_choice_is_one_where_it_stands_alone(tmp_path: Path) -> None:
    column = column_of(tmp_path, "Diskon", [*["Gold", "Silver"] * 20, *["None"] * 20])
    assert column.enum == ("Gold", "None", "Silver")
    assert column.guess.options == {}


def test_words_for_nothing_and_for_faults_are_counted_beside_the_column(tmp_path: Path) -> None:
    column = column_of(tmp_path, "Barang", [*ITEMS, *["None"] * 5, "UNKNOWN", *["ERROR"] * 3])
    assert {"6 blank: none, unknown", "3 faults: error"} <= set(column.notes)


def test_such_words_inside_a_text_are_text(tmp_path: Path) -> None:
    column = column_of(tmp_path, "Catatan", [f"error {n}: unknown" for n in range(40)])
    assert column.guess.options == {}


def test_a_key_that_some_rows_break_is_a_question(tmp_path: Path) -> None:
    lines = [[f"T{n // 2}", f"P{n % 7}", n % 5, 5000] for n in range(400)]
    lines += [["T3", "P6", 1, 7000], ["T9", "P4", 2, 8000]]
    table = table_of(tmp_path, [["No Transaksi", "Produk", "Qty", "Harga"], *lines])
    assert (table.primary_key, table.clean, table.quarantined) == ((), 402, 0)
    assert "is no_transaksi and produk the key?" in "; ".join(table.columns[0].notes)


def test_a_code_that_some_rows_share_or_lack_is_a_question(tmp_path: Path) -> None:
    codes = [*(f"F{n}" for n in range(98)), "F3", None]
    rows = [[code, n * 700] for n, code in enumerate(codes)]
    table = table_of(tmp_path, [["No Faktur", "Nilai"], *rows])
    assert (table.primary_key, table.clean) == ((), 100)


def test_two_lines_that_are_equal_in_every_cell_keep_names_from_being_the_key(
    tmp_path: Path,
) -> None:
    rows = [[f"Barang {n}", n % 3, n] for n in range(20)] + [["Barang 7", 1, 7]]
    table = table_of(tmp_path, [["Nama", "Rak", "Qty"], *rows])
    assert (table.primary_key, table.clean) == ((), 21)


@pytest.mark.parametrize("scale", [1000, 1_000_000])
def test_amounts_in_two_scales_are_named_and_kept_out(tmp_path: Path, scale: int) -> None:
    values = [(15 + n % 40) * (scale if n % 7 == 0 else 1) for n in range(70)]
    table = table_of(tmp_path, [["Kode", "Harga"], *([f"K{n}", v] for n, v in enumerate(values))])
    (blocked,) = table.blocked
    assert blocked.reason.startswith("two scales: 60 of 70 amounts")
    assert (blocked.cells[:2], blocked.count) == (("B3", "B4"), 60)
    assert (table.clean, table.quarantined) == (10, 60)


@pytest.mark.parametrize("sign", ["", "Rp "])
def test_amounts_typed_as_text_in_two_scales_are_asked_about(tmp_path: Path, sign: str) -> None:
    values = [15_000 + n % 40 * 500 for n in range(70)]
    texts = [
        f"{sign}{value:,}".replace(",", ".")
        if n % 7
        else f"{sign}{value / 1000:.1f}".replace(".", ",")
        for n, value in enumerate(values)
    ]
    table = table_of(tmp_path, [["Kode", "Harga"], *([f"K{n}", t] for n, t in enumerate(texts))])
    assert (table.clean, table.quarantined) == (60, 10)
    (question,) = (q for q in table.questions if "two scales" in q.text)
    assert question.cells[:2] == ("B2", "B9")
    assert question.answers


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Harga", [500, 750, 1200, 2500, 15_000, 45_000, 250_000, 1_500_000] * 5),
        ("Harga", [n * 1000 for n in range(1, 60)]),
        ("Qty", [*range(1, 30), *range(1000, 30_000, 1000)]),
        ("Biaya", [0] * 10 + [25_000 + n for n in range(30)]),
    ],
)
def test_amounts_of_every_size_are_one_scale(
    tmp_path: Path, header: str, values: list[Any]
) -> None:
    assert column_of(tmp_path, header, values).minimum in {0, None}


DAYS = [date(2025, 1, 1) + timedelta(n) for n in range(24)]


@pytest.mark.parametrize(
    ("locale", "notation", "order"),
    [("en_US", "en", "mdy"), ("en_GB", "en", None), ("in_ID", None, None), ("", None, None)],
)
def test_the_locale_says_how_the_next_text_is_read(
    tmp_path: Path, locale: str, notation: str | None, order: str | None
) -> None:
    rows = [["Kode", "Day", "Amount"], *([f"K{n}", d, 1250.5 + n] for n, d in enumerate(DAYS))]
    _, day, amount = table_of(tmp_path, rows, locale).columns
    assert day.guess.options.get("dateOrder") == order
    assert amount.guess.options.get("notation") == notation


@pytest.mark.parametrize("locale", ["", "en_US", "in_ID"])
@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("Rp {}.500", {}),
        ("IDR {}.500,-", {}),
        ("Rp {},500", {"notation": "en"}),
        ("${},500", {"notation": "en", "currency": "USD"}),
        ("{}.500 €", {"currency": "EUR"}),
    ],
)
def test_money_has_no_three_decimals_whatever_the_locale(
    tmp_path: Path, locale: str, written: str, options: dict[str, Any]
) -> None:
    rows = [["Kode", "Nilai"], *([f"K{n}", written.format(n)] for n in range(1, 24))]
    value = table_of(tmp_path, rows, locale).columns[1]
    assert value.logical in {"number", "integer"}
    assert value.guess.options == options


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("{:02d}/03/2025", True),
        ("{:02d}/03/2025 08:15", True),
        ("2025-03-{:02d}", False),
        ("{:d} Agustus 2025", False),
        ("2025/8/{:d}", False),
    ],
)
def test_order_of_day_and_month_is_asked_only_where_a_cell_has_two_readings(
    tmp_path: Path, written: str, asked: bool
) -> None:
    rows = [[f"K{n}", written.format(n % 12 + 1)] for n in range(30)]
    table = table_of(tmp_path, [["Kode", "Tanggal"], *rows])
    texts = [question.text for question in table.questions]
    assert any("can be read both ways" in text for text in texts) == asked, texts
