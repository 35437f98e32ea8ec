"""Rows that are no data are dropped by a named rule, in one fixed order."""

import pytest
from duckdb import DuckDBPyConnection

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

KEY = column("order_id", primary_key_position=1, header="No Order")
OUTLET = column("outlet", header="Outlet")
AMOUNT = column("amount_idr", "number", header="Jumlah (Rp)")
TAB = tab_of(KEY, OUTLET, AMOUNT)


def test_rows_above_the_header_and_the_header_are_dropped(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(
        connection, TAB, [["SO-1", "A", "5"]], title_rows=[["Order Harian"], [], ["catatan"]]
    )
    assert cleaned.dropped == {
        1: "above_header",
        2: "above_header",
        3: "above_header",
        4: "header",
    }
    assert cleaned.rows == [5]


def test_a_row_of_blanks_and_invisible_text_is_a_blank_row(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, TAB, [[], [" ", "\u00a0", "\u200b"], ["SO-1", "A", "5"]])
    assert cleaned.dropped == {1: "header", 2: "blank_row", 3: "blank_row"}


def test_a_row_with_a_note_beside_the_table_is_not_blank(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, TAB, [[None, None, None, "cek lagi"]])
    assert cleaned.reasons(2) == [("order_id", "missing_value")]


def test_a_row_of_dashes_is_not_blank(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, TAB, [["-", "-", "-"]])
    assert cleaned.reasons(2) == [("order_id", "missing_value")]


def test_a_header_printed_again_is_dropped(connection: DuckDBPyConnection) -> None:
    again = [" no order", "OUTLET\u00a0", "Jumlah  (Rp)"]
    cleaned = run_cleaning(connection, TAB, [["SO-1", "A", "5"], again])
    assert cleaned.dropped == {1: "header", 3: "repeated_header"}


@pytest.mark.parametrize(
    "cells",
    [
        [None, "Total", ("n", "5")],
        ["TOTAL", None, ("n", "5")],
        ["Grand Total", "", ("n", "5")],
        [" ", "Total: Agustus", ("n", "5")],
        ["-", "Sub Total", ("n", "5")],
        ["Jumlah", "x", ("n", "5")],
        ["\u00a0total penjualan", None, ("n", "5")],
    ],
)
def test_a_total_row_is_dropped_by_name(connection: DuckDBPyConnection, cells: list) -> None:
    cleaned = run_cleaning(connection, TAB, [["SO-1", "A", "5"], cells])
    if cells[0] == "-":
        # The dash is the first text of the row, so that this one is no total by the rule.
        assert cleaned.reasons(3) == [("order_id", "missing_value")]
    else:
        assert cleaned.dropped == {1: "header", 3: "total_row"}


@pytest.mark.parametrize(
    "cells",
    [
        ["SO-2", "Total Jaya", ("n", "5")],
        [None, "Totalindo", ("n", "5")],
        [None, "Jumlahan", ("n", "5")],
        [None, "Toko Total", ("n", "5")],
    ],
)
def test_a_row_of_data_that_mentions_total_stays(
    connection: DuckDBPyConnection, cells: list
) -> None:
    cleaned = run_cleaning(connection, TAB, [cells])
    assert cleaned.dropped == {1: "header"}


def test_a_total_row_of_a_composite_key_has_one_part_blank(connection: DuckDBPyConnection) -> None:
    tab = tab_of(KEY, column("line", "integer", primary_key_position=2), AMOUNT)
    cleaned = run_cleaning(
        connection, tab, [["Total", ("n", "3"), ("n", "5")], ["SO-1", None, "Total"]]
    )
    assert cleaned.dropped == {1: "header", 2: "total_row"}
    assert (("line", "missing_value")) in cleaned.reasons(3)


def test_total_rows_are_recognised_by_the_contract_s_words(connection: DuckDBPyConnection) -> None:
    tab = tab_of(KEY, OUTLET, AMOUNT, total_words=("rekap (bulan)", "Σ"))
    rows = [["Total", None, None], ["Rekap (Bulan) 8", None, None], ["Σ", None, None]]
    cleaned = run_cleaning(connection, tab, rows)
    assert cleaned.dropped == {1: "header", 3: "total_row", 4: "total_row"}
    assert cleaned.rows == [2]


def test_without_a_key_a_total_row_lacks_what_is_required(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("day", "date", required=True), OUTLET, AMOUNT)
    rows = [[None, "Total", ("n", "5")], ["17/08/2025", "Total Jaya", ("n", "5")]]
    cleaned = run_cleaning(connection, tab, rows)
    assert cleaned.dropped == {1: "header", 2: "total_row"}
    assert cleaned.rows == [3]


def test_without_required_columns_the_word_alone_marks_a_total_row(
    connection: DuckDBPyConnection,
) -> None:
    cleaned = run_cleaning(connection, tab_of(OUTLET, AMOUNT), [["Total", ("n", "5")]])
    assert cleaned.dropped == {1: "header", 2: "total_row"}


def test_a_row_equal_in_every_cell_to_an_earlier_one_is_dropped(
    connection: DuckDBPyConnection,
) -> None:
    row = ["SO-1", "A", ("n", "5"), "catatan"]
    cleaned = run_cleaning(connection, TAB, [row, ["SO-2", "A", ("n", "5")], row, row])
    assert cleaned.dropped == {1: "header", 4: "exact_duplicate", 5: "exact_duplicate"}
    assert cleaned.rows == [2, 3]


def test_a_row_that_differs_in_a_kind_or_a_side_cell_is_no_exact_duplicate(
    connection: DuckDBPyConnection,
) -> None:
    cleaned = run_cleaning(
        connection,
        TAB,
        [["SO-1", "A", ("n", "5")], ["SO-1", "A", "5"], ["SO-1", "A", ("n", "5"), "cek"]],
    )
    assert cleaned.dropped == {1: "header"}
    assert sorted(cleaned.quarantine) == [2, 3, 4]


def test_broken_rows_that_are_equal_leave_one_in_quarantine(
    connection: DuckDBPyConnection,
) -> None:
    row = [None, "A", ("n", "5")]
    cleaned = run_cleaning(connection, TAB, [row, row])
    assert cleaned.dropped == {1: "header", 3: "exact_duplicate"}
    assert cleaned.reasons(2) == [("order_id", "missing_value")]


@pytest.mark.parametrize("how", ["no key", "switched off"])
def test_equal_rows_stay_without_a_key_or_when_the_contract_says_so(
    connection: DuckDBPyConnection, how: str
) -> None:
    tab = tab_of(OUTLET, AMOUNT)
    if how == "switched off":
        tab = tab_of(KEY, OUTLET, AMOUNT, drop_exact_duplicates=False)
    row = ["A"] * (len(tab.columns) - 1) + [("n", "5")]
    cleaned = run_cleaning(connection, tab, [row, row])
    assert cleaned.dropped == {1: "header"}
    assert len(cleaned.clean) + len(cleaned.quarantine) == 2


def test_rules_are_tried_in_their_order(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(
        connection, TAB, [[], []], title_rows=[["Total"], ["No Order", "Outlet", "Jumlah (Rp)"]]
    )
    assert cleaned.dropped == {
        1: "above_header",
        2: "above_header",
        3: "header",
        4: "blank_row",
        5: "blank_row",
    }


def test_dropped_rows_name_their_table_and_extract(connection: DuckDBPyConnection) -> None:
    run_cleaning(connection, TAB, [])
    described = connection.execute("DESCRIBE staged_dropped").fetchall()
    assert [line[:2] for line in described] == [
        ("workbook", "VARCHAR"),
        ("tab", "VARCHAR"),
        ("table", "VARCHAR"),
        ("_row", "INTEGER"),
        ("rule", "VARCHAR"),
        ("_extract", "VARCHAR"),
    ]
    assert connection.execute("FROM staged_dropped").fetchall() == [
        ("sales_master", "orders", "sales_master__orders", 1, "header", "hash-1")
    ]


PREPARED = tab_of(KEY, OUTLET, AMOUNT, prefilled={"order_id": "*", "amount_idr": "Rp 0"})


@pytest.mark.parametrize(
    "cells",
    [["SO-9", None, "rp 0"], ["SO-9", " ", None], [None, None, "Rp\u00a00"]],
)
def test_a_row_that_nobody_typed_in_is_dropped_by_name(
    connection: DuckDBPyConnection, cells: list
) -> None:
    cleaned = run_cleaning(connection, PREPARED, [["SO-1", "A", "5"], cells])
    assert cleaned.dropped == {1: "header", 3: "prefilled_row"}


@pytest.mark.parametrize(
    "cells",
    [["SO-9", "B", "Rp 0"], ["SO-9", None, "Rp 5"], ["SO-9", None, "Rp 0", "a note beside"]],
)
def test_a_row_with_anything_typed_in_is_not_prepared(
    connection: DuckDBPyConnection, cells: list
) -> None:
    cleaned = run_cleaning(connection, PREPARED, [["SO-1", "A", "5"], cells])
    assert cleaned.dropped == {1: "header"}


NAMED = tab_of(
    OUTLET, AMOUNT, total_words=(), summary_rows=("jumlah",), total_columns=("amount_idr",)
)


@pytest.mark.parametrize("lead", ["Jumlah", "JUMLAH :", "jumlah Agustus 2025", "Jumlah (3)"])
def test_a_row_of_the_contracts_words_is_a_sum_whatever_it_holds(
    connection: DuckDBPyConnection, lead: str
) -> None:
    cleaned = run_cleaning(connection, NAMED, [["A", ("n", "5")], [lead, ("n", "7")]])
    assert cleaned.dropped == {1: "header", 3: "summary_row"}


def test_a_row_of_data_that_begins_with_such_a_word_is_kept(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, NAMED, [["Jumlahku Jaya", ("n", "5")]])
    assert cleaned.dropped == {1: "header"}


def test_a_row_of_nothing_but_the_sum_of_all_rows_above_is_dropped(
    connection: DuckDBPyConnection,
) -> None:
    rows = [["A", ("n", "5")], ["B", "1.000"], ["Jumlah", ("n", "9")], ["C", ("n", "7.5")]]
    cleaned = run_cleaning(connection, NAMED, [*rows, [None, ("n", "1012.5")], [None, ("n", "3")]])
    assert cleaned.dropped == {1: "header", 4: "summary_row", 6: "summary_row"}


@pytest.mark.parametrize(
    ("stated", "rule"),
    [("30", {6: "summary_row"}), ("21", {6: "summary_row"}), ("31", {}), ("20", {})],
)
def test_a_sum_may_hold_what_a_word_replaced_but_no_more_than_a_cell_can(
    connection: DuckDBPyConnection, stated: str, rule: dict[int, str]
) -> None:
    lines = [["A", ("n", "5")], ["B", "habis"], ["C", ("n", "9")], ["D", ("n", "7")]]
    cleaned = run_cleaning(connection, NAMED, [*lines, [None, ("n", stated)]])
    assert cleaned.dropped == {1: "header"} | rule


def test_two_rows_and_their_sum_are_data(connection: DuckDBPyConnection) -> None:
    rows = [["A", ("n", "5")], ["B", ("n", "7")], [None, ("n", "12")]]
    assert run_cleaning(connection, NAMED, rows).dropped == {1: "header"}


DESCRIBED = tab_of(OUTLET, AMOUNT, description_row={"amount_idr": "juta Rp"})


def test_a_line_of_units_is_dropped_by_name_wherever_it_stands(
    connection: DuckDBPyConnection,
) -> None:
    cleaned = run_cleaning(connection, DESCRIBED, [[None, "Juta  rp"], ["A", ("n", "5")]])
    assert cleaned.dropped == {1: "header", 2: "description_row"}


def test_a_row_where_the_line_of_units_stood_is_data(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, DESCRIBED, [["A", ("n", "5")], ["B", "juta Rp"]])
    assert cleaned.dropped == {1: "header"}


SECTIONED = tab_of(*(column(name) for name in ("group", "code", "name", "price")))


@pytest.mark.parametrize(
    ("cells", "merged", "rule"),
    [
        (["Minuman"], {"B": "A2", "C": "A2", "D": "A2"}, "section_row"),
        (["Minuman"], {"B": "A2", "C": "A2"}, "section_row"),
        ([None, "Minuman"], {"C": "B2", "D": "B2"}, "section_row"),
        (["Minuman"], {"B": "A2"}, None),
        (["Minuman", None, None, "5"], {"B": "A2", "C": "A2"}, None),
        ([("n", "5")], {"B": "A2", "C": "A2", "D": "A2"}, None),
        (["Minuman"], {"B": "B1", "C": "C1", "D": "D1"}, None),
    ],
)
def test_text_that_is_merged_over_most_columns_heads_a_section(
    connection: DuckDBPyConnection, cells, merged, rule
) -> None:
    outcome = run_cleaning(connection, SECTIONED, [cells, ["a"] * 4], said={"_merged": {2: merged}})
    assert outcome.dropped.get(2) == rule


def test_numbers_of_total_columns_are_read_once_however_often_they_are_compared(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(
        column("a"), column("b", "number"), column("c", "number"), total_columns=("b", "c")
    )
    statement = run_cleaning(connection, tab, [["x", "1", "2"]]).sql.statements[0]
    assert statement.count("wide_number(") == 2
