import pytest

from candid_assets.contracts.catalog import Reference
from candid_assets.quality import references
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets_tests.quality.contracts_made import column, model, stage, tab

LINES = tab(column("sku", reference=Reference("items", "sku")), column("note"))


def check_references(*arguments, **named) -> CheckResult:
    (result,) = references.check_references(*arguments, **named)
    return result


@pytest.fixture
def items(connection) -> str:
    connection.execute("CREATE SCHEMA clean; CREATE TABLE clean.items AS SELECT 'A' AS sku")
    return "clean.items"


def test_a_contract_without_foreign_keys_has_no_result(connection) -> None:
    assert references.check_references(connection, tab(column("a")), "nowhere") == []


def test_matched_values_and_blanks_pass(connection, items) -> None:
    result = check_references(connection, LINES, stage(connection, LINES, [("A", ""), (None, "")]))
    assert result.passed
    assert result.counts["element_count"] == 1


def test_unmatched_values_are_counted_and_linked_to_their_cells(connection, items) -> None:
    rows = [("A", ""), ("B", ""), ("C", ""), ("B", "")]
    cells = Cells("book", 3, {"sku": "D"})
    staged = stage(connection, LINES, rows)
    result = check_references(connection, LINES, staged, cells=cells)
    assert (result.passed, result.severity, result.stops) == (False, "warning", False)
    assert result.counts["unexpected_count"] == 3
    assert result.counts["distinct_unexpected"] == 2
    assert result.counts["unexpected_percent"] == 75.0
    assert [(s.value, s.cell) for s in result.samples] == [("B", "D3"), ("C", "D4")]
    assert result.samples[0].detail == "not in items.sku; 2 rows"
    assert result.message == "3 of 4 values (2 different) of sku are not in items.sku"


def test_samples_are_few_where_much_is_unmatched(connection, items) -> None:
    staged = stage(connection, LINES, [(f"X{i}", "") for i in range(30)])
    result = check_references(connection, LINES, staged)
    assert len(result.samples) == 10
    assert result.counts["unexpected_count"] == 30


def test_a_table_that_does_not_exist_yet_is_a_warning_that_says_so(connection) -> None:
    connection.execute("CREATE SCHEMA clean")
    result = check_references(connection, LINES, stage(connection, LINES, [("A", "")]))
    assert not result.passed
    assert result.severity == "warning"
    assert "the table items does not exist yet" in result.message


def test_a_resolver_that_knows_no_table_gives_the_same_warning(connection) -> None:
    staged = stage(connection, LINES, [("A", "")])
    for resolve in (lambda _: None, lambda table: f"elsewhere.{table}"):
        result = check_references(connection, LINES, staged, resolve=resolve)
        assert "does not exist yet" in result.message


def test_column_missing_from_the_referenced_table_is_reported(connection, items) -> None:
    subject = tab(column("sku", reference=Reference("items", "code")))
    result = check_references(connection, subject, stage(connection, subject, [("A",)]))
    assert "items has no column code" in result.message


def test_column_missing_from_the_staged_table_is_reported(connection, items) -> None:
    staged = stage(connection, tab(column("other")), [("A",)])
    result = check_references(connection, LINES, staged)
    assert "sku is not in the table" in result.message


def test_table_may_refer_to_its_own_staged_rows(connection) -> None:
    subject = tab(
        column("id"), column("parent", reference=Reference("sales__people", "id")), name="people"
    )
    staged = stage(connection, subject, [("1", None), ("2", "1"), ("3", "9")])
    result = check_references(connection, subject, staged)
    assert result.counts["unexpected_count"] == 1
    assert result.samples[0].value == "9"


def test_values_of_different_types_are_compared_as_text(connection) -> None:
    connection.execute("CREATE SCHEMA clean; CREATE TABLE clean.items AS SELECT 7::BIGINT AS sku")
    staged = stage(connection, LINES, [("7", ""), ("07", ""), ("x", "")])
    result = check_references(connection, LINES, staged)
    assert {sample.value for sample in result.samples} == {"07", "x"}


def test_models_look_in_ready_before_clean(connection, items) -> None:
    connection.execute("CREATE SCHEMA ready; CREATE TABLE ready.items AS SELECT 'R' AS sku")
    subject = model(column("sku", reference=Reference("items", "sku")))
    staged = stage(connection, subject, [("R",), ("A",)])
    assert [s.value for s in check_references(connection, subject, staged).samples] == ["A"]


def test_broken_reference_of_severity_error_blocks_and_a_warning_does_not(
    connection, items
) -> None:
    subject = tab(
        column("a", reference=Reference("items", "sku")),
        column("b", reference=Reference("items", "sku", severity="error")),
    )
    warned = check_references(connection, subject, stage(connection, subject, [("X", "A")]))
    assert (warned.severity, warned.blocking, warned.stops) == ("warning", True, False)
    stopped = check_references(connection, subject, stage(connection, subject, [("A", "X")]))
    assert (stopped.severity, stopped.blocking, stopped.stops) == ("error", True, True)


def test_a_staged_table_that_is_not_there_fails(connection, items) -> None:
    assert not check_references(connection, LINES, "staging.nowhere").passed


def test_an_aborted_transaction_is_a_failure_and_no_crash(connection, items) -> None:
    staged = stage(connection, LINES, [("A", "")])
    connection.execute("BEGIN")
    with pytest.raises(Exception, match="Conversion"):
        connection.execute("SELECT CAST(note || 'x' AS INTEGER) FROM " + staged).fetchall()
    result = check_references(connection, LINES, staged)
    connection.execute("ROLLBACK")
    assert not result.passed
