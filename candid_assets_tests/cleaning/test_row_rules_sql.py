"""Rows that break a row rule stand in quarantine with every cell that the rule compares."""

from dataclasses import replace
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection

from candid_assets.contracts.catalog import RowRule, Tab
from candid_assets_tests.cleaning.kit import Outcome, column, run_cleaning, tab_of

WITHIN = RowRule(
    "delivered_within_ordered",
    "No more is delivered than ordered.",
    "not (delivered <= ordered)",
    ("ordered", "delivered"),
)
PRODUCT = RowRule(
    "total_is_product",
    "Total is quantity times price.",
    "abs(total - ordered * price) > 1",
    ("ordered", "price", "total"),
)
TAB = tab_of(
    column("id", primary_key_position=1),
    column("ordered", "integer"),
    column("delivered", "integer"),
    column("price", "number", "DECIMAL(38,2)"),
    column("total", "number", "DECIMAL(38,2)"),
)


def clean(connection: DuckDBPyConnection, rows: list, *rules: RowRule, tab: Tab = TAB) -> Outcome:
    return run_cleaning(connection, replace(tab, row_rules=rules), rows)


def n(value: str) -> tuple[str, str]:
    return ("n", value)


def test_row_that_breaks_a_rule_names_each_cell_it_compares(connection) -> None:
    rows = [["a", n("5"), n("5")], ["b", n("5"), n("6")]]
    outcome = clean(connection, rows, WITHIN)
    assert outcome.rows == [2]
    assert outcome.reasons(3) == [
        ("ordered", "delivered_within_ordered"),
        ("delivered", "delivered_within_ordered"),
    ]
    assert outcome.quarantine[3][1]["message"] == (
        "DELIVERED (C3): '6' breaks the rule delivered_within_ordered: No more is delivered than"
        " ordered. (B3 = 5, C3 = 6)"
    )
    assert outcome.quarantine[3][1]["link"].endswith("C3")


@pytest.mark.parametrize("row", [["a", None, n("6")], ["a", n("5"), None], ["a", None, None]])
def test_blank_operand_breaks_no_rule(connection, row) -> None:
    assert clean(connection, [row], WITHIN).rows == [2]


def test_product_keeps_to_its_tolerance_exactly(connection) -> None:
    rows = [
        ["a", n("3"), None, n("0.33"), n("1.99")],
        ["b", n("3"), None, n("0.33"), n("2")],
        ["c", n("3"), None, n("0.33"), n("2000")],
    ]
    outcome = clean(connection, rows, PRODUCT)
    assert outcome.rows == [2]
    assert {row: len(why) for row, why in outcome.quarantine.items()} == {3: 3, 4: 3}


def test_large_product_of_decimals_is_computed_exactly(connection) -> None:
    rule = replace(PRODUCT, broken="abs(total - qty * price * (1 - off)) > 1", columns=("qty",))
    rule = replace(rule, columns=("qty", "price", "off", "total"))
    tab = tab_of(
        column("qty", "number"),
        column("price", "number"),
        column("off", "number", "DECIMAL(5,4)"),
        column("total", "number"),
    )
    good = [n("1200"), n("99000000"), n("0.1"), n("106920000000")]
    bad = [n("1200"), n("99000000"), n("0.1"), n("106920000002")]
    outcome = clean(connection, [good, bad], rule, tab=tab)
    assert outcome.rows == [2]
    assert "it cannot be computed" not in outcome.quarantine[3][0]["message"]


def test_misread_cell_keeps_its_own_reason_and_breaks_no_rule(connection) -> None:
    outcome = clean(connection, [["a", "lima", n("6")]], WITHIN)
    assert outcome.reasons(2) == [("ordered", "not_an_integer")]


def test_value_that_its_own_column_refuses_is_not_compared(connection) -> None:
    tab = replace(
        TAB, columns=(*TAB.columns[:2], column("delivered", "integer", maximum=Decimal(5)))
    )
    outcome = clean(connection, [["a", n("5"), n("6")]], WITHIN, tab=tab)
    assert outcome.reasons(2) == [("delivered", "above_maximum")]


def test_row_that_breaks_two_rules_has_the_reasons_of_both(connection) -> None:
    rows = [["a", n("1"), n("2"), n("10"), n("50")]]
    outcome = clean(connection, rows, WITHIN, PRODUCT)
    assert {reason for _, reason in outcome.reasons(2)} == {WITHIN.name, PRODUCT.name}


def test_condition_that_cannot_be_computed_is_a_reason_and_no_pass(connection) -> None:
    huge = str(Decimal(10) ** 35)
    rows = [["a", n("9000000"), None, n(huge), n("1")], ["b", n("2"), None, n("3"), n("6")]]
    outcome = clean(connection, rows, PRODUCT)
    assert outcome.rows == [3]
    assert "it cannot be computed here" in outcome.quarantine[2][0]["message"]


def test_rules_that_share_a_product_fail_by_themselves(connection) -> None:
    huge = str(Decimal(10) ** 35)
    twin = replace(PRODUCT, name="total_above_product", broken="total < ordered * price")
    rows = [["a", n("9000000"), None, n(huge), n("1")], ["b", n("2"), None, n("3"), n("6")]]
    outcome = clean(connection, rows, PRODUCT, twin)
    assert outcome.rows == [3]
    assert {reason for _, reason in outcome.reasons(2)} == {PRODUCT.name, twin.name}


def test_rule_of_severity_warning_sends_no_row_to_quarantine(connection) -> None:
    outcome = clean(connection, [["a", n("5"), n("6")]], replace(WITHIN, severity="warning"))
    assert outcome.rows == [2]


def test_rule_over_a_column_that_the_sheet_lacks_is_kept_by_every_row(connection) -> None:
    tab = replace(TAB, row_rules=(WITHIN,))
    outcome = run_cleaning(connection, tab, [["a", n("5")]], positions={"id": 1, "ordered": 2})
    assert outcome.rows == [2]


def test_dropped_rows_break_no_rule(connection) -> None:
    outcome = clean(connection, [["a", n("5"), n("5")], ["Total", n("5"), n("50")]], WITHIN)
    assert outcome.dropped[3] == "total_row"
    assert not outcome.quarantine
