"""Families whose titles say little: one layout is one table, and a table of its own is left out."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import proposed

HEAD = ["Tanggal", "Shift", "Masuk", "Keluar"]


def shifts(first: int = 8) -> list[list[Any]]:
    """Return a tab of shifts."""
    return [HEAD, *([date(2025, 1, n), "Pagi", first, first + 8] for n in range(1, 13))]


def accounts(count: int) -> list[list[Any]]:
    """Return a tab of accounts."""
    return [["No Perk", "Perkiraan", "Debit"], *([100 + n, f"A{n}", n] for n in range(count))]


def test_a_table_of_its_own_is_not_claimed_by_the_pattern_of_others(tmp_path: Path) -> None:
    tabs = {"Sheet1": accounts(9), "Sheet2": shifts(), "Sheet3": accounts(7)}
    family, single = proposed(tmp_path, tabs).tables
    assert (family.titles, single.titles) == (("Sheet1", "Sheet3"), ("Sheet2",))
    claimed = [t for t in ("Sheet1", "Sheet2", "Sheet3", "Sheet4") if matches(family.pattern, t)]
    assert claimed == ["Sheet1", "Sheet3", "Sheet4"]


@pytest.mark.parametrize("titles", [["Ani", "Budi", "Citra"], ["Toko (A)", "Toko B+", "Toko Z"]])
def test_tabs_of_one_layout_are_one_family_whatever_their_titles(
    tmp_path: Path, titles: list[str]
) -> None:
    proposal = proposed(tmp_path, {title: shifts(n) for n, title in enumerate(titles)})
    (table,) = proposal.tables
    assert table.titles == tuple(titles)
    assert [t for t in [*titles, "Dedi"] if matches(table.pattern, t)] == titles
    assert (table.rows, table.clean) == (36, 36)


def test_two_tabs_of_one_layout_may_be_two_tables(tmp_path: Path) -> None:
    tables = proposed(tmp_path, {"Terlaris": accounts(5), "Tidak Laku": accounts(6)}).tables
    assert [t.name for t in tables] == ["terlaris", "tidak_laku"]


def test_two_layouts_under_titles_of_one_form_are_two_families(tmp_path: Path) -> None:
    tabs = {"Sheet1": accounts(9), "Sheet2": shifts(), "Sheet3": accounts(7), "Sheet4": shifts(9)}
    first, second = proposed(tmp_path, tabs).tables
    assert (first.titles, second.titles) == (("Sheet1", "Sheet3"), ("Sheet2", "Sheet4"))
    assert not any(matches(first.pattern, title) for title in second.titles)
    assert [t for t in [*tabs, "Sheet5"] if matches(second.pattern, t)] == list(second.titles)


def carded(title: str, first: int) -> list[list[Any]]:
    """Return a tab of shifts below a form that says whose they are."""
    return [["ABSENSI"], [f"Nama : {title}"], *shifts(first)]


@pytest.mark.parametrize("titles", [("Ani", "Budi"), ("Regu 6", "Regu 8", "Satpam")])
def test_tabs_that_say_their_titles_above_the_table_are_a_family(
    tmp_path: Path, titles: tuple[str, ...]
) -> None:
    tabs = {title: carded(title, n) for n, title in enumerate(titles)}
    (table,) = proposed(tmp_path, tabs).tables
    assert table.titles == titles
    assert all(matches(table.pattern, title) for title in titles)


def test_a_copy_of_a_members_tab_is_a_member(tmp_path: Path) -> None:
    tabs = {"Mei": shifts(7), "Juni": shifts(8), "Juni (1)": shifts(9)}
    (table,) = proposed(tmp_path, tabs).tables
    assert table.titles == ("Mei", "Juni", "Juni (1)")
    assert all(matches(table.pattern, title) for title in tabs)
    assert table.primary_key[0] == table.title_column


@pytest.mark.parametrize(
    "copy", ["Kartu (1)", "Copy of Kartu", "Salinan dari Kartu", "Kartu - Copy", "Kartu copy 2"]
)
def test_a_tab_and_what_is_called_its_copy_are_a_family_and_a_question(
    tmp_path: Path, copy: str
) -> None:
    for number, rows in enumerate((shifts(7), [*shifts(7), *shifts(9)[1:]])):
        (table,) = proposed(tmp_path / str(number), {"Kartu": shifts(7), copy: rows}).tables
        assert (table.name, table.titles) == ("kartu", ("Kartu", copy))
        (question,) = [q for q in table.questions if f"Is '{copy}' a copy of 'Kartu'?" in q.text]
        assert question.answers[0].value == [copy]


def test_single_tabs_of_the_same_headers_or_one_other_are_tables_and_questions(
    tmp_path: Path,
) -> None:
    tabs = {"Ani": shifts(6), "Budi": shifts(7), "Citra": [[*HEAD[:3], "Pulang"], *shifts(8)[1:]]}
    first, *others = proposed(tmp_path, tabs).tables
    assert [table.titles for table in (first, *others)] == [("Ani",), ("Budi",), ("Citra",)]
    equal, other = [q for q in first.questions if "list the same things" in q.text]
    assert equal.text == "Does 'Budi' list the same things as 'Ani'? Their headers are equal."
    assert [(a.key, a.value) for a in equal.answers] == [("titlePattern", "Ani|Budi")]
    assert [(a.when.split(";")[0], a.key, a.value) for a in other.answers] == [
        ("yes", "titlePattern", "Ani|Citra"),
        ("yes", "otherHeaders", ["Pulang"]),
        ("yes, and 'Budi' too", "titlePattern", "Ani|Budi|Citra"),
        ("yes, and 'Budi' too", "otherHeaders", ["Pulang"]),
    ]
    assert not any("list the same things" in q.text for table in others for q in table.questions)


def test_a_tab_that_is_called_a_copy_and_has_other_columns_is_a_table(tmp_path: Path) -> None:
    tables = proposed(tmp_path, {"Kartu": shifts(7), "Kartu (1)": accounts(6)}).tables
    assert [table.titles for table in tables] == [("Kartu",), ("Kartu (1)",)]


def with_remark(first: int) -> list[list[Any]]:
    """Return a tab of shifts with one more column."""
    return [[*HEAD, "Catatan"], *([*row, "lembur"] for row in shifts(first)[1:])]


def lines(titles: dict[str, list[list[Any]]]) -> list[list[Any]]:
    """Return the rows of several tabs, below one another."""
    return [row for rows in titles.values() for row in rows[1:]]


PEOPLE = {"Ani": shifts(6), "Budi": shifts(7), "Citra": shifts(8)}


@pytest.mark.parametrize("tabs", [PEOPLE, {"Cabang 1": shifts(6), "Cabang 2": shifts(7)}])
def test_a_tab_with_a_column_more_is_a_member_and_a_question(tmp_path: Path, tabs: Any) -> None:
    (table,) = proposed(tmp_path, tabs | {"Pusat": with_remark(9)}).tables
    assert table.titles == (*tabs, "Pusat")
    assert all(matches(table.pattern, title) for title in table.titles)
    assert [c.name for c in table.columns if c.optional] == ["catatan"]
    (question,) = [q for q in table.questions if "Does 'Pusat' list the same things" in q.text]
    assert question.answers[0].value == ["Pusat"]


def test_a_tab_with_other_names_for_its_columns_is_a_table_of_its_own(tmp_path: Path) -> None:
    other = [["Tanggal", "Shift", "Masuk", "Mesin"], *shifts(9)[1:]]
    family, single = proposed(tmp_path, PEOPLE | {"Mesin": other}).tables
    assert (family.titles, single.titles) == (tuple(PEOPLE), ("Mesin",))
    (question,) = [q for q in family.questions if "Does 'Mesin' list the same things" in q.text]
    answered = {answer.key: answer.value for answer in question.answers}
    assert matches(answered["titlePattern"], "Mesin")
    assert answered["otherHeaders"] == ["Mesin"]


@pytest.mark.parametrize(
    "gathered",
    [
        [HEAD, *lines(PEOPLE)],
        [["Nama", *HEAD], *([name, *row] for name, t in PEOPLE.items() for row in t[1:])],
    ],
)
def test_a_tab_that_gathers_the_rows_of_others_is_none_of_them(
    tmp_path: Path, gathered: list[list[Any]]
) -> None:
    family, single = proposed(tmp_path, PEOPLE | {"Semua": gathered}).tables
    assert (family.titles, single.titles) == (tuple(PEOPLE), ("Semua",))
    assert not matches(family.pattern, "Semua")


def renamed(first: int, column: int, header: str) -> list[list[Any]]:
    """Return a tab of shifts in which one column has another header."""
    head = [header if place == column else text for place, text in enumerate(HEAD)]
    return [head, *shifts(first)[1:]]


def test_a_header_that_a_member_has_for_another_is_no_column_beside_it(tmp_path: Path) -> None:
    tabs = {"Januari": shifts(6), "Februari": shifts(7), "Maret": renamed(8, 3, "Pulang")}
    more = [[*HEAD, "Pulang"], *([*row, row[3]] for row in shifts(9)[1:])]
    months, single = proposed(tmp_path, tabs | {"Toko": more}).tables
    assert (months.titles, single.titles) == (tuple(tabs), ("Toko",))
    (question,) = [q for q in months.questions if "Does 'Toko' list" in q.text]
    assert [a.key for a in question.answers] == ["titlePattern"]


@pytest.mark.parametrize("other", ["Januari", "Februari", "April"])
def test_a_month_with_another_header_for_a_column_is_a_member_and_a_question(
    tmp_path: Path, other: str
) -> None:
    titles = ("Januari", "Februari", "Maret", "April")
    tabs = {t: renamed(6, 3, "Pulang") if t == other else shifts(6) for t in titles}
    (table,) = proposed(tmp_path, tabs).tables
    assert (table.titles, table.rows, table.clean) == (titles, 48, 48)
    assert [(c.name, c.other_headers) for c in table.columns][3] == ("keluar", ("Pulang",))
    (question,) = [q for q in table.questions if "'Pulang' what 'Keluar' is" in q.text]
    assert (question.tab, question.cells) == (other, ("D1",))
    assert [(a.key, a.value) for a in question.answers] == [
        ("otherHeaders", None),
        ("optional", True),
    ]


def test_two_months_with_one_header_apart_are_one_table(tmp_path: Path) -> None:
    (table,) = proposed(
        tmp_path, {"Januari": shifts(6), "Februari": renamed(7, 3, "Pulang")}
    ).tables
    assert [c.header for c in table.columns] == HEAD
    assert (table.rows, table.clean) == (24, 24)


def test_a_month_whose_other_column_holds_other_cells_is_a_table_and_a_question(
    tmp_path: Path,
) -> None:
    other = [[*HEAD[:3], "Mesin"], *([*row[:3], "Bor"] for row in shifts(6)[1:])]
    tabs = {"Januari": shifts(6), "Februari": shifts(7), "Maret": other}
    family, single = proposed(tmp_path, tabs).tables
    assert (family.titles, single.titles) == (("Januari", "Februari"), ("Maret",))
    (question,) = [q for q in family.questions if "list the same things" in q.text]
    assert "It has 'Mesin' and no 'Keluar'." in question.text
    answered = {answer.key: answer.value for answer in question.answers}
    assert all(matches(answered["titlePattern"], title) for title in tabs)
    assert answered["optional"] is True


def test_equal_headers_alone_make_a_family_and_a_question(tmp_path: Path) -> None:
    head = ["Kode", "Nama", "Keterangan"]
    lists = {
        title: [head, *([f"{title[0]}{n}", f"{title} {n}", None] for n in range(9))]
        for title in ("Merk", "Kategori", "Satuan")
    }
    (table,) = proposed(tmp_path, lists).tables
    (question,) = [q for q in table.questions if "list things of one kind" in q.text]
    assert [(a.key, a.value) for a in question.answers] == [("titlePattern", "Merk")]


def test_phrases_in_a_tab_beside_a_family_are_no_table(tmp_path: Path) -> None:
    notes = [["Saldo awal dari buku lama"], ["Kopo tutup Juni"]]
    proposal = proposed(tmp_path, PEOPLE | {"Catatan": notes})
    assert [table.titles for table in proposal.tables] == [tuple(PEOPLE)]
    assert [(item.title, item.code) for item in proposal.left_out] == [("Catatan", "note")]


def matches(pattern: str | None, title: str) -> bool:
    """Return whether a family's pattern claims a title."""
    return pattern is not None and re.fullmatch(pattern, title, re.IGNORECASE) is not None
