"""Rows that break a row rule of severity warning are counted and their cells named."""

from dataclasses import replace

from candid_assets.contracts.catalog import RowRule, Severity
from candid_assets.quality.row_rules import check_row_rules
from candid_assets.quality.suite import planned_checks
from candid_assets.warehouse.check_results import Cells
from candid_assets_tests.quality.contracts_made import column, stage, tab


def rule(severity: Severity = "warning") -> RowRule:
    return RowRule("within", "Delivered is ordered.", "not (b <= a)", ("a", "b"), severity)


PLAIN = tab(column("a", "integer"), column("b", "integer"))
WATCHED = replace(PLAIN, row_rules=(rule(),))
CELLS = Cells("book", 3, {"a": "C", "b": "D"})


def test_rows_that_break_a_rule_are_counted_and_both_cells_named(connection) -> None:
    staged = stage(connection, WATCHED, [(1, 1), (1, 2), (None, 3)])
    (result,) = check_row_rules(connection, WATCHED, staged, CELLS)
    assert (result.passed, result.severity, result.stops) == (False, "warning", False)
    assert result.message == "1 of 3 rows break within: Delivered is ordered."
    assert [(s.value, s.cell) for s in result.samples] == [("1", "C3"), ("2", "D3")]
    assert result.counts["unexpected_count"] == 1


def test_every_broken_rule_has_samples_however_many_rows_break_another(connection) -> None:
    other = RowRule("small", "A is small.", "a > 8", ("a",), "warning")
    watched = replace(PLAIN, row_rules=(rule(), other))
    staged = stage(connection, watched, [(1, 2)] * 30 + [(9, 9)])
    (result,) = check_row_rules(connection, watched, staged, CELLS)
    assert len(result.samples) <= 10
    assert "C32" in {s.cell for s in result.samples}


def test_rows_that_keep_their_rules_pass(connection) -> None:
    staged = stage(connection, WATCHED, [(1, 1)])
    (result,) = check_row_rules(connection, WATCHED, staged, CELLS)
    assert result.passed


def test_table_of_which_every_row_is_in_quarantine_breaks_no_rule(connection) -> None:
    (result,) = check_row_rules(connection, WATCHED, stage(connection, WATCHED, []), CELLS)
    assert (result.passed, result.counts["element_count"]) == (True, 0)


def test_rules_of_severity_error_are_no_check_since_their_rows_are_quarantined(connection) -> None:
    strict = replace(PLAIN, row_rules=(rule("error"),))
    assert check_row_rules(connection, strict, stage(connection, strict, [(1, 2)]), None) == []
    assert "row_rules_kept" not in {check.name for check in planned_checks(strict)}
    assert "row_rules_kept" in {check.name for check in planned_checks(WATCHED)}
