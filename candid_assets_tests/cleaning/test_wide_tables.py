"""A table that is cleaned some columns at a time gives what it gives in one statement."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.cleaning import drop_rules, slices_sql
from candid_assets.contracts.catalog import RowRule
from candid_assets.names import column_letter
from candid_assets_tests.cleaning.kit import Cell, Outcome, column, run_cleaning, tab_of
from candid_assets_tests.cleaning.test_cleaning_sql import EVERY_TYPE, cells
from candid_assets_tests.cleaning.test_cleaning_sql import with_options as changed

pytestmark = pytest.mark.slow

FILLED = tab_of(
    column("no", "integer", primary_key_position=1),
    column("tgl", "date", options={"fill_merged": True}),
    column("jumlah", "number", options={"shown_as": "pcs"}),
    column("toko", options={"fill_merged": True}),
    column("kode"),
    column("lunas", "boolean", required=True),
)
tables = st.lists(st.lists(cells, min_size=0, max_size=10), min_size=0, max_size=12)


def sliced(connection: DuckDBPyConnection, *how: Any, size: int, **more: Any) -> Outcome:
    with (
        patch.object(slices_sql, "WIDE", 1),
        patch.object(slices_sql, "SLICE", size),
        patch.object(drop_rules, "MANY", 1),
    ):
        return run_cleaning(connection, *how, **more)


def tables_of(connection: DuckDBPyConnection) -> list[list[tuple[Any, ...]]]:
    """Return the staged tables as they were left, with the names and types of their columns."""
    content = []
    for table in ("staged_clean", "staged_quarantine", "staged_dropped"):
        content.append(connection.execute(f"DESCRIBE {table}").fetchall())
        content.append(connection.execute(f"FROM {table} ORDER BY _row").fetchall())
    return content


@settings(max_examples=25, deadline=None)
@given(
    rows=tables,
    size=st.integers(min_value=1, max_value=5),
    policy=st.sampled_from(["quarantine", "keep_first", "keep_last"]),
)
def test_slices_of_columns_give_the_same_tables(
    connection: DuckDBPyConnection, rows: list[list[Cell]], size: int, policy: str
) -> None:
    tab = changed(EVERY_TYPE, duplicate_keys=policy)
    run_cleaning(connection, tab, rows)
    whole = tables_of(connection)
    sliced(connection, tab, rows, size=size)
    assert tables_of(connection) == whole


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=6, max_size=6), min_size=3, max_size=8))
def test_slices_fill_merged_cells_and_compare_units_alike(
    connection: DuckDBPyConnection, rows: list[list[Cell]]
) -> None:
    said = {
        "_merged": {3: {"B": "B2", "D": "D2"}, 4: {"B": "B2"}},
        "_shown": {2: {"C": "12 lusin", "E": "007"}, 3: {"C": "3 pcs"}},
    }
    run_cleaning(connection, FILLED, rows, said=said)
    whole = tables_of(connection)
    sliced(connection, FILLED, rows, size=1, said=said)
    assert tables_of(connection) == whole


@pytest.mark.parametrize("width", [slices_sql.WIDE, slices_sql.WIDE + 1, 3 * slices_sql.WIDE])
def test_table_of_any_width_leaves_only_its_outcome(
    connection: DuckDBPyConnection, width: int
) -> None:
    kinds = ("string", "integer", "number", "date")
    tab = tab_of(*(column(f"k{n}", kinds[n % 4]) for n in range(width)))
    texts = ("Toko", "1.250", "12,50", "17/08/2025")
    wrong = [*(texts[n % 4] for n in range(width - 1)), "31/02/2025"]
    cleaned = run_cleaning(connection, tab, [[texts[n % 4] for n in range(width)], wrong])
    assert cleaned.rows == ([2] if width % 4 == 0 else [2, 3])
    if width % 4 == 0:
        (reason,) = cleaned.quarantine[3]
        assert reason["cell"] == f"{column_letter(width)}3"
    names = {line[0] for line in connection.execute("SHOW TABLES").fetchall()}
    assert not {name for name in names if name.startswith("cleaning_")}


@settings(max_examples=25, deadline=None)
@given(rows=tables, fewest=st.integers(min_value=1, max_value=3))
def test_columns_that_are_read_alike_give_the_same_tables_in_one_statement(
    connection: DuckDBPyConnection, rows: list[list[Cell]], fewest: int
) -> None:
    run_cleaning(connection, EVERY_TYPE, rows)
    whole = tables_of(connection)
    with patch.object(slices_sql, "FEWEST", fewest):
        sliced(connection, EVERY_TYPE, rows, size=2)
    assert tables_of(connection) == whole


@pytest.mark.parametrize("cells_at_most", [0, slices_sql.MOST_CELLS])
def test_few_rows_of_columns_that_are_alike_are_read_in_one_statement(
    connection: DuckDBPyConnection, cells_at_most: int
) -> None:
    count = 4 * slices_sql.SLICE
    tab = tab_of(*(column(f"k{n}", "date", required=n % 2 == 0) for n in range(count)))
    with patch.object(slices_sql, "MOST_CELLS", cells_at_most):
        left = run_cleaning(connection, tab, [["17/08/2025"] * count])
    assert left.rows == [2]
    read = [s for s in left.sql.statements if "TABLE cleaning_slice" in s]
    assert len(read) == (2 if cells_at_most else 4)


def test_units_of_columns_that_are_read_alike_are_compared_within_each(
    connection: DuckDBPyConnection,
) -> None:
    units = [("pcs", "Rp"), ("pcs", "Rp"), ("lusin", "Rp"), ("pcs", "lusin"), ("pcs", "Rp")]
    said = {
        row: {"A": f"{row} {count}", "B": f"Rp {row}" if price == "Rp" else f"{row} {price}"}
        for row, (count, price) in enumerate(units, start=2)
    }
    tab = tab_of(column("jumlah", "number"), column("harga", "number"))
    rows: list[list[Cell]] = [[("n", f"{row}"), ("n", f"{row}")] for row in said]
    run_cleaning(connection, tab, rows, said={"_shown": said})
    whole = tables_of(connection)
    with patch.object(slices_sql, "FEWEST", 1):
        left = sliced(connection, tab, rows, size=2, said={"_shown": said})
    assert tables_of(connection) == whole
    assert left.reasons(4) == [("jumlah", "other_unit")]
    assert left.reasons(5) == [("harga", "other_unit")]


def test_columns_of_one_parser_are_read_together(connection: DuckDBPyConnection) -> None:
    kinds = ("string", "integer", "number", "date", "boolean", "time")
    many = 2 * slices_sql.SLICE
    tab = tab_of(*(column(f"k{n}", kinds[n % 6]) for n in range(6 * many)))
    statements = run_cleaning(connection, tab, []).sql.statements
    slices = [s for s in statements if s.startswith("CREATE OR REPLACE TEMP TABLE cleaning_slice")]
    assert sum("parse_date(" in s for s in slices) == 2
    assert sum("parse_time(" in s for s in slices) == 2


def test_statements_say_once_what_many_columns_share(connection: DuckDBPyConnection) -> None:
    tab = tab_of(*(column(f"k{n}", "date") for n in range(2 * slices_sql.WIDE)))
    statements = run_cleaning(connection, tab, []).sql.statements
    (quarantine,) = (s for s in statements if '"staged_quarantine" AS' in s)
    assert quarantine.count("is a formula error") == 1
    (rules,) = (s for s in statements if "TABLE cleaning_rules AS" in s)
    assert ": text" not in rules


@pytest.mark.parametrize(("cell", "sums"), [(None, True), ("-", True), ("2", False)])
@pytest.mark.parametrize("many", [1, 100])
def test_row_that_begins_with_total_is_a_sum_where_a_required_cell_is_blank(
    connection: DuckDBPyConnection, cell: Cell, sums: bool, many: int
) -> None:
    tab = tab_of(column("a"), *(column(name, required=True) for name in "bcd"))
    with patch.object(drop_rules, "MANY", many):
        left = run_cleaning(connection, tab, [["x", *"234"], ["TOTAL", cell, *"34"]])
    assert left.dropped.get(3) == ("total_row" if sums else None)


@settings(max_examples=25, deadline=None)
@given(
    amounts=st.lists(
        st.tuples(*[st.sampled_from([("n", "5"), ("n", "6"), "enam", None, ("n", "90000")])] * 3),
        min_size=1,
        max_size=6,
    ),
    size=st.integers(min_value=1, max_value=3),
)
def test_rules_over_columns_of_a_wide_table_say_what_those_of_few_columns_do(
    connection: DuckDBPyConnection, amounts: list[tuple[Cell, ...]], size: int
) -> None:
    within = RowRule("within", "No more than ordered.", "not (b <= a)", ("a", "b"))
    product = RowRule("product", "The total.", "abs(c - a * b) > 1", ("a", "b", "c"))
    tab = tab_of(
        column("id", primary_key_position=1),
        column("a", "integer"),
        column("b", "number", "DECIMAL(18,2)"),
        column("c", "number", options={"implausible": "quarantine"}),
        column("d"),
    )
    tab = replace(tab, row_rules=(within, product))
    usual: list[list[Cell]] = [[f"u{n}", *[("n", f"{n}")] * 3, "x"] for n in range(100, 112)]
    rows = [*usual, *([f"r{n}", *row, "y"] for n, row in enumerate(amounts))]
    run_cleaning(connection, tab, rows)
    whole = tables_of(connection)
    sliced(connection, tab, rows, size=size)
    assert tables_of(connection) == whole


def test_reasons_of_a_wide_table_stand_in_lines_and_not_in_columns(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(column("id", primary_key_position=1), *(column(name, "date") for name in "abc"))
    left = sliced(connection, tab, [["1", "x", "y", "z"], ["2", None, None, None]], size=2)
    assert [column for column, _ in left.reasons(2)] == ["a", "b", "c"]
    (made,) = (s for s in left.sql.statements if "TEMP TABLE cleaning_rows" in s)
    assert made.count('EXCLUDE (_row, "') == 2
    (problems,) = (s for s in left.sql.statements if "TABLE cleaning_problems" in s)
    assert '"id: why"' in problems
    assert '"a: why"' not in problems
