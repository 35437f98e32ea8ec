"""Rows that sum others up are no data, by their words or by arithmetic; rows of data stay."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import proposed, reason_of, table_of

pytestmark = pytest.mark.slow

HEADER = ["Tgl", "Uraian", "Lembar", "Nilai (Rp)"]
ROWS = [
    [date(2025, 4, 1 + n // 2) if n % 3 else None, "cetak" if n % 2 else None, n + 1, (n + 1) * 700]
    for n in range(12)
]
LEMBAR, NILAI = sum(r[2] for r in ROWS), sum(r[3] for r in ROWS)
LABELS = [
    *("Total", "TOTAL HASIL :", "Jumlah April", "Grand Total", "Sub Total Minggu 2", "Jml"),
    *(
        "Rata-rata",
        "Rata - Rata Lembar",
        "Average",
        "Nilai Tertinggi",
        "Highest",
        "Lembar terendah",
    ),
    *("Maksimum", "Min", "Count", "Dipindahkan", "Pindahan", "Carried forward", "Saldo pindahan"),
]


@pytest.mark.parametrize("label", LABELS)
def test_a_row_is_a_sum_by_its_words(tmp_path: Path, label: str) -> None:
    table = table_of(tmp_path, [HEADER, *ROWS, [None, label, LEMBAR, NILAI]])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


@pytest.mark.parametrize(
    "below",
    [
        [[None, None, LEMBAR, NILAI]],
        [[None, None, None, NILAI]],
        [[None, "Jumlah", LEMBAR, NILAI], [None, None, LEMBAR, NILAI]],
    ],
    ids=["two columns", "one column", "below a total"],
)
def test_a_row_without_words_is_a_sum_by_arithmetic(tmp_path: Path, below: list[Any]) -> None:
    table = table_of(tmp_path, [HEADER, *ROWS, *below])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


AVERAGES = [None, None, LEMBAR / 12, NILAI / 12]
NAMED = [[row[0], "cetak", *row[2:]] for row in ROWS]


@pytest.mark.parametrize(
    "rows",
    [
        [*ROWS, AVERAGES],
        [*NAMED, [None, None, LEMBAR, NILAI], AVERAGES],
        [[None, None, LEMBAR, NILAI], *ROWS],
        [[None, None, LEMBAR, NILAI], *ROWS, [None, "Total", LEMBAR, NILAI]],
    ],
    ids=["averages", "averages below sums", "sums above", "sums above and below"],
)
def test_averages_and_sums_above_the_lines_need_no_word(tmp_path: Path, rows: list[Any]) -> None:
    table = table_of(tmp_path, [HEADER, *rows])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


def test_a_line_without_words_that_is_no_average_is_data(tmp_path: Path) -> None:
    table = table_of(tmp_path, [HEADER, *ROWS, [None, None, LEMBAR / 12, NILAI / 12 + 1]])
    assert table.clean == 13


@pytest.mark.parametrize("label", ["% dari total", "Per hari", "dalam ribuan"])
def test_what_is_in_proportion_to_the_total_above_it_is_no_data(tmp_path: Path, label: str) -> None:
    rows = [[f"Kota {c}", n + 1, n * 3 + 2, n * 7 + 5] for n, c in enumerate("ABCDEFG")]
    sums = [sum(row[k] for row in rows) for k in (1, 2, 3)]
    below = [["Total", *sums], [label, *(each / 8 for each in sums)]]
    table = table_of(tmp_path, [["Kota", "Jan", "Feb", "Mar"], *rows, *below])
    assert (table.rows, table.clean, table.quarantined) == (7, 7, 0)
    other = [["Total", *sums], [label, *(each / 8 for each in sums[:2]), 4]]
    assert table_of(tmp_path / "b", [["Kota", "Jan", "Feb", "Mar"], *rows, *other]).clean == 8


def test_lines_of_equal_wages_below_a_subtotal_are_data(tmp_path: Path) -> None:
    week = [[date(2025, 4, n), "Budi", 8, 100_000, 90_000] for n in range(1, 6)]
    rows = [*week, ["Subtotal", None, 40, 500_000, 450_000]]
    more = [[date(2025, 4, 8), "Budi", 8, 100_000, 90_000]]
    table = table_of(tmp_path, [["Tgl", "Nama", "Jam", "Upah", "Bersih"], *rows, *more])
    assert (table.rows, table.clean) == (6, 6)


@pytest.mark.parametrize(
    "text", [str, lambda n: f"{n:,}.00", lambda n: f"Rp {n:,}".replace(",", ".")]
)
def test_sums_of_amounts_written_as_text_are_sums(tmp_path: Path, text: Any) -> None:
    rows = [[f"K{n}", text((n + 1) * 1500)] for n in range(9)]
    table = table_of(tmp_path, [["Kode", "Biaya"], *rows, [None, text(45 * 1500)]])
    assert (table.rows, table.clean, table.quarantined) == (9, 9, 0)


def test_subtotals_of_groups_and_the_grand_total_are_left_out(tmp_path: Path) -> None:
    rows = [*ROWS[:6], [None, "Subtotal", 21, 14_700], *ROWS[6:], [None, "Subtotal", 57, 39_900]]
    table = table_of(tmp_path, [HEADER, *rows, [None, "Grand total", LEMBAR, NILAI]])
    assert (table.rows, table.clean) == (12, 12)


def test_a_sum_in_the_next_month_is_known_by_the_same_words(tmp_path: Path) -> None:
    tabs = {
        f"Cetak {month}": [HEADER, *ROWS, [None, f"Jumlah {month} 2025", LEMBAR, NILAI]]
        for month in ("April", "Mei", "Juni")
    }
    (table,) = proposed(tmp_path, tabs).tables
    assert (table.rows, table.clean) == (36, 36)
    assert table.options["summaryRows"] == ["jumlah"]


@pytest.mark.parametrize(
    "day", [lambda n: date(2025, 1, n), lambda n: f"{n:02d}/01"], ids=["days", "without years"]
)
def test_a_statement_ends_with_balances_and_counts(
    tmp_path: Path, day: Callable[[int], object]
) -> None:
    rows = [[day(n), f"Transfer {n}", "0998", n * 1250, n * 500] for n in range(1, 16)]
    end = [
        ["Saldo Awal", None, None, 1_000_000],
        ["Mutasi Kredit", None, None, 150_000, 15],
        ["Mutasi Debet", None, None, 2_750, 3],
        ["Saldo Akhir", None, None, 1_147_250],
    ]
    table = table_of(
        tmp_path, [["Tanggal", "Keterangan", "Cabang", "Jumlah", "Saldo"], *rows, *end]
    )
    assert (table.rows, table.clean, table.quarantined) == (15, 15, 0)


def test_lines_below_a_balance_that_begin_as_data_do_are_data(tmp_path: Path) -> None:
    rows = [[f"Transfer {n}", "0998", n * 1250, n * 500] for n in range(1, 16)]
    end = [["Saldo Awal", None, 1_000_000], ["Koreksi", None, 150_000, 15]]
    table = table_of(tmp_path, [["Keterangan", "Cabang", "Jumlah", "Saldo"], *rows, *end])
    assert table.rows == 16


@pytest.mark.parametrize(
    "names",
    [
        ["Total Care", "Max Mart", "Minimarket Jaya", "Jumlahku", "Averaging", "Sum Ting Wong"],
        ["Harga Tertinggi", "Harga Terendah", "Rata Tengah", "Biasa", "Lain", "Minimalis"],
    ],
)
def test_a_row_of_data_with_such_a_word_in_its_name_is_kept(
    tmp_path: Path, names: list[str]
) -> None:
    rows = [[name, n * 7 + 3, n * 900 + 50] for n, name in enumerate(names * 3)]
    rows = [[f"{name} {n}", *rest] for n, (name, *rest) in enumerate(rows)]
    table = table_of(tmp_path, [["Nama", "Qty", "Harga"], *rows])
    assert (table.rows, table.clean, table.quarantined) == (18, 18, 0)


def test_three_equal_rows_and_their_sum_by_chance_are_data(tmp_path: Path) -> None:
    rows = [[f"N{n}", 5] for n in range(3)] + [["N3", 15]]
    assert table_of(tmp_path, [["Nama", "Qty"], *rows]).clean == 4


def test_a_contract_that_would_keep_more_rows_than_are_data_is_refused(tmp_path: Path) -> None:
    rows = [[n if n % 2 else None, "Jumlah", n, n * 10] for n in range(1, 9)]
    assert reason_of(tmp_path, [HEADER, *rows, [None, "Jumlah", 36, 360]]) == "rows_unclear"


@pytest.mark.parametrize(
    "label",
    [
        *("Saldo Awal", "Saldo bulan lalu", "Stok awal", "Saldo per 31 Desember 2024"),
        *("Sisa bulan lalu", "Saldo pekan lalu", "Opening balance", "Balance b/f"),
        "Saldo awal Januari 2025",
    ],
)
def test_a_balance_from_before_is_no_row_of_data(tmp_path: Path, label: str) -> None:
    table = table_of(tmp_path, [HEADER, [None, label, None, 150_000], *ROWS])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


@pytest.mark.parametrize("label", ["Semua", "Hasil bulan ini", "HPP seluruh pesanan"])
def test_a_row_of_unknown_words_is_a_sum_by_arithmetic(tmp_path: Path, label: str) -> None:
    rows = [[date(2025, 4, 1 + n), f"cetak {n}", n + 1, (n + 1) * 700] for n in range(12)]
    table = table_of(tmp_path, [HEADER, *rows, [None, label, LEMBAR, NILAI]])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


def test_a_row_of_unknown_words_with_other_numbers_is_kept(tmp_path: Path) -> None:
    rows = [[date(2025, 4, 1 + n), f"cetak {n}", n + 1, (n + 1) * 700] for n in range(12)]
    table = table_of(tmp_path, [HEADER, *rows, [None, "Semua", LEMBAR, NILAI + 50]])
    assert table.rows == 13


@pytest.mark.parametrize("sizes", [(4, 5, 3), (2, 6, 4), (3, 3, 3, 3)])
def test_subtotals_without_a_word_are_sums_of_their_part(
    tmp_path: Path, sizes: tuple[int, ...]
) -> None:
    rows: list[list[Any]] = []
    for part, size in enumerate(sizes):
        lines = [[f"N{part}-{n}", "cetak", n * 3 + part + 1, (n + 2) * 900] for n in range(size)]
        rows += [*lines, [None, None, sum(r[2] for r in lines), sum(r[3] for r in lines)]]
    table = table_of(tmp_path, [["Nota", *HEADER[1:]], *rows])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


def test_percentages_and_sums_in_dollars_are_read_as_numbers(tmp_path: Path) -> None:
    rows = [[date(2025, 4, 1 + n), f"cetak {n}", f"${n + 1},000.50"] for n in range(12)]
    below = [["Total", None, "$78,006.00"], ["Persentase", None, "100%"]]
    table = table_of(tmp_path, [["Tgl", "Uraian", "Amount"], *rows, *below], "en_US")
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


@pytest.mark.parametrize("off", [-50, 7000])
def test_a_total_that_disagrees_with_its_lines_is_a_question(tmp_path: Path, off: int) -> None:
    table = table_of(tmp_path, [HEADER, *ROWS, [None, "Jumlah", LEMBAR, NILAI + off]])
    (question,) = [q for q in table.questions if "add up to" in q.text]
    assert f"D14 says {NILAI + off:,}" in question.text
    assert f"add up to {NILAI:,}" in question.text
    assert question.cells == ("D14", "D2:D13")


@pytest.mark.parametrize(
    "total", [[None, "Jumlah", LEMBAR, NILAI], [None, "Jumlah", LEMBAR, 700], [None, "Total", 3]]
)
def test_a_total_that_agrees_or_sums_up_something_else_is_no_question(
    tmp_path: Path, total: list[Any]
) -> None:
    table = table_of(tmp_path, [HEADER, *ROWS, total])
    assert not [q for q in table.questions if "add up to" in q.text]


@pytest.mark.parametrize(
    ("above", "cell"),
    [
        (["Total", None, None, NILAI - 700], "D1"),
        (["Total Nilai :", NILAI + 7000], "B1"),
        (["Grand Total", f"Rp {NILAI - 700:,}".replace(",", ".")], "B1"),
    ],
)
def test_a_total_above_the_header_that_disagrees_with_the_lines_is_a_question(
    tmp_path: Path, above: list[Any], cell: str
) -> None:
    table = table_of(tmp_path, [above, [None], HEADER, *ROWS])
    (question,) = [q for q in table.questions if "add up to" in q.text]
    assert f"Nilai (Rp) add up to {NILAI:,}" in question.text
    assert question.cells == (cell, "D4:D15")


@pytest.mark.parametrize(
    "above",
    [["Total", NILAI], ["Total", 4], ["Jumlah Hari", NILAI - 700], ["Periode", NILAI - 700]],
)
def test_a_total_above_that_agrees_or_sums_up_something_else_is_no_question(
    tmp_path: Path, above: list[Any]
) -> None:
    table = table_of(tmp_path, [above, [None], HEADER, *ROWS])
    assert not [q for q in table.questions if "add up to" in q.text]


def test_a_line_in_progress_below_a_subtotal_is_data(tmp_path: Path) -> None:
    part = [[date(2025, 4, 1 + n), f"cetak {n}", n + 1, (n + 1) * 700] for n in range(6)]
    total = [None, "Subtotal", 21, 14_700]
    table = table_of(tmp_path, [HEADER, *part, total, *part, total, [None, "cetak 9", None, 700]])
    assert table.rows == 13


def test_what_follows_the_total_of_all_lines_is_no_data(tmp_path: Path) -> None:
    below = [[None, "Total HPP", LEMBAR, NILAI], [None, "HPP per porsi", None, 4550]]
    table = table_of(tmp_path, [HEADER, *ROWS, *below])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)


@pytest.mark.parametrize("fault", ["ERROR", "habis", "#DIV/0!", "dua ratus"])
@pytest.mark.parametrize("label", [None, "Hasil akhir"])
def test_a_sum_is_known_though_a_word_stands_for_an_amount_above(
    tmp_path: Path, fault: str, label: str | None
) -> None:
    rows = [[date(2025, 4, n), f"cetak {n}", n, 700 * n] for n in range(1, 13)]
    rows[5][3] = fault
    table = table_of(tmp_path, [HEADER, *rows, [None, label, LEMBAR, NILAI]])
    assert (table.rows, table.clean, table.quarantined) == (12, 11, 1)


def test_a_number_greater_than_a_word_can_have_held_is_no_sum(tmp_path: Path) -> None:
    rows = [*ROWS[:5], [*ROWS[5][:3], "habis"], *ROWS[6:]]
    table = table_of(tmp_path, [HEADER, *rows, [None, None, LEMBAR, NILAI + 12 * 700]])
    assert table.rows == 13


@pytest.mark.parametrize("label", ["Lainnya", "Lain-lain", "Others", "Produk lainnya", "Sisanya"])
def test_what_a_ranking_leaves_over_is_no_rank(tmp_path: Path, label: str) -> None:
    ranks = [[n, f"Barang {n}", 900 - 7 * n * n] for n in range(1, 11)]
    table = table_of(tmp_path, [["Rank", "Produk", "Terjual"], *ranks, [None, label, 12_345]])
    assert (table.rows, table.clean, table.quarantined) == (10, 10, 0)


def test_a_category_called_others_is_a_row(tmp_path: Path) -> None:
    ranks = [[n, f"Barang {n}", 900 - 7 * n * n] for n in range(1, 11)]
    for last in ([11, "Lainnya", 12_345], [None, "Sabun", 12_345]):
        table = table_of(tmp_path / str(last[0]), [["No", "Kategori", "Terjual"], *ranks, last])
        assert table.rows == 11
