"""Forms above tables: label and value in one cell or two, as columns where tabs differ in them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets.cleaning.form_cells import form_values, with_forms
from candid_assets.contracts.header_map import FormCell, HeaderMap
from candid_assets.contracts.tab_file import read_tab
from candid_assets.discovery.contract_text import table_yaml
from candid_assets_tests.discovery.kit import proposed

CARD = ["Tgl", "Uraian", "Masuk", "Keluar"]


def card(item: str, place: str, day: int) -> list[list[Any]]:
    rows = [[date(2025, 1, n), f"Kirim {item} {n}", n + 3, n % 2] for n in range(1, 7)]
    form = [
        ["KARTU STOK"],
        [f"Nama Barang : {item}", None, "Gudang", place],
        ["Petugas", ": Siti", None, None],
        ["Dibuat:", date(2025, 2, day)],
        ["Harga", day * 1000],
    ]
    return [*form, [], CARD, *rows]


TABS = {
    "Paving": card("Paving 6 cm", "Solo", 1),
    "Batako": card("Batako", "Tegal", 2),
    "Genteng": card("Genteng", "Solo", 3),
}


def test_what_tabs_of_a_family_differ_in_is_a_column_of_its_type(tmp_path: Path) -> None:
    (table,) = proposed(tmp_path, TABS).tables
    assert {c.name: (c.header, c.logical) for c in table.form_columns} == {
        "nama_barang": ("_form.Nama Barang", "string"),
        "gudang": ("_form.Gudang", "string"),
        "dibuat": ("_form.Dibuat", "date"),
        "harga": ("_form.Harga", "integer"),
    }
    assert any("Petugas: Siti" in note for note in table.notes)
    assert (table.clean, table.quarantined) == (18, 0)
    assert table.accounted == sum(map(len, TABS.values()))


def test_the_form_of_one_tab_is_a_note(tmp_path: Path) -> None:
    (table,) = proposed(tmp_path, {"Paving": TABS["Paving"]}).tables
    assert not table.form_columns
    assert any("Nama Barang: Paving 6 cm" in note for note in table.notes)


def test_a_label_that_some_tabs_lack_is_optional(tmp_path: Path) -> None:
    bare = [row for row in TABS["Genteng"] if row[:1] != ["Harga"]]
    (table,) = proposed(tmp_path, TABS | {"Genteng": bare}).tables
    assert [c.name for c in table.form_columns if c.optional] == ["harga"]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ([["Gudang : Solo"]], FormCell(1, 1, "Solo")),
        ([["Gudang:", None, "Solo"]], FormCell(1, 3)),
        ([["Gudang", ":", "Solo"]], FormCell(1, 3)),
        ([["Gudang", ": Solo"]], FormCell(1, 2, "Solo")),
        ([["GUDANG", "Solo"]], FormCell(1, 2)),
        ([["Gudang:", "Periode: Mei"]], FormCell(1, 1, "")),
    ],
)
def test_a_value_stands_behind_its_label_or_beside_it(rows: Any, cell: FormCell) -> None:
    assert list(form_values(rows, "Gudang")) == [cell]
    assert not list(form_values([["Gudang Barat"], ["Kepala Gudang: Ani"]], "Gudang"))


def test_a_label_that_moved_is_found_and_one_that_is_gone_or_twice_is_reported(
    tmp_path: Path,
) -> None:
    (table,) = proposed(tmp_path / "scratch", TABS).tables
    path = tmp_path / f"{table.name}.yaml"
    path.write_text(table_yaml(table, family=True))
    tab, document = read_tab(path, "toko", "team:unknown")
    assert tab is not None, document.problems
    labels = [["Gudang: Solo"], ["Dibuat: 1/2/2025"], ["Harga", "7"]]
    header = HeaderMap(6, {})
    filled = with_forms(tab, [[None], ["Nama Barang:", "Paving"], *labels, CARD], header)
    assert isinstance(filled, HeaderMap)
    assert filled.forms["nama_barang"] == FormCell(2, 2)
    gone = with_forms(tab, [[None], [None], *labels, CARD], header)
    assert "label 'Nama Barang' of nama_barang is gone" in str(gone)
    item = "Nama Barang: {}".format
    twice = with_forms(tab, [[item("A")], [item("B")], *labels, CARD], header)
    assert "stands above the table in row 1 and row 2" in str(twice)
