"""A rule of a column is one row of a table, and every room takes it from there."""

from pathlib import Path

import duckdb
import pytest

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts import column_rules
from candid_assets.contracts.column_rules import ColumnRule, Expectation
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.odcs_export import odcs_documents
from candid_assets.contracts.rule_values import Declared
from candid_assets.documents.build import build_documents
from candid_assets.quality.expectations import SuiteRunner
from candid_assets_tests.cleaning.kit import run_cleaning
from candid_assets_tests.contracts.small_catalog import spoil
from candid_assets_tests.quality.contracts_made import run_suite


def read_start(declared: Declared) -> str | None:
    if declared.value:
        return str(declared.value)
    declared.fault("startsWith is blank", "write how the values start")
    return None


STARTS_WITH = ColumnRule(
    key="startsWith",
    types=frozenset({"string"}),
    read=read_start,
    broken="NOT starts_with({name}, {value})",
    reason="bad_start",
    phrase="does not start with {value}",
    expectation=Expectation(
        "ExpectColumnValuesToMatchRegex",
        lambda valued: ({"regex": f"^{valued[0][1]}"}, f"starts with {valued[0][1]}"),
    ),
    documented="starting with `{value}`",
)


@pytest.fixture
def one_more_rule(monkeypatch: pytest.MonkeyPatch, root: Path) -> Path:
    """A catalog whose order numbers have a rule that only the table knows."""
    rules = (*column_rules.COLUMN_RULES, STARTS_WITH)
    monkeypatch.setattr(column_rules, "COLUMN_RULES", rules)
    spoil(root, "workbooks/sales_master/orders.yaml", 'pattern: "SO-[0-9]{6}"', 'startsWith: "SO-"')
    return root


def test_an_added_row_is_read_and_its_value_checked(one_more_rule: Path) -> None:
    catalog = load_catalog(one_more_rule)
    assert catalog.problems == ()
    assert catalog.tabs[0].columns[0].rules == {"startsWith": "SO-"}
    spoil(one_more_rule, "workbooks/sales_master/orders.yaml", 'With: "SO-"', 'With: ""')
    (problem,) = load_catalog(one_more_rule).problems
    assert (problem.line, problem.message) == (12, "startsWith is blank")


def test_an_added_row_sends_cells_to_quarantine_and_fails_the_audit(one_more_rule: Path) -> None:
    tab = load_catalog(one_more_rule).tabs[0]
    good = ["SO-1", "1", "O1", "17/08/2025", ("n", "1"), "lunas"]
    with duckdb.connect() as connection:
        install_macros(connection)
        outcome = run_cleaning(connection, tab, [good, ["PO-2", *good[1:]]])
        assert outcome.reasons(3) == [("order_id", "bad_start")]
        message = "No Order (A3): 'PO-2' does not start with SO-"
        assert outcome.quarantine[3][0]["message"] == message
        judged = run_suite(SuiteRunner(), tab, connection, "staged_clean", None)
        assert {r.name: r.passed for r in judged}["values_valid"]
        connection.execute("UPDATE staged_clean SET order_id = 'PO-2'")
        judged = run_suite(SuiteRunner(), tab, connection, "staged_clean", None)
    (broken,) = (r for r in judged if r.name == "values_valid")
    assert broken.message == "order_id starts with SO-: 1 of 1 values break this"


def test_an_added_row_is_exported_and_documented(one_more_rule: Path) -> None:
    catalog = load_catalog(one_more_rule)
    assert "startsWith: SO-" in odcs_documents(catalog)["sales_master.yaml"]
    pages = build_documents(catalog)
    assert "key; starting with `SO-`" in pages["workbooks/sales_master.md"]
    row = "| `startsWith` | string | does not start with … | `bad_start` |"
    assert row in pages["contracts.md"]
