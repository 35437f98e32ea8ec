"""A quarantined row keeps everything, and its history says when it came and was corrected."""

import pytest

from candid_assets_tests.history.shop import SALES

pytestmark = pytest.mark.slow

HISTORY = (
    'select _id, "column", reason, cell, "value", first_run, resolved_run, resolved is null'
    " from meta.quarantine_history where \"table\" = 'toko__{}' order by first_seen, _id"
)


def runs(shop):
    return [run for run, _ in shop.saved]


def test_corrected_cell_moves_its_row_to_clean_and_resolves_the_reason(shop):
    shop.edit("Penjualan", C3="dua ribu")
    shop.refresh()
    assert shop.query("select receipt_id from clean.toko__sales") == [("N1",), ("N3",)]
    row = shop.query("select _row, A, B, C, _reasons[1].link from quarantine.toko__sales")
    link = "https://docs.google.com/spreadsheets/d/Toko/edit#gid=1&range=C3"
    assert row == [(3, "N2", "18/08/2025", "dua ribu", link)]
    shop.edit("Penjualan", C3="2 rb")
    shop.refresh()
    assert shop.query("select count(*) from clean.toko__sales") == [(3,)]
    assert shop.query("select count(*) from quarantine.toko__sales") == [(0,)]
    first, second = runs(shop)
    assert shop.query(HISTORY.format("sales")) == [
        ("key N2", "amount_idr", "not_a_number", "C3", "dua ribu", first, second, False)
    ]
    times = shop.query(
        "select first_seen = last_seen, resolved > last_seen from meta.quarantine_history"
    )
    assert times == [(True, True)]


def test_a_row_that_moves_or_is_edited_elsewhere_keeps_its_history(shop):
    shop.edit("Penjualan", C3="dua ribu")
    shop.refresh()
    shop.edit("Penjualan", A2="N0", A5="N1", B5="1/1/2025", C5="1.000", B3="19/08/2025", C3="dua")
    shop.refresh()
    first, _ = runs(shop)
    assert shop.query(HISTORY.format("sales")) == [
        ("key N2", "amount_idr", "not_a_number", "C3", "dua", first, None, True)
    ]
    shop.edit("Penjualan", A3="N7", C3="7", A6="N2", B6="19/08/2025", C6="dua")
    shop.refresh()
    assert shop.query(HISTORY.format("sales")) == [
        ("key N2", "amount_idr", "not_a_number", "C6", "dua", first, None, True)
    ]
    assert shop.query("select last_seen > first_seen from meta.quarantine_history") == [(True,)]


def test_recurring_reason_begins_a_new_record(shop):
    shop.edit("Penjualan", C3="dua ribu")
    shop.refresh()
    shop.edit("Penjualan", C3="2.000")
    shop.refresh()
    shop.edit("Penjualan", C3="dua ribu")
    shop.refresh()
    first, second, third = runs(shop)
    assert [row[5:] for row in shop.query(HISTORY.format("sales"))] == [
        (first, second, False),
        (third, None, True),
    ]


def test_a_row_without_key_is_known_by_its_content(shop):
    shop.edit("Catatan", B2="abc", A4="Budi", B4="abc")
    shop.refresh()
    ids = [row[0] for row in shop.query(HISTORY.format("notes"))]
    assert ids[0].startswith("row ")
    assert ids[1] == f"{ids[0]} #2"
    shop.edit("Catatan", B2="0812-3456-7890")
    shop.refresh()
    states = [(row[0], row[7]) for row in shop.query(HISTORY.format("notes"))]
    assert states == [(ids[0], True), (ids[1], False)]


def test_rows_that_share_a_key_have_separate_histories(shop):
    shop.edit("Penjualan", A3="N1")
    shop.refresh()
    rows = shop.query(HISTORY.format("sales"))
    assert [row[:4] for row in rows] == [
        ("key N1", "receipt_id", "duplicate_key", "A2"),
        ("key N1 #2", "receipt_id", "duplicate_key", "A3"),
    ]


def test_hold_leaves_the_quarantine_history_unchanged(shop):
    shop.edit("Penjualan", C3="dua ribu")
    shop.refresh()
    before = shop.query("from meta.quarantine_history")
    shop.edit("Penjualan", C1="Harga", C3="2.000")
    shop.refresh()
    assert shop.query("from meta.quarantine_history") == before


def test_relaxed_contract_resolves_reasons_that_no_longer_apply(shop):
    shop.edit("Penjualan", C3=-5)
    shop.refresh()
    shop.write("workbooks/toko/sales.yaml", SALES.replace("minimum: 0", "minimum: -10"))
    shop.refresh()
    assert shop.query("select reason, resolved is not null from meta.quarantine_history") == [
        ("below_minimum", True)
    ]
