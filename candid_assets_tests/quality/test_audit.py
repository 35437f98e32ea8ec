"""SQL counts what breaks a rule; Great Expectations is asked about broken rules and no others."""

import subprocess
import sys
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from candid_assets.quality.audit import SuiteAudit
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.outcome import RuleOutcome
from candid_assets.quality.table_rules import TableRule
from candid_assets.warehouse.check_results import CheckResult
from candid_assets_tests.quality.contracts_made import column, model, stage, tab

SUBJECT = tab(
    column("id", "integer", primary_key_position=1),
    column("code", pattern="[A-Z]-[0-9]"),
    column("amount", "number", minimum=Decimal(0)),
)
GOOD = [(1, "A-1", Decimal(0)), (2, None, Decimal("0.01"))]


def judged(
    connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]], subject: Any = SUBJECT
) -> dict[str, CheckResult]:
    staged = stage(connection, subject, rows)
    return {r.name: r for r in SuiteAudit().judge(subject, connection, staged, None)}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TableRule]:
    """The rules that Great Expectations is asked about."""
    explain, rules_asked = SuiteRunner.explain, []

    def noting(self: SuiteRunner, subject: Any, rules: Any, frame: Any) -> Any:
        rules_asked.extend(rules)
        columns = {rule.columns for rule in rules}
        kept = {name for name in frame.data if not frame.data[name].isna().all()}
        assert kept <= {"_row", "id"} | {name for named in columns for name in named}
        return explain(self, subject, rules, frame)

    monkeypatch.setattr(SuiteRunner, "explain", noting)
    return rules_asked


def test_a_table_that_keeps_its_contract_loads_no_great_expectations() -> None:
    program = """
import sys, duckdb
from candid_assets.quality.audit import SuiteAudit
from candid_assets_tests.quality.test_audit import SUBJECT
connection = duckdb.connect()
connection.execute("create table staged as select 1::bigint id, 'A-1' code,"
                   " 0::decimal(18,2) amount, 2::integer _row, 'x' _extract")
results = SuiteAudit().judge(SUBJECT, connection, "staged", None)
assert all(r.passed for r in results), results
print("great_expectations" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_great_expectations_is_asked_about_the_broken_rule_alone(connection, asked) -> None:
    results = judged(connection, [*GOOD, (3, "b-1", Decimal(1))])
    assert [rule.text for rule in asked] == ["code matches [A-Z]-[0-9]"]
    assert [name for name, result in results.items() if not result.passed] == ["values_valid"]
    (sample,) = results["values_valid"].samples
    assert (sample.column, sample.value) == ("code", "b-1")


def test_nothing_is_asked_of_a_table_that_passes(connection, asked) -> None:
    assert all(result.passed for result in judged(connection, GOOD).values())
    assert asked == []


def test_rows_of_a_broken_model_are_named_by_a_key_that_has_no_broken_rule(connection) -> None:
    subject = model(column("outlet", primary_key_position=1), column("size", enum=("S",)))
    result = judged(connection, [("O1", "XL")], subject)["values_valid"]
    assert result.samples[0].detail == "size is one of S (row outlet=O1)"


def test_rule_that_sql_finds_broken_and_great_expectations_does_not_has_failed(connection) -> None:
    # `$` of Python's expressions stands before a last line break, too; cleaning's does not.
    subject = tab(column("code", pattern="[A-Z]"))
    result = judged(connection, [("A\n",)], subject)["values_valid"]
    assert not result.passed
    assert result.message


def test_verdicts_that_differ_are_a_failure_that_says_so(connection, monkeypatch) -> None:
    def blind(self: SuiteRunner, subject: Any, rules: Any, frame: Any) -> Any:
        return [RuleOutcome(rule, passed=True, looked_at=3) for rule in rules]

    monkeypatch.setattr(SuiteRunner, "explain", blind)
    result = judged(connection, [*GOOD, (1, None, None)])["keys_unique"]
    assert not result.passed
    assert "SQL finds 1 values that break it, Great Expectations none" in result.message


def test_column_of_another_type_is_judged_by_great_expectations_and_named(connection) -> None:
    connection.execute(
        "create table staged as select 1::bigint id, 'A-1' code, 'much' amount,"
        " 2::integer _row, 'x' _extract"
    )
    results = {r.name: r for r in SuiteAudit().judge(SUBJECT, connection, "staged", None)}
    assert "amount is VARCHAR" in results["columns_match"].message
    assert "could not be judged" in results["values_valid"].message
    assert results["keys_unique"].passed


def test_missing_column_fails_its_checks_and_no_others(connection) -> None:
    connection.execute("create table staged as select 1::bigint id, 'A-1' code, 2::integer _row")
    results = {r.name: r for r in SuiteAudit().judge(SUBJECT, connection, "staged", None)}
    assert [n for n, r in results.items() if not r.passed] == ["columns_match", "values_valid"]


def test_table_that_cannot_be_read_is_an_error(connection) -> None:
    with pytest.raises(duckdb.CatalogException):
        SuiteAudit().judge(SUBJECT, connection, "nowhere", None)


def test_no_number_is_a_blank_to_both(connection) -> None:
    subject = model(column("rate", "number", physical_type="DOUBLE", required=True, unique=True))
    result = judged(connection, [(float("nan"),), (1.0,)], subject)
    assert [n for n, r in result.items() if not r.passed] == ["values_present"]
    assert result["values_present"].counts["unexpected_count"] == 1
