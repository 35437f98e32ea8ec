"""Several tables in one tab: beside one another, below one another, and tabs that only look so."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from candid_assets.cleaning.header_search import find_header
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.proposal import TableProposal
from candid_assets_tests.discovery.kit import Sheet, proposed

Rows = Sequence[Sequence[Any]]
HEAD = ["No", "Tanggal", "Nama", "Jumlah"]
NAMES = ["Budi", "Siti", "Agus", "Dewi", "Rudi", "Ani", "Joko", "Rina", "Eko", "Maya"]
CARD = ["Tgl", "Uraian", "Masuk", "Keluar"]
CITIES = ["Nama", "Kota", "Total"]


def sales(count: int = 10) -> list[list[Any]]:
    return [[n + 1, date(2025, 1, n + 1), NAMES[n % 10], (n + 3) * 7] for n in range(count)]


def card(count: int, start: int = 0) -> list[list[Any]]:
    return [[date(2025, 1, n + 1), f"Kirim {n + start}", n + 3, n % 2] for n in range(count)]


def cities(count: int) -> list[list[Any]]:
    return [[NAMES[n], ("Bandung", "Jakarta")[n % 2], n * 5 + 2] for n in range(count)]


def visits(count: int) -> list[list[Any]]:
    return [[date(2025, 2, n + 1), NAMES[n], (n + 2) * 1500] for n in range(count)]


def test_header_that_stands_twice_in_one_table_divides_nothing(tmp_path: Path) -> None:
    header = ["Nama", "Kota", "Nama", "Umur"]
    rows = [[NAMES[n], "Bogor", f"Ibu {NAMES[n]}", 30 + n] for n in range(8)]
    (table,) = tables(tmp_path, [header, *rows])
    assert (table.clean, len(table.columns)) == (8, 4)


def beside(left: Rows, right: Rows, gap: int = 1) -> list[list[Any]]:
    width = max(map(len, left))
    return [
        [*row, *[None] * (width - len(row) + gap), *other]
        for row, other in zip_longest(left, right, fillvalue=())
    ]


def tables(scratch: Path, rows: Rows | Sheet) -> list[TableProposal]:
    """Return the tables of a tab, each of whose rows are all accounted for."""
    proposal = proposed(scratch, {"Data": rows})
    rows = rows.rows if isinstance(rows, Sheet) else rows
    assert not proposal.left_out
    for table in proposal.tables:
        assert table.accounted == len(rows), table.notes
    return proposal.tables


def rows_of(several: Sequence[TableProposal]) -> list[tuple[int, int]]:
    return [(table.clean, table.quarantined) for table in several]


@pytest.mark.parametrize(
    "rows",
    [
        beside([["KARTU SEMEN"], CARD, *card(8)], [["KARTU PASIR"], CARD, *card(5, 50)]),
        beside([CARD, *card(8)], [CARD, *card(5, 50)]),
        beside([CARD, *card(8)], [CARD, *card(5, 50)], gap=0),
        beside([["Stok"], CARD, *card(8)], [["Per kota"], CITIES, *cities(5)], gap=0),
        beside([CARD, *card(8)], [[], ["KARTU PASIR"], CARD, *card(5, 50)]),
        beside([CARD, *card(8)], [CITIES, *cities(5)[:4], ["Total", None, 32]], gap=2),
        beside([CARD, *card(8)], [[CARD[0], "Outlet", "Omzet"], *visits(5)], gap=0),
    ],
    ids=[
        *("titled", "untitled", "no_gap", "titled_no_gap", "headers_apart", "other_headers"),
        "one_header_row",
    ],
)
def test_tables_beside_each_other_are_two_tables(tmp_path: Path, rows: Rows) -> None:
    left, right = tables(tmp_path, rows)
    assert (left.clean, left.quarantined, right.quarantined) == (8, 0, 0)
    assert right.clean in {4, 5}
    assert left.name != right.name
    assert {left.title, right.title} == {"Data"}


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_income_and_expense_with_like_headers_are_two_tables(tmp_path: Path, gap: int) -> None:
    income = [["Tanggal", "Pemasukan", "Jumlah"], *visits(10)]
    expense = [["Tanggal", "Pengeluaran", "Jumlah"], *visits(6)]
    first, second = tables(tmp_path, beside(income, expense, gap))
    assert [c.header for c in second.columns] == ["Tanggal", "Pengeluaran", "Jumlah"]
    assert (first.clean, second.clean) == (10, 6)


def test_a_row_that_only_the_table_beside_has_is_dropped_by_name(tmp_path: Path) -> None:
    _, right = tables(tmp_path, beside([CARD, *card(8)], [CARD, *card(5, 50)]))
    assert "3 dropped as beside_table" in right.notes[-1]


@pytest.mark.parametrize(
    "between",
    [[[], ["Per kota"]], [[]], [["Per kota"]], [[], ["Per kota"], ["Wilayah Jawa"]], [[], [], []]],
    ids=["title", "blank", "title_alone", "two_titles", "blanks"],
)
def test_a_table_below_another_is_a_table(tmp_path: Path, between: Rows) -> None:
    several = tables(tmp_path, [HEAD, *sales(), *between, CITIES, *cities(5)])
    assert rows_of(several) == [(10, 0), (5, 0)]


def test_tables_beside_each_other_below_a_table_are_three(tmp_path: Path) -> None:
    below = beside([["Semen"], CARD, *card(6)], [["Pasir"], CARD, *card(4, 9)])
    several = tables(tmp_path, [HEAD, *sales(), [], *below])
    assert rows_of(several) == [(10, 0), (6, 0), (4, 0)]


def test_totals_and_signatures_belong_to_no_table(tmp_path: Path) -> None:
    upper = [HEAD, *sales(), ["Total", None, None, 525]]
    lower = [
        ["Per kota"],
        CITIES,
        *cities(5),
        ["Total", None, 60],
        [],
        ["Mengetahui,"],
        ["Direktur"],
    ]
    several = tables(tmp_path, [*upper, [], *lower])
    assert rows_of(several) == [(10, 0), (5, 0)]


def test_the_second_table_is_found_again_when_the_first_has_more_rows(tmp_path: Path) -> None:
    for between in ([[], ["Per kota"]], [[]]):
        rows = [HEAD, *sales(), *between, CITIES, *cities(5)]
        for number, table in enumerate(tables(tmp_path / str(len(between)), rows)):
            path = tmp_path / f"{table.name}.yaml"
            path.write_text(table_yaml(table, family=False))
            tab, document = read_tab(path, "toko", "team:unknown")
            assert tab is not None, document.problems
            longer = [HEAD, *sales(), *sales(), *between, CITIES, *cities(5)]
            texts = [[None if c is None else str(c) for c in row] for row in longer]
            header = find_header(tab, [[*row, *[None] * (4 - len(row))] for row in texts])
            assert isinstance(header, HeaderMap), header
            assert header.header_row == (1 if number == 0 else 22 + len(between))


@pytest.mark.parametrize(
    "rows",
    [
        [[*row[:3], None, *row[3:]] for row in [HEAD, *sales()]],
        [HEAD, *sales(5), [], *sales(10)[5:]],
        [HEAD, *sales(5), HEAD, *sales(10)[5:]],
        [["Nama", "Penjualan", None, "Retur", None], [None, "Jan", "Feb", "Jan", "Feb"]]
        + [[name, n, n + 2, n % 3, 1] for n, name in enumerate(NAMES)],
        [HEAD, *sales(5), [], [6, date(2025, 1, 6), "Libur", "kosong"], *sales(10)[6:]],
    ],
    ids=["spacer", "blank_row", "repeated_header", "grouped_header", "words_in_data"],
)
def test_one_table_is_not_divided(tmp_path: Path, rows: Rows) -> None:
    (table,) = tables(tmp_path, rows)
    assert "tableInTab" not in table.options


def test_tabs_of_two_tables_each_are_two_families(tmp_path: Path) -> None:
    months = {
        month: beside([CARD, *card(8 + n, 10 * n)], [CITIES, *cities(4 + n)])
        for n, month in enumerate(("Januari", "Februari", "Maret"))
    }
    proposal = proposed(tmp_path, months)
    assert [(len(t.titles), t.clean, t.quarantined) for t in proposal.tables] == [
        (3, 27, 0),
        (3, 15, 0),
    ]


@pytest.mark.parametrize("total", [[], [["Total", None, None, 999]]], ids=["bare", "totals"])
def test_titles_above_a_repeated_header_are_a_column(tmp_path: Path, total: Rows) -> None:
    first, second = sales(10)[:5], sales(10)[5:]
    rows = [["Gudang A"], HEAD, *first, *total, [], ["Gudang B"], HEAD, *second, *total]
    (table,) = tables(tmp_path, rows)
    assert rows_of([table]) == [(10, 0)]
    assert [column.header for column in table.line_columns] == ["_section"]
    assert "1 dropped as repeated_header, 1 dropped as section_row" in table.notes[-1]


@pytest.mark.parametrize("lengths", [(14, 10), (12, 12)], ids=["of two lengths", "of one length"])
def test_groups_of_equal_headers_below_titles_are_tables(
    tmp_path: Path, lengths: tuple[int, int]
) -> None:
    stocks = [
        [[f"{'AB'[n]}{row:02d}", NAMES[row % 10], row * 3] for row in range(length)]
        for n, length in enumerate(lengths)
    ]
    titles = ["Gudang A", None, None, "Gudang B", None, None]
    head = ["Kode", "Nama", "Stok"]
    rows = [titles, head * 2, *beside(*stocks, gap=0)]
    several = tables(tmp_path, Sheet(rows, ((0, 1, 0, 3), (0, 1, 3, 6))))
    assert rows_of(several) == [(length, 0) for length in lengths]
    assert [table.options["tableInTab"] for table in several] == ["Gudang A", "Gudang B"]


def test_groups_of_figures_beside_a_name_are_one_table(tmp_path: Path) -> None:
    months = ["Produk", "Januari", None, "Februari", None]
    head = [None, "Qty", "Nilai", "Qty", "Nilai"]
    rows = [[f"Barang {n}", n, n * 500, n + 1, n * 700] for n in range(12)]
    merges = ((0, 2, 0, 1), (0, 1, 1, 3), (0, 1, 3, 5))
    (table,) = tables(tmp_path, Sheet([months, head, *rows], merges))
    assert rows_of([table]) == [(12, 0)]


GOODS = [[f"BR-{n:03}", f"Barang {n}", 10 + n] for n in range(8)]
SALES = [[date(2025, 3, 1 + n), f"Toko {n}", 7000 * (n + 1)] for n in range(5)]
PLACES = [[f"Toko {n}", f"Jl. Mawar {n}", f"Budi {n}"] for n in range(5)]
TITLED = ["Stok Gudang", None, None]


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        ([["Penjualan", None, None], ["Tanggal", "Toko", "Jumlah"], *SALES], 5),
        ([["Tanggal", "Toko", "Jumlah"], *SALES], 5),
        ([["Daftar Toko", None, None], ["Toko", "Alamat", "Kontak"], *PLACES], 5),
    ],
    ids=["titled", "without a title", "of words"],
)
def test_a_table_that_touches_the_one_above_it_is_a_table(
    tmp_path: Path, below: Rows, rows: int
) -> None:
    cells = [TITLED, ["Kode", "Nama Barang", "Stok"], *GOODS, *below]
    merges = ((0, 1, 0, 3), (10, 11, 0, 3)) if len(below) > rows + 1 else ((0, 1, 0, 3),)
    tables = proposed(tmp_path, {"Data": Sheet(cells, merges)}).tables
    assert [(t.rows, t.clean, t.quarantined) for t in tables] == [(8, 8, 0), (rows, rows, 0)]


@pytest.mark.parametrize("counted", [True, False])
def test_tables_that_touch_under_merged_titles_are_two(tmp_path: Path, counted: bool) -> None:
    left, right = (SALES, GOODS) if not counted else (GOODS, SALES)
    if counted:
        left = [[n, *row[1:]] for n, row in enumerate(left, 1)]
        right = [[n, *row[1:]] for n, row in enumerate(right, 1)]
    first = ["No", "No"] if counted else ["Tanggal", "Kode"]
    blank = [None] * 3
    longest = max(len(left), len(right))
    body = [
        (left[n] if n < len(left) else blank) + (right[n] if n < len(right) else blank)
        for n in range(longest)
    ]
    header = [first[0], "Toko", "Jumlah", first[1], "Nama Barang", "Stok"]
    cells = [["Penjualan", None, None, *TITLED], header, *body]
    sheet = Sheet(cells, ((0, 1, 0, 3), (0, 1, 3, 6)))
    tables = proposed(tmp_path, {"Data": sheet}).tables
    assert [(t.rows, t.clean) for t in tables] == [(len(left),) * 2, (len(right),) * 2]
    assert [t.options["tableInTab"] for t in tables] == ["Penjualan", "Stok Gudang"]


def test_orders_and_what_is_paid_of_them_are_one_table(tmp_path: Path) -> None:
    body = [
        [f"N-{n}", NAMES[n], *([date(2025, 4, 1 + n), 5000 * n] if n < 6 else [None, None])]
        for n in range(9)
    ]
    cells = [["Pesanan", None, "Bayar", None], ["No Nota", "Toko", "Tgl", "Jumlah"], *body]
    (table,) = proposed(tmp_path, {"Data": Sheet(cells, ((0, 1, 0, 2), (0, 1, 2, 4)))}).tables
    assert (table.rows, len(table.columns)) == (9, 4)
