"""Days without a year become dates where a period above the header gives them theirs."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.proposal import ColumnProposal
from candid_assets_tests.cleaning.kit import run_cleaning
from candid_assets_tests.discovery.kit import proposed, table_of

DECEMBER = [f"{day:02d}/12" for day in range(4, 20)]
FRACTIONS = ["1/2", "3/4", "5/6", "7/8"] * 4


def statement(
    above: list[list[Any]], days: list[str], header: str = "Tanggal", first: int = 0
) -> list[list[Any]]:
    """Return a bank statement: what stands above it, a blank row, its header and its lines."""
    lines = [[day, f"TRANSFER {first + n}", 500.5 * (n + 1)] for n, day in enumerate(days)]
    rows = [*above, [], [header, "Keterangan", "Jumlah"], *lines]
    width = max(map(len, rows))
    return [[*row, *[None] * (width - len(row))] for row in rows]


def first_column(scratch: Path, rows: list[list[Any]], locale: str = "in_ID") -> ColumnProposal:
    """Return the proposal for a statement's first column."""
    return table_of(scratch, rows, locale).columns[0]


@pytest.mark.parametrize(
    ("above", "days", "label"),
    [
        ([["Periode : 01/12/2024 - 31/12/2024"]], DECEMBER, "Periode"),
        ([["No. rekening", ":", "2024"], ["Periode", ":", "Desember 2024"]], DECEMBER, "Periode"),
        ([["LAPORAN KAS"], ["Bulan Desember 2024"]], [f"{n} Des" for n in range(4, 20)], "Bulan"),
        ([["LAPORAN KAS"], ["Desember 2024"]], [f"{n}-12" for n in range(4, 20)], "*"),
        ([["Period: 01 Nov 2024 s/d 31 Jan 2025"]], [*DECEMBER, "30/11", "02/01"], "Period"),
        ([["Periode : Desember 2024"]], [f"{n:02d}.12" for n in range(4, 20)], "Periode"),
        ([["Tahun 2024"]], ["31/01", "29/02", *DECEMBER], "Tahun"),
        ([["Periode : Desember 2024"]], [*DECEMBER, "PEND"], "Periode"),
    ],
)
def test_days_of_a_period_above_the_header_are_dates(
    tmp_path: Path, above: list[list[Any]], days: list[str], label: str
) -> None:
    column = first_column(tmp_path, statement(above, days))
    assert (column.logical, column.guess.options) == ("date", {"yearFrom": label})


@pytest.mark.parametrize(
    ("above", "days", "header"),
    [
        ([["Rekening koran"]], DECEMBER, "Tanggal"),
        ([["Periode : bulan lalu"]], DECEMBER, "Tanggal"),
        ([["Periode : Mei 2024"]], DECEMBER, "Tanggal"),
        ([["Dicetak : 5 Januari 2025"]], DECEMBER, "Tanggal"),
        ([["Periode : Des 2024"], ["Periode : Des 2023"]], DECEMBER, "Tanggal"),
        ([["Periode : 01/01/2023 - 31/12/2024"]], DECEMBER, "Tanggal"),
        ([["No. rekening", "2024"]], DECEMBER, "Tanggal"),
        ([["Periode Des. Tahun 2024"]], DECEMBER, "Tanggal"),
        ([["Periode : Januari - Desember 2024"]], FRACTIONS, "Ukuran"),
        ([["Periode : Januari - Desember 2024"]], DECEMBER, "Kode"),
    ],
)
def test_other_columns_stay_text(
    tmp_path: Path, above: list[list[Any]], days: list[str], header: str
) -> None:
    column = first_column(tmp_path, statement(above, days, header))
    assert (column.logical, column.guess.options) == ("string", {})


def test_order_of_figures_is_the_one_in_which_period_and_days_agree(tmp_path: Path) -> None:
    days = [f"12/{day:02d}" for day in range(4, 20)]
    rows = statement([["Period: 12/01/2024 - 12/31/2024"]], days)
    column = first_column(tmp_path, rows, "en_US")
    assert column.guess.options == {"yearFrom": "Period", "dateOrder": "mdy"}
    rows = statement([["Periode: 01/12/2024 - 31/12/2024"]], DECEMBER)
    assert first_column(tmp_path, rows, "en_US").guess.options == {"yearFrom": "Periode"}


def test_each_tab_of_a_family_has_the_year_of_its_own_period(tmp_path: Path) -> None:
    months = {"Nov 2024": "11", "Des 2024": "12", "Jan 2025": "01"}
    tabs = {
        title: statement(
            [[f"Periode : {title}"]], [f"{n:02d}/{m}" for n in range(4, 20)], first=100 * int(m)
        )
        for title, m in months.items()
    }
    (table,) = proposed(tmp_path, tabs).tables
    assert (table.clean, table.quarantined) == (48, 0)
    assert table.columns[0].guess.options == {"yearFrom": "Periode"}


def test_discovered_contract_reads_the_year_anew_from_each_extract(tmp_path: Path) -> None:
    rows = statement([["Periode : 01/12/2024 - 31/01/2025"]], [*DECEMBER, "02/01"])
    path = tmp_path / "data.yaml"
    path.write_text(table_yaml(table_of(tmp_path / "scratch", rows), family=False), "utf-8")
    tab, document = read_tab(path, "toko", "team:unknown")
    assert tab is not None, document.problems
    with duckdb.connect() as connection:
        install_macros(connection)
        for stated, last in (("01/12/2024 - 31/01/2025", 2025), ("Des 2030 - Jan 2031", 2031)):
            lines = [
                [day, f"TRANSFER {n}", ("n", "5.5")] for n, day in enumerate(["31/12", "02/01"])
            ]
            above = [[f"Periode : {stated}"], []]
            outcome = run_cleaning(connection, tab, lines, title_rows=above)
            days = [row[0] for row in outcome.clean]
            assert days == [date(last - 1, 12, 31), date(last, 1, 2)]
