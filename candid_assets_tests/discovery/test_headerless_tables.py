"""Tabs without a header: every row is data, the names are proposed, and a person is asked."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets_tests.discovery.kit import proposed, reason_of, table_of

Rows = Sequence[Sequence[Any]]
NAMES = ["Budi", "Siti", "Agus", "Dewi", "Rudi", "Ani", "Joko", "Rina", "Eko", "Maya"]
DAYS = range(1, 9)
LOG = [[date(2025, 1, n + 1), "INFO", f"toko {n} dibuka", NAMES[n]] for n in range(10)]
CASH = [[date(2025, 1, n + 1), f"Beli bahan {NAMES[n]}", n * 1000 + 500] for n in range(9)]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (LOG, ["tanggal", "kolom_b", "nama", "kolom_d"]),
        (
            [[f"GD{n:02d}", "Solo" if n % 2 else "Tegal", "AB"[n % 2], n + 3] for n in range(9)],
            ["kode", "kolom_b", "kolom_c", "jumlah"],
        ),
        (
            [[n + 1, date(2025, 1, n + 1), f"Toko {NAMES[n]}", n * 5, n + 2] for n in range(9)],
            ["no", "tanggal", "nama", "jumlah", "kolom_e"],
        ),
        (
            [[date(2025, 1, n), n * 5, n + 0.5] for n in DAYS],
            ["tanggal", "jumlah", "kolom_c"],
        ),
        ([[f"INV/{n:04d}", f"P{n}", 100 + n] for n in range(9)], ["kode", "kode_2", "jumlah"]),
        (
            [[f"Ibu {NAMES[n]}", f"0812345600{n}", f"Jl. Merdeka No. {n}"] for n in range(9)],
            ["nama", "telepon", "kolom_c"],
        ),
    ],
    ids=["log", "outlets", "numbered", "dated", "codes", "addresses"],
)
def test_every_row_is_data_under_proposed_names(
    tmp_path: Path, rows: Rows, names: list[str]
) -> None:
    table = table_of(tmp_path, rows)
    assert [column.name for column in table.columns] == names
    assert (table.rows, table.clean, table.accounted) == (len(rows), len(rows), len(rows))
    assert table.options["headerRows"] == 0
    (asked,) = [q.text for q in table.questions if "no header" in q.text]
    assert ", ".join(names) in asked


def test_titles_totals_and_signatures_are_no_rows(tmp_path: Path) -> None:
    signed = [["Total", None, 41000], [], ["Mengetahui,"], ["Direktur"]]
    rows = [["CATATAN KAS"], [], *CASH, *signed]
    table = table_of(tmp_path, rows)
    assert (table.clean, table.quarantined, table.accounted) == (9, 0, len(rows))
    assert table.options["headerRow"] == 3


def test_the_contract_is_one_that_a_run_reads(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(table_yaml(table_of(tmp_path / "scratch", CASH), family=False))
    tab, document = read_tab(path, "toko", "team:unknown")
    assert tab is not None, document.problems
    assert [column.header for column in tab.columns] == ["(column A)", "(column B)", "(column C)"]


def test_tabs_of_as_many_columns_are_no_family(tmp_path: Path) -> None:
    tabs = {"Kas": CASH, "Bank": CASH[1:], "Kode": [[f"K{n}", NAMES[n], n + 3] for n in range(8)]}
    assert len(proposed(tmp_path, tabs).tables) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [["Omzet", 1200], ["Laba", 300], ["Toko aktif", 12]],
        [[n, n * 2, n * 3] for n in range(9)],
        [[date(2025, 1, 1), "rapat"], [], ["hadir", "Ani"], [], [12, "kursi"], ["ruang", "A"]],
    ],
    ids=["figures", "numbers", "scraps"],
)
def test_what_is_no_table_gets_no_contract(tmp_path: Path, rows: Rows) -> None:
    assert reason_of(tmp_path, rows) in {"no_header", "dashboard", "pairs", "note"}


@pytest.mark.parametrize(
    "phone",
    [
        lambda n: f"08123456{n:04d}",
        lambda n: f"+62 812-3456-{n:04d}",
        lambda n: 628123450000 + 77 * n,
        lambda n: f"62812 3456 {n:04d}",
    ],
    ids=["zero", "signs", "number", "spaces"],
)
def test_telephone_numbers_are_called_so_and_are_text(
    tmp_path: Path, phone: Callable[[int], Any]
) -> None:
    rows = [[f"K{n}", phone(n), 1500 * n] for n in range(1, 9)]
    kinds = {c.name: c.logical for c in table_of(tmp_path, rows).columns}
    assert kinds == {"kode": "string", "telepon": "string", "jumlah": "integer"}
