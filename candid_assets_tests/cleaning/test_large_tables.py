"""A large table, whose cells are read as columns, gives what it gives where they stand in lists."""

from typing import Any
from unittest.mock import patch

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning import rows_sql
from candid_assets.contracts.catalog import Tab
from candid_assets_tests.cleaning.kit import Cell, column, run_cleaning, tab_of
from candid_assets_tests.cleaning.test_cleaning_sql import EVERY_TYPE, cells
from candid_assets_tests.cleaning.test_wide_tables import FILLED, tables_of

AMOUNTS = tab_of(
    column("ref", primary_key_position=1, options={"blank_words": ("#n/a", "kosong")}),
    column("rupiah", "number", options={"negative_marks": ("db",), "positive_marks": ("cr",)}),
    column("dolar", "number", options={"currency": "USD"}),
    column("jam", "number", options={"duration": "hours"}),
    column("status", enum=("Lunas", "Belum"), options={"synonyms": {"l": "Lunas"}}),
    total_words=("total",),
    summary_rows=("rata-rata",),
    ends_at=("catatan",),
)
SECTIONS = tab_of(
    column("a", options={"guarded": True}),
    column("bagian", header="_section"),
    column("b", "number", options={"round_to_scale": True}),
    total_words=("jumlah",),
    total_columns=("b",),
)
lead = st.sampled_from(["Total", "Rata-rata Mei", "Jumlah 3", "Catatan: x", "L", "'0812", "  ", ""])
amount = st.sampled_from(
    ["1.250 DB", "US$ 3.50", "07:30", ("n", "1.50"), ("m", "0.70"), ("x", "l")]
)
tables = st.lists(
    st.lists(st.one_of(cells, lead, amount), min_size=0, max_size=10), min_size=0, max_size=12
)


def as_columns(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]) -> str:
    """Clean rows as those of a large table; return the statement that reads them."""
    with patch.object(rows_sql, "MANY_ROWS", 1):
        return run_cleaning(connection, tab, rows).sql.statements[0]


def as_lists(connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]) -> list[Any]:
    """Clean rows as those of a small table and return what is left."""
    assert ": cleaned" not in run_cleaning(connection, tab, rows).sql.statements[0]
    return tables_of(connection)


@pytest.mark.slow
@pytest.mark.parametrize("tab", [EVERY_TYPE, FILLED, AMOUNTS, SECTIONS])
@settings(max_examples=40, deadline=None)
@given(rows=tables)
def test_columns_give_the_same_tables_as_lists(
    connection: DuckDBPyConnection, tab: Tab, rows: list[list[Cell]]
) -> None:
    small = as_lists(connection, tab, rows)
    statement = as_columns(connection, tab, rows)
    assert (": cleaned" in statement) == bool(rows)
    assert tables_of(connection) == small


@pytest.mark.parametrize(
    "row",
    [
        ["SO-1", ("n", "1"), ("n", "12.50"), "ya", "17/08/2025", None, "07:30", "0812 3456 789"],
        ["SO-1", ("m", "1"), ("m", "0.005"), ("b", "TRUE"), ("d", "2025-08-17")],
        ["Total", None, "1.250,75"],
        [None, None, ("e", "#N/A")],
    ],
)
def test_row_of_a_large_table_ends_where_that_of_a_small_one_does(
    connection: DuckDBPyConnection, row: list[Cell]
) -> None:
    small = as_lists(connection, EVERY_TYPE, [row])
    assert ": cleaned" in as_columns(connection, EVERY_TYPE, [row])
    assert tables_of(connection) == small


def test_lists_of_cells_are_not_made_in_a_large_table(connection: DuckDBPyConnection) -> None:
    statement = as_columns(connection, EVERY_TYPE, [["SO-1", ("n", "1")]])
    plan = connection.execute(
        "EXPLAIN " + statement.replace("TEMP TABLE cleaning_rows", "TEMP TABLE again")
    ).fetchall()[0][1]
    assert "list_value" not in plan.split("CASE")[0]
