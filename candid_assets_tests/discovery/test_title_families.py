"""Tabs that differ by month, quarter, year or number alone are one table."""

import re
from datetime import date
from pathlib import Path

import pytest

from candid_assets.discovery.title_families import families, title_form
from candid_assets_tests.discovery.kit import proposed


def month(number: int, rows: int = 8, head: tuple[str, ...] = ("No Order", "Tgl", "Qty")) -> list:
    return [list(head), *([f"SO-{number}{n}", date(2025, number, n + 1), n] for n in range(rows))]


@pytest.mark.parametrize(
    ("titles", "later", "others"),
    [
        (["Jan25", "Feb25", "Agu25"], "Des 26", "Jan"),
        (["Januari", "February", "Mei"], "agustus", "Total"),
        (["Order Jan-25", "Order Feb 25"], "order DES25", "Orders Des25"),
        (["Q1", "Q2"], "q4", "Q5"),
        (["Target Q1 2025", "Target Q2 2025"], "Target Q3 2026", "Target"),
        (["2023", "2024"], "2031", "20311"),
        (["Minggu 1", "Minggu 2"], "Minggu ke-12", "Minggu"),
        (["Sheet1", "Sheet2"], "Sheet15", "Sheet"),
    ],
)
def test_family_pattern_matches_the_next_month_and_no_other_tab(
    titles: list[str], later: str, others: str
) -> None:
    ((form, members),) = families([*titles, "Dashboard"])
    assert len(members) == len(titles)
    for title in (*titles, later):
        assert re.fullmatch(form.pattern, title, re.IGNORECASE), (form.pattern, title)
    assert not re.fullmatch(form.pattern, others, re.IGNORECASE)


@pytest.mark.parametrize("title", ["Marketing", "Stok Barang", "Mayat", "Maretta"])
def test_titles_that_only_begin_like_a_month_are_no_family(title: str) -> None:
    assert title_form(title) is None


def test_months_of_one_layout_become_one_table_with_the_title_as_a_column(tmp_path: Path) -> None:
    tabs = {"Jan25": month(1), "Feb25": month(2), "Mar25": [[], *month(3)], "Toko": month(4)}
    proposal = proposed(tmp_path, tabs)
    assert [(t.name, t.titles, t.rows) for t in proposal.tables] == [
        ("monthly", ("Jan25", "Feb25", "Mar25"), 24),
        ("toko", ("Toko",), 8),
    ]
    assert proposal.tables[0].primary_key == ("no_order",)


def test_a_tab_of_another_layout_is_no_member(tmp_path: Path) -> None:
    other = month(3, head=("Kode", "Dibuat", "Catatan"))
    proposal = proposed(tmp_path, {"Jan25": month(1), "Feb25": month(2), "Mar25": other})
    assert [t.titles for t in proposal.tables] == [("Jan25", "Feb25"), ("Mar25",)]


def test_a_column_that_some_months_lack_is_optional(tmp_path: Path) -> None:
    wide = [[*row, "ok"] for row in month(2)]
    wide[0][-1] = "Ket"
    (table,) = proposed(tmp_path, {"Jan25": month(1), "Feb25": wide}).tables
    assert {c.name: c.optional for c in table.columns}["ket"] is True


def test_blank_tab_for_next_month_is_a_member_and_notes_are_not(tmp_path: Path) -> None:
    tabs = {"Jan25": month(1), "Feb25": month(2), "Mar25": [], "Apr25": [["belum diisi"]]}
    (table,) = proposed(tmp_path, tabs).tables
    assert table.options == {"allowEmpty": True, "retiredTabs": ["Apr25"]}


def test_title_is_part_of_the_key_where_tabs_repeat_keys(tmp_path: Path) -> None:
    head = ["Kode", "Target"]
    tabs = {f"Q{q}": [head, *([f"P{n}", n * 10] for n in range(9))] for q in (1, 2)}
    (table,) = proposed(tmp_path, tabs).tables
    assert table.primary_key == ("tab_title", "kode")
