"""Headers of two to four rows: names and types as a person would give them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets.discovery.proposal import TableProposal
from candid_assets_tests.discovery.corpus_headers import DeepTab, deep_tabs
from candid_assets_tests.discovery.kit import Sheet, proposed, table_of

pytestmark = pytest.mark.slow

SAME = {"amount": {"integer", "number"}}
EXACT, TYPED = 0.95, 0.97


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[DeepTab, TableProposal | None]]:
    """Each tab with what is proposed for it."""
    root = tmp_path_factory.mktemp("deep")
    pairs = []
    for number, tab in enumerate(deep_tabs()):
        tables = proposed(root / str(number), {"Data": tab.sheet}).tables
        pairs.append((tab, tables[0] if tables else None))
    return pairs


def _is_exact(tab: DeepTab, table: TableProposal | None) -> bool:
    if table is None:
        return False
    layout, headers = table.layout, tuple(column.header for column in table.columns)
    place = (layout.header_row, layout.header_rows)
    return (*place, headers) == (tab.header_row, tab.header_rows, tab.headers)


def test_nearly_all_headers_are_exact(read: list[tuple[DeepTab, TableProposal | None]]) -> None:
    wrong = [tab.name for tab, table in read if not _is_exact(tab, table)]
    assert len(read) >= 50
    assert len(wrong) <= (1 - EXACT) * len(read), wrong


def test_nearly_all_types_are_right(read: list[tuple[DeepTab, TableProposal | None]]) -> None:
    wrong, total = [], 0
    for tab, table in read:
        types = {c.place: c.logical for c in table.columns} if table else {}
        total += len(tab.types)
        wrong += [
            (tab.name, tab.headers[place - 1], types.get(place))
            for place, meant in enumerate(tab.types, start=1)
            if types.get(place) not in SAME.get(meant, {meant})
        ]
    assert len(wrong) <= (1 - TYPED) * total, wrong


def test_no_row_of_a_deep_header_is_data(read: list[tuple[DeepTab, TableProposal | None]]) -> None:
    kept = [
        (tab.name, table.clean, table.quarantined)
        for tab, table in read
        if table and _is_exact(tab, table) and (table.clean, table.quarantined) != (16, 0)
    ]
    assert len(kept) <= (1 - EXACT) * len(read), kept


def test_a_word_that_stands_over_each_column_does_not_spread(tmp_path: Path) -> None:
    rows = [[None, "Nama", "Harga", "Harga", None], ["No", "Barang", "Beli", "Jual", "Stok"]]
    table = table_of(tmp_path, [*rows, *([n, f"Barang {n}", 900, 1200, n] for n in range(1, 12))])
    headers = [column.header for column in table.columns]
    assert headers == ["No", "Nama Barang", "Harga Beli", "Harga Jual", "Stok"]


@pytest.mark.parametrize("merged", [True, False])
def test_weeks_that_count_below_one_name_are_a_row_of_the_header(
    tmp_path: Path, merged: bool
) -> None:
    top = ["No", "Pekerjaan", "Bobot (%)", "Minggu ke", None, None, None]
    weeks = [None, None, None, 1, 2, 3, 4]
    lines = [
        [n, f"Galian {n}", n + 0.5, *("x" if n % 4 == w else None for w in range(4))]
        for n in range(1, 13)
    ]
    merges = ((0, 1, 3, 7), *((0, 2, n, n + 1) for n in range(3)))
    table = table_of(tmp_path, Sheet([top, weeks, *lines], merges if merged else ()))
    assert (table.layout.header_rows, table.clean, table.quarantined) == (2, 12, 0)
    assert [c.header for c in table.columns][3:] == [f"Minggu ke {n}" for n in range(1, 5)]
    assert {c.logical for c in table.columns[3:]} == {"string"}


def test_names_merged_down_beside_others_merged_over_parts_say_how_deep_the_header_is(
    tmp_path: Path,
) -> None:
    top = ["No", "Nama", "Honor", None, "Pajak", "Diterima"]
    low = [None, None, "Per JP", "Jumlah", "5%", None]
    lines = [[n, f"Ani {n}", 300, 300 * n, 15 * n, 285 * n] for n in range(1, 13)]
    merges = ((0, 1, 2, 4), (0, 2, 0, 1), (0, 2, 1, 2), (0, 2, 5, 6))
    table = table_of(tmp_path, Sheet([top, low, *lines], merges))
    assert (table.layout.header_rows, table.clean, table.quarantined) == (2, 12, 0)
    assert [c.header for c in table.columns][2:] == [
        "Honor Per JP", "Honor Jumlah", "Pajak 5%", "Diterima",
    ]  # fmt: skip


@pytest.mark.parametrize("rate", ["11%", "11 %", "1,5%", "2.5%"])
def test_a_rate_below_the_name_of_a_tax_is_of_its_header(tmp_path: Path, rate: str) -> None:
    rows: list[list[Any]] = [
        ["REGISTER FAKTUR PAJAK KELUARAN"],
        ["No", "Faktur Pajak", None, "Pembeli", None, "DPP", "PPN", "Total"],
        [None, "Nomor", "Tanggal", "Nama", "NPWP", "(Rp)", rate, "(Rp)"],
    ]
    for n in range(1, 21):
        number, buyer = f"010.000-25.{n:08d}", [f"PT Beli {n % 5}", f"01.234.567.{n % 9}-012.000"]
        rows.append([n, number, date(2025, 3, n), *buyer, n * 70_000, n * 7_700, n * 77_700])
    merges = ((1, 3, 0, 1), (1, 2, 1, 3), (1, 2, 3, 5))
    table = table_of(tmp_path, Sheet(rows, merges))
    assert (table.layout.header_rows, table.rows, table.clean) == (2, 20, 20)
    assert [c.header for c in table.columns][1:7] == [
        *("Faktur Pajak Nomor", "Faktur Pajak Tanggal", "Pembeli Nama", "Pembeli NPWP"),
        *("DPP (Rp)", f"PPN {rate}"),
    ]
