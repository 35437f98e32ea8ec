"""Rows that a sheet was prepared with are no data, and no row that a person typed in is dropped."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import proposed, table_of

HEADER = ["No", "Tanggal", "Pelanggan", "Qty", "Total", "Status", "Lunas"]


def order(number: int) -> list[Any]:
    """Return a row that a person typed."""
    day = date(2025, 3, number)
    return [number, day, f"Warung {number}", number, number * 500, "Kirim", number % 2 == 0]


def prepared(rows: list[list[Any]], last: list[Any], count: int = 60) -> list[list[Any]]:
    """Return typed rows with prepared ones below, numbered where their first cell is `#`."""
    below = [[len(rows) + n if c == "#" else c for c in last] for n in range(1, count + 1)]
    return [HEADER, *rows, *below]


@pytest.mark.parametrize(
    "last",
    [
        ["#", None, None, None, 0, None, False],
        [None, None, None, None, 0, None, False],
        [None, None, None, None, None, "Baru", None],
        ["#", None, None, None, 0, "Baru", False],
        [
            "#",
            None,
            None,
            None,
            "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)",
            None,
            None,
        ],
        ["#", None, None, None, 10_000, None, None],
        ["#", date(2025, 4, 1), None, None, 0, None, None],
        ["#", None, "", None, "Rp 0", None, "FALSE"],
    ],
    ids=["number", "zero", "status", "all", "error", "balance", "today", "text"],
)
def test_rows_that_nobody_typed_in_are_dropped_by_name(tmp_path: Path, last: list[Any]) -> None:
    rows = [order(n) for n in range(1, 21)]
    table = table_of(tmp_path, prepared(rows, last))
    assert (table.rows, table.clean, table.quarantined) == (20, 20, 0)
    assert "60 dropped as prefilled_row" in table.notes[-1]
    assert table.options["prefilled"]


def test_an_unused_row_between_used_ones_is_dropped_too(tmp_path: Path) -> None:
    rows = [order(n) for n in range(1, 21)]
    rows[9] = [10, None, None, None, 0, None, False]
    table = table_of(tmp_path, prepared(rows, ["#", None, None, None, 0, None, False]))
    assert (table.rows, table.clean) == (19, 19)


@pytest.mark.parametrize(
    "typed",
    [
        [21, None, None, None, 0, None, True],
        [21, None, None, None, 75_000, None, False],
        [21, None, "Warung baru", None, 0, None, False],
        [21, None, None, None, 0, "Batal", False],
    ],
    ids=["ticked", "an amount", "a name", "a status"],
)
def test_a_row_with_anything_typed_in_is_kept(tmp_path: Path, typed: list[Any]) -> None:
    rows = [*(order(n) for n in range(1, 21)), typed]
    table = table_of(tmp_path, prepared(rows, ["#", None, None, None, 0, None, False]))
    assert (table.rows, table.clean + table.quarantined) == (21, 21)


@pytest.mark.parametrize(
    "rows",
    [
        [[n, f"Barang {n}", n * 10, None if n > 15 else "ada"] for n in range(1, 21)],
        [
            [date(2025, 5, n), "Kopi", 0 if n > 9 else n, None if n > 9 else "ok"]
            for n in range(1, 21)
        ],
        [["A", None, n, 5] for n in (5, 3, 8, 2, 9)],
        [
            [f"T{n:02d}", f"Toko {n}", *((n * 7, "buka") if n < 14 else (None, None))]
            for n in range(1, 20)
        ],
    ],
    ids=["details to come", "days without sales", "a column never used", "names"],
)
def test_rows_that_differ_from_one_another_are_data(tmp_path: Path, rows: list[Any]) -> None:
    table = table_of(tmp_path, [["Kode", "Nama", "Jumlah", "Ket"], *rows])
    assert table.rows == len(rows)
    assert "prefilled" not in table.options


def test_days_to_come_by_themselves_are_no_rows(tmp_path: Path) -> None:
    days = [[date(2025, 5, n), *(("Kopi", n) if n < 21 else (None, None))] for n in range(1, 32)]
    table = table_of(tmp_path, [["Tanggal", "Barang", "Jumlah"], *days])
    assert (table.rows, table.clean, table.quarantined) == (20, 20, 0)
    assert table.options["prefilled"] == {"tanggal": "*"}


def test_next_months_tab_is_prepared_as_the_others_are(tmp_path: Path) -> None:
    last = ["#", None, None, None, 0, None, False]
    proposal = proposed(
        tmp_path,
        {
            "Order Maret": prepared([order(n) for n in range(1, 21)], last),
            "Order April": prepared([], last, 50),
        },
    )
    (table,) = proposal.tables
    assert (table.rows, table.clean) == (20, 20)
    assert table.options["allowEmpty"] is True


def test_a_template_without_a_single_entry_has_no_rows(tmp_path: Path) -> None:
    table = table_of(tmp_path, prepared([], ["#", None, None, None, 0, None, False]))
    assert (table.rows, table.clean) == (0, 0)
