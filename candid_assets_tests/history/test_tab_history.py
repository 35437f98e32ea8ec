"""What a tab held, and what changed between any two of its contents."""

from datetime import UTC, datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.history.difference import TableDifference, _compare, difference
from candid_assets.history.errors import HistoryError
from candid_assets.history.tab_history import tab_history
from candid_assets_tests.history.shop import SALES

pytestmark = pytest.mark.slow


def changes(shop, table, before, after="now"):
    return difference(shop.settings, table, before, after, datetime.now(UTC))


def test_history_lists_each_content_with_its_time_and_the_rows_added_and_removed(shop):
    shop.refresh()
    shop.edit("Penjualan", C2="9.999", A5="N4", B5="1 Sept 2025", C5="tujuh")
    shop.refresh()
    shop.edit("Penjualan", C2="1.000", A5=None, B5=None, C5=None)
    shop.refresh()
    third, second, first = tab_history(shop.settings, "toko__sales")
    assert third.extract == first.extract != second.extract
    assert [s.is_current for s in (first, second, third)] == [False, False, True]
    assert first.last_seen == second.first_seen
    assert [(s.rows, s.rows_clean, s.rows_quarantined) for s in (first, second)] == [
        (4, 3, 0),
        (5, 3, 1),
    ]
    assert (second.rows_added, second.rows_removed) == (2, 1)
    assert (third.rows_added, third.rows_removed) == (1, 2)
    assert [s.run_id for s in (first, second, third)] == [run for run, _ in shop.saved]
    assert len(tab_history(shop.settings, "toko__sales", 1)) == 1


def test_a_diff_names_every_cell_by_key(shop):
    shop.refresh()
    first = shop.saved[0][0]
    shop.edit("Penjualan", C2="9.999", A4="N9", B3="19/08/2025", C3="3.000")
    shop.refresh()
    diff = changes(shop, "toko__sales", first)
    assert diff.key == ("receipt_id",)
    assert [row["receipt_id"] for row in diff.added] == ["N9"]
    assert [row["receipt_id"] for row in diff.removed] == ["N3"]
    assert diff.changed == [
        {
            "key": {"receipt_id": "N1"},
            "row": 2,
            "cells": [{"column": "amount_idr", "before": "1000.00", "after": "9999.00"}],
        },
        {
            "key": {"receipt_id": "N2"},
            "row": 3,
            "cells": [
                {"column": "sold_date", "before": "2025-08-18", "after": "2025-08-19"},
                {"column": "amount_idr", "before": "2500.00", "after": "3000.00"},
            ],
        },
    ]
    assert changes(shop, "toko__sales", "now").changed == []


def test_a_tab_without_key_is_compared_by_whole_rows(shop):
    shop.refresh()
    shop.edit("Catatan", A4="Budi", B4="0812-3456-7890", A3="Sita")
    shop.refresh()
    diff = changes(shop, "clean.toko__notes", shop.saved[0][0])
    assert diff.key == ()
    assert diff.added == [
        {"who": "Budi", "phone": "+6281234567890"},
        {"who": "Sita", "phone": None},
    ]
    assert diff.removed == [{"who": "Siti", "phone": None}]


def test_extracts_are_compared_by_hash_also_one_that_was_never_built(shop):
    shop.refresh()
    shop.edit("Penjualan", C1="Harga", C2="4.000")
    shop.refresh()
    shop.edit("Penjualan", C1="Jumlah (Rp)")
    shop.refresh()
    third, second, first = tab_history(shop.settings, "toko__sales")
    assert second.rows_clean is None
    diff = changes(shop, "toko__sales", first.extract[:10], third.extract)
    assert [row["key"]["receipt_id"] for row in diff.changed] == ["N1"]
    with pytest.raises(HistoryError, match="cannot be built as of"):
        changes(shop, "toko__sales", second.extract)


def test_added_and_removed_columns_are_listed(shop):
    shop.refresh()
    shop.write("workbooks/toko/sales.yaml", SALES.replace("amount_idr", "total_idr"))
    shop.refresh()
    diff = changes(shop, "toko__sales", shop.saved[0][0])
    assert (diff.columns_added, diff.columns_removed) == (("total_idr",), ("amount_idr",))
    assert diff.changed == []


def test_a_ready_table_and_a_quarantine_are_compared_too(shop):
    shop.refresh()
    shop.edit("Penjualan", C2="abc")
    shop.refresh()
    first = shop.saved[0][0]
    assert changes(shop, "ready.mart_daily", first).removed[0]["sold_date"] == "2025-08-17"
    assert [row["_id"] for row in changes(shop, "quarantine.toko__sales", first).added] == [
        "key N1"
    ]


@pytest.mark.parametrize("name", ["toko__sale", "raw.toko__sales", ""])
def test_unknown_table_is_reported(shop, name):
    shop.refresh()
    with pytest.raises(HistoryError, match="was ever built"):
        changes(shop, name, "now")
    with pytest.raises(HistoryError, match="was ever read"):
        tab_history(shop.settings, name)


KEYS = st.tuples(st.integers(0, 6), st.sampled_from(["a", "b", "", "a · b"]))
CELLS = st.tuples(
    st.none() | st.text(alphabet="ab'\"é ", max_size=3), st.none() | st.integers(-3, 3)
)
STATES = st.dictionaries(KEYS, CELLS, max_size=12)
BAGS = st.lists(CELLS, max_size=10)


def compared(before, after, columns, key):
    with duckdb.connect() as connection:
        for name, rows in (("before", before), ("after", after)):
            connection.execute(f"create temp table {name} ({columns})")
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"insert into {name} values ({marks})", list(row))
        diff = TableDifference("ready", "t", None, None, key)
        _compare(connection, diff)
        return diff


def _text(values):
    return tuple(None if v is None else str(v) for v in values)


@settings(max_examples=40)
@given(before=STATES, after=STATES)
def test_a_diff_applied_to_one_state_gives_the_other(before, after):
    diff = compared(
        [(*k, *v) for k, v in before.items()],
        [(*k, *v) for k, v in after.items()],
        "n integer, k varchar, x varchar, y integer",
        ("n", "k"),
    )
    state = {_text(k): _text(v) for k, v in before.items()}
    for row in diff.removed:
        assert state.pop((row["n"], row["k"])) == (row["x"], row["y"])
    for row in diff.added:
        assert state.setdefault((row["n"], row["k"]), (row["x"], row["y"])) == (row["x"], row["y"])
    for change in diff.changed:
        key = (change["key"]["n"], change["key"]["k"])
        values = dict(zip("xy", state[key], strict=True))
        for cell in change["cells"]:
            assert values[cell["column"]] == cell["before"] != cell["after"]
            values[cell["column"]] = cell["after"]
        state[key] = (values["x"], values["y"])
    assert state == {_text(k): _text(v) for k, v in after.items()}
    assert len(diff.added) == len(after.keys() - before.keys())


@settings(max_examples=40)
@given(before=BAGS, after=BAGS)
def test_a_diff_of_rows_without_key_applied_to_one_gives_the_other(before, after):
    diff = compared(before, after, "x varchar, y integer", ())
    bag = [_text(row) for row in before]
    for row in diff.removed:
        bag.remove((row["x"], row["y"]))
    bag += [(row["x"], row["y"]) for row in diff.added]
    assert sorted(bag, key=repr) == sorted(map(_text, after), key=repr)
    assert not [row for row in diff.added if row in diff.removed]
