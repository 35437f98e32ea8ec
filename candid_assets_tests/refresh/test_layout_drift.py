"""Every structural change of a tab is recognised, recorded once, told, and has its outcome."""

import pytest

from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

SALES = """name: sales
physicalName: Penjualan
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true, description: Receipt number.}
  - {name: amount_idr, physicalName: "Jumlah", logicalType: number, required: true, description: Amount in Rupiah.}
  - {name: cashier, physicalName: "Kasir", logicalType: string, customProperties: [{property: optional, value: true}], description: Who took the money.}
"""  # noqa: E501
ROWS = [["No Nota", "Jumlah", "Kasir"], *([f"N{n}", f"{n}.000", "Ani"] for n in range(1, 9))]
TOTAL = 36_000


@pytest.fixture
def sales(shop):
    shop.contract("sales", SALES)
    shop.sheet(Penjualan=ROWS, Lain=[["x"]])
    shop.run()
    assert shop.failures() == []
    assert shop.check("layout_unchanged") == (
        True,
        "tabs, header and columns are as when the table was last made",
    )
    return shop


def _events(shop: Shop, columns="kind, subject, breaking, resolved_at is null"):
    return shop.query(f"select {columns} from meta.schema_changes order by first_seen, kind")


def _total(shop: Shop) -> int:
    return int(shop.query("select sum(amount_idr) from clean.toko__sales")[0][0])


ADDITIVE = {
    "tab_renamed": [("rename_tab", {"title": "Jualan"})],
    "tab_hidden": [("hide_tab", {})],
    "header_moved": [("insert_rows", {"row": 1, "rows": [["Laporan"], []]})],
    "columns_moved": [("move_column", {"column": "B", "to": "A"})],
    "column_added": [("insert_column", {"column": "B", "values": ["Kota", *["Solo"] * 8]})],
    "column_removed": [("delete_column", {"column": "C"})],
}


@pytest.mark.parametrize("kind", ADDITIVE)
def test_additive_change_is_a_warning_and_the_table_is_built(sales, kind):
    for do, what in ADDITIVE[kind]:
        sales.change(do, tab="Penjualan", **what)
    record = sales.run()
    assert record.succeeded
    assert _total(sales) == TOTAL
    ((recorded, _, breaking, _),) = _events(sales)
    assert (recorded, breaking) == (kind, False)
    (check,) = [c for c in record.checks if c.name == "layout_unchanged"]
    assert (check.passed, check.severity, check.blocking) == (False, "warning", False)


BREAKING = {
    "tab_missing": ("tab_missing", [("delete_tab", {})]),
    "tab_emptied": ("tab_emptied", [("empty_tab", {})]),
    "tab_not_grid": ("tab_not_grid", [("make_chart", {})]),
    "column_removed": ("missing_column", [("delete_column", {"column": "B"})]),
    "column_renamed": ("missing_column", [("edit", {"cells": {"B1": "Total Rp"}})]),
    "column_retyped": (
        "column_retyped",
        [("edit", {"cells": {f"B{n}": "banyak" for n in range(2, 10)}})],
    ),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_breaking_change_keeps_the_last_good_table_and_fails_the_run(sales, kind):
    cause, changes = BREAKING[kind]
    for do, what in changes:
        sales.change(do, tab="Penjualan", **what)
    for _ in range(2):  # recorded once, red until it is corrected
        record = sales.run()
        assert not record.succeeded
        assert [f.cause for f in record.distinct_failures()] == [cause]
        assert _total(sales) == TOTAL
        ((recorded, _, breaking, is_open),) = _events(sales)
        assert (recorded, breaking, is_open) == (kind, True, True)
    (check,) = sales.query(
        "select passed, severity from meta.checks where name = 'layout_unchanged'"
    )
    assert check == (False, "error")


def test_a_change_that_is_undone_is_resolved(sales):
    sales.change("edit", tab="Penjualan", cells={"B1": "Total"})
    sales.run()
    sales.change("edit", tab="Penjualan", cells={"B1": "Jumlah"})
    assert sales.run().succeeded
    ((kind, *_, is_open),) = _events(sales)
    assert (kind, is_open) == ("column_renamed", False)
    assert sales.check("layout_unchanged")[0]


def test_a_deleted_tab_that_is_restored_is_resolved(sales):
    sales.change("delete_tab", tab="Penjualan")
    sales.run()
    sales.change("add_tab", tab="Penjualan", rows=ROWS, sheet_id=101)
    assert sales.run().succeeded
    assert [e[-1] for e in _events(sales)] == [False]
    assert sales.check("layout_unchanged")[0]


def test_renamed_header_is_reported_with_its_new_name_and_the_share_of_equal_values(sales):
    sales.change("insert_column", tab="Penjualan", column="A", values=["Kota", *["Solo"] * 8])
    sales.change("edit", tab="Penjualan", cells={"C1": "Omzet"})
    sales.run()
    ((_, message),) = sales.failures()
    assert "'Jumlah' of amount_idr looks renamed to 'Omzet' (column C, 100%" in message
    assert "candid contracts diff toko__sales --write" in sales.runs[-1].distinct_failures()[0].fix


def test_a_warning_stays_until_the_contract_has_the_column(sales):
    sales.change("insert_column", tab="Penjualan", column="B", values=["Kota", *["Solo"] * 8])
    sales.run()
    sales.change("edit", tab="Penjualan", cells={"C2": "1.500"})
    sales.run()
    passed, message = sales.check("layout_unchanged")
    assert not passed
    assert "'Kota' is new" in message
    assert len(_events(sales)) == 1
    city = "  - {name: city, physicalName: Kota, logicalType: string, description: City.}\n"
    sales.contract("sales", SALES + city)
    sales.run()
    assert sales.check("layout_unchanged")[0]
    assert [e[-1] for e in _events(sales)] == [False]


def test_a_renamed_tab_is_resolved_by_the_contract(sales):
    sales.change("rename_tab", tab="Penjualan", title="Jualan")
    sales.run()
    assert [e[-1] for e in _events(sales)] == [True]
    sales.contract("sales", SALES.replace("physicalName: Penjualan", "physicalName: Jualan"))
    sales.run()
    assert [e[-1] for e in _events(sales)] == [False]


def test_few_bad_cells_are_quarantined_without_a_layout_change(sales):
    sales.change("edit", tab="Penjualan", cells={"B2": "banyak", "B3": "sedikit"})
    assert sales.run().succeeded
    assert sales.query("select count(*) from quarantine.toko__sales") == [(2,)]
    assert _events(sales) == []


def test_run_after_a_reported_additive_change_passes(sales):
    sales.change("move_column", tab="Penjualan", column="B", to="A")
    sales.run()
    sales.change("edit", tab="Penjualan", cells={"A2": "2.000"})
    sales.run()
    assert sales.check("layout_unchanged")[0]
    assert [e[0] for e in _events(sales)] == ["columns_moved"]


def test_retired_tab_is_not_read_and_keeps_its_table(sales):
    sales.change("delete_tab", tab="Penjualan")
    assert not sales.run().succeeded
    retired = "customProperties:\n  - {property: retired, value: '2025-11-25'}\nproperties:"
    sales.contract("sales", SALES.replace("properties:", retired, 1))
    record = sales.run()
    assert record.succeeded
    assert _total(sales) == TOTAL
    assert [e[-1] for e in _events(sales)] == [False]
    assert sales.query(
        "select (select count(*) from meta.failures), bool_and(passed) from meta.checks"
    ) == [(0, True)]


def test_a_retired_column_stays_and_is_blank(sales):
    sales.change("delete_column", tab="Penjualan", column="B")
    assert not sales.run().succeeded
    sales.contract(
        "sales",
        SALES.replace(
            "logicalType: number, required: true",
            "logicalType: number, customProperties: [{property: retired, value: '2025-11-25'}]",
        ),
    )
    assert sales.run().succeeded
    assert sales.query("select count(*), count(amount_idr) from clean.toko__sales") == [(8, 0)]
    assert [e[-1] for e in _events(sales)] == [False]
