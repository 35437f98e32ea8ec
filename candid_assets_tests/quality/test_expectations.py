import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Agreement, RowLimits, Tab
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.suite import planned_checks
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult
from candid_assets_tests.quality.contracts_made import column, model, run_suite, stage, tab

pytestmark = pytest.mark.slow

TEN = datetime.fromisoformat("2025-08-17 10:00:00")
RUNNER = SuiteRunner()
ORDERS = tab(
    column("id", primary_key_position=1, pattern="SO-[0-9]{3}"),
    column("day", "date", required=True, minimum=date(2020, 1, 1), maximum=date(2029, 12, 31)),
    column("amount", "number", minimum=Decimal(0)),
    column("status", enum=("lunas", "tempo")),
    column("note"),
    rows=RowLimits(minimum=2, maximum=3),
)
GOOD = [
    ("SO-001", date(2025, 1, 1), Decimal("0.00"), "lunas", "O1"),
    ("SO-002", date(2025, 1, 2), None, None, None),
]


def _run(connection, rows, subject=ORDERS, cells=None) -> dict[str, CheckResult]:
    results = run_suite(RUNNER, subject, connection, stage(connection, subject, rows), cells)
    return {result.name: result for result in results}


AFTER_THE_SUITE = ("values_plausible", "columns_in_place")
SUITE = [c.name for c in planned_checks(ORDERS) if c.name not in AFTER_THE_SUITE]


def test_a_table_that_keeps_its_contract_passes_every_planned_check(connection) -> None:
    results = _run(connection, GOOD)
    assert list(results) == SUITE
    assert all(result.passed for result in results.values())
    assert not any(result.samples for result in results.values())
    assert results["keys_unique"].counts["element_count"] == 2


def test_reconciliation_is_checked_after_the_suite_and_not_by_it(connection) -> None:
    agreement = Agreement("Books agree.", "gap", "select 0", Decimal(0), Decimal(0))
    subject = replace(model(column("gap", "number")), agreements=(agreement,))
    assert "books_agree" in [check.name for check in planned_checks(subject)]
    assert list(_run(connection, [(Decimal(0),)], subject)) == ["columns_match"]


BAD_ROWS = {
    "keys_unique": ("SO-001", date(2025, 1, 3), None, None, None),
    "values_present": ("SO-003", None, None, None, None),
    "values_valid": ("SO-003", date(2025, 1, 3), Decimal("-0.01"), None, None),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_one_bad_row_fails_its_check_and_no_other(connection, name) -> None:
    results = _run(connection, [*GOOD, BAD_ROWS[name]])
    assert [n for n, result in results.items() if not result.passed] == [name]
    assert results[name].samples


@pytest.mark.parametrize(
    "row",
    [
        ("XX-003", date(2025, 1, 3), None, None, None),
        ("SO-0031", date(2025, 1, 3), None, None, None),
        ("SO-003", date(2019, 12, 31), None, None, None),
        ("SO-003", date(2030, 1, 1), None, None, None),
        ("SO-003", date(2025, 1, 3), None, "Lunas", None),
    ],
)
def test_patterns_ranges_and_enumerations_hold_for_the_whole_value(connection, row) -> None:
    result = _run(connection, [*GOOD, row])["values_valid"]
    assert not result.passed
    assert result.counts["unexpected_count"] == 1


def test_too_few_and_too_many_rows_are_reported(connection) -> None:
    few = _run(connection, GOOD[:1])["rows_in_range"]
    assert (few.passed, few.stops, few.counts) == (
        False,
        False,
        {"rows": 1, "minimum": 2, "maximum": 3},
    )
    more = [
        ("SO-003", date(2025, 1, 3), None, None, None),
        ("SO-004", date(2025, 1, 3), *[None] * 3),
    ]
    assert not _run(connection, [*GOOD, *more])["rows_in_range"].passed
    assert "it has 4" in _run(connection, [*GOOD, *more])["rows_in_range"].message


def test_samples_link_to_the_cell(connection) -> None:
    cells = Cells("book", 7, {"id": "A", "day": "B", "amount": "AB"})
    result = _run(connection, [*GOOD, BAD_ROWS["values_valid"]], cells=cells)["values_valid"]
    (sample,) = result.samples
    assert (sample.column, sample.value, sample.cell) == ("amount", "-0.01", "AB4")
    assert sample.link == "https://docs.google.com/spreadsheets/d/book/edit#gid=7&range=AB4"
    assert sample.detail == "amount is at least 0"


def test_without_a_locator_samples_still_name_the_row(connection) -> None:
    result = _run(connection, [*GOOD, BAD_ROWS["keys_unique"]])["keys_unique"]
    assert [sample.detail for sample in result.samples] == [
        "no two rows share id (row 2)",
        "no two rows share id (row 4)",
    ]


def test_counts_are_exact_and_samples_are_few(connection) -> None:
    subject = tab(column("status", enum=("a",)))
    result = _run(connection, [("b",)] * 30 + [("a",)] * 10, subject)["values_valid"]
    assert result.counts["unexpected_count"] == 30
    assert result.counts["unexpected_percent"] == 75.0
    assert len(result.samples) == MAX_SAMPLES


def test_samples_show_every_broken_rule_in_turn(connection) -> None:
    subject = tab(column("a", enum=("x",)), column("b", enum=("x",)))
    result = _run(connection, [("y", "x")] * 20 + [("x", "z")], subject)["values_valid"]
    assert {sample.column for sample in result.samples} == {"a", "b"}


def test_a_model_names_the_row_by_its_key(connection) -> None:
    subject = model(column("outlet", primary_key_position=1), column("size", enum=("S",)))
    result = _run(connection, [("O1", "XL")], subject)["values_valid"]
    assert result.layer == "ready"
    assert result.samples[0].detail == "size is one of S (row outlet=O1)"


def test_a_compound_key_is_unique_as_a_whole(connection) -> None:
    subject = model(
        column("outlet", primary_key_position=1), column("month", "date", primary_key_position=2)
    )
    rows = [("O1", date(2025, 1, 1)), ("O1", date(2025, 2, 1)), ("O2", date(2025, 1, 1))]
    assert _run(connection, rows, subject)["keys_unique"].passed
    result = _run(connection, [*rows, rows[0]], subject)["keys_unique"]
    assert result.counts["unexpected_count"] == 2
    assert result.samples[0].column == "outlet + month"
    assert result.samples[0].value == "O1 + 2025-01-01"


def test_blank_parts_of_a_key_are_missing_not_duplicate(connection) -> None:
    subject = model(column("a", primary_key_position=1), column("b", primary_key_position=2))
    results = _run(connection, [("x", None), ("x", None)], subject)
    assert results["keys_unique"].passed
    assert results["values_present"].counts["unexpected_count"] == 2


def test_an_empty_table_passes_on_values_and_fails_on_rows(connection) -> None:
    results = _run(connection, [])
    assert [name for name, result in results.items() if not result.passed] == ["rows_in_range"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE {} DROP COLUMN status", "status is missing"),
        ("ALTER TABLE {} ADD COLUMN extra VARCHAR", "extra is not in the contract"),
        ("ALTER TABLE {} RENAME COLUMN status TO state", "status is missing"),
        ("ALTER TABLE {} ALTER amount TYPE DOUBLE", "amount is DOUBLE, the contract says DECIMAL"),
        ("ALTER TABLE {} ALTER amount TYPE DECIMAL(18,3)", "amount is DECIMAL(18,3)"),
    ],
)
def test_columns_and_types_that_differ_are_named(connection, change, said) -> None:
    staged = stage(connection, ORDERS, GOOD)
    connection.execute(change.format(staged))
    results = run_suite(RUNNER, ORDERS, connection, staged, None)
    (result,) = (r for r in results if r.name == "columns_match")
    assert result.stops
    assert said in result.message


def test_columns_in_another_order_are_reported(connection) -> None:
    subject = model(column("a"), column("b"))
    connection.execute("CREATE TABLE swapped AS SELECT 'x' AS b, 'y' AS a")
    (result,) = run_suite(RUNNER, subject, connection, "swapped", None)
    assert not result.passed
    assert result.message == "the order is not the contract's"


def test_check_that_cannot_be_evaluated_fails(connection) -> None:
    staged = stage(connection, ORDERS, GOOD)
    connection.execute(f"ALTER TABLE {staged} DROP COLUMN status")
    results = {r.name: r for r in run_suite(RUNNER, ORDERS, connection, staged, None)}
    assert not results["values_valid"].passed
    assert "status" in results["values_valid"].message
    assert "could not be judged" in results["values_valid"].message
    assert results["keys_unique"].passed


def test_comparison_that_raises_an_error_fails(connection) -> None:
    subject = tab(column("name", minimum=Decimal(1)))
    result = _run(connection, [("x",)], subject)["values_valid"]
    assert not result.passed
    assert "could not be judged" in result.message


def test_a_contract_whose_bounds_cross_fails_instead_of_passing(connection) -> None:
    subject = tab(column("n", "integer", minimum=Decimal(5), maximum=Decimal(1)))
    assert not _run(connection, [(3,)], subject)["values_valid"].passed


def test_a_staged_table_that_is_not_there_fails_every_check(connection) -> None:
    results = run_suite(RUNNER, ORDERS, connection, "staging.nowhere", None)
    assert [r.name for r in results] == SUITE
    assert not any(r.passed for r in results)
    assert "nowhere" in results[0].message


@pytest.mark.parametrize(
    ("bounds", "value", "holds"),
    [
        ({"minimum": Decimal("0.10")}, "0.10", True),
        ({"minimum": Decimal("0.10")}, "0.09", False),
        ({"exclusive_minimum": Decimal("0.10")}, "0.10", False),
        ({"exclusive_minimum": Decimal("0.10")}, "0.11", True),
        ({"maximum": Decimal("0.30")}, "0.30", True),
        ({"maximum": Decimal("0.30")}, "0.31", False),
        ({"exclusive_maximum": Decimal("0.30")}, "0.30", False),
        ({"minimum": Decimal("0.105")}, "0.10", False),
        ({"minimum": Decimal("0.105")}, "0.11", True),
        ({"maximum": Decimal("9999999999999.99")}, "9999999999999.99", True),
        ({"maximum": Decimal("9999999999999.99")}, "10000000000000.00", False),
        ({"maximum": Decimal("9999999999999.99")}, "9999999999999999.99", False),
        ({"minimum": Decimal(0)}, "-0.01", False),
        ({"minimum": Decimal(1), "exclusive_minimum": Decimal(1)}, "1.00", False),
        ({"minimum": Decimal(2), "exclusive_minimum": Decimal(1)}, "2.00", True),
        ({"maximum": Decimal(2), "exclusive_maximum": Decimal(3)}, "2.50", False),
    ],
)
def test_money_is_compared_to_the_last_sen(connection, bounds, value, holds) -> None:
    subject = tab(column("amount", "number", **bounds))
    assert _run(connection, [(Decimal(value),)], subject)["values_valid"].passed is holds


def test_bound_too_long_for_exact_comparison_is_refused(connection) -> None:
    subject = tab(column("amount", "number", maximum=Decimal("9999999999999999.98")))
    result = _run(connection, [(Decimal("9999999999999999.99"),)], subject)["values_valid"]
    assert not result.passed
    assert "at most 15 digits" in result.message


def test_numbers_equal_as_floats_are_different_keys(connection) -> None:
    subject = tab(
        column("n", "integer", primary_key_position=1, minimum=Decimal(0)),
        column("d", "number", unique=True, minimum=Decimal(0)),
    )
    rows = [
        (2**53, Decimal("9007199254740992.00")),
        (2**53 + 1, Decimal("9007199254740992.01")),
        (None, None),
    ]
    results = _run(connection, rows, subject)
    assert results["keys_unique"].passed
    assert results["columns_match"].passed
    again = _run(connection, [*rows, rows[1]], subject)["keys_unique"]
    assert again.counts["unexpected_count"] == 4
    assert "9007199254740992.01" in {sample.value for sample in again.samples}


@pytest.mark.parametrize(
    ("kind", "enum", "listed", "unlisted"),
    [
        ("integer", ("1", "2"), 2, 3),
        ("number", ("1", "2.5"), Decimal("2.50"), Decimal("2.51")),
        ("boolean", ("TRUE",), True, False),
        ("date", ("2025-08-17",), date(2025, 8, 17), date(2025, 8, 18)),
        ("timestamp", ("2025-08-17 10:00:00",), TEN, datetime.fromisoformat("2025-08-17")),
        ("time", ("10:00:00",), "10:00:00", "10:00:01"),
    ],
)
def test_enumerations_hold_for_every_type(connection, kind, enum, listed, unlisted) -> None:
    subject = tab(column("value", kind, enum=enum))
    assert _run(connection, [(listed,), (None,)], subject)["values_valid"].passed
    assert not _run(connection, [(listed,), (unlisted,)], subject)["values_valid"].passed


@pytest.mark.parametrize(
    ("kind", "enum"), [("integer", "satu"), ("number", "1.005"), ("boolean", "ya"), ("date", "x")]
)
def test_an_enumeration_of_another_type_fails_and_names_the_value(connection, kind, enum) -> None:
    result = _run(connection, [], tab(column("value", kind, enum=(enum,))))["values_valid"]
    assert not result.passed
    assert repr(enum) in result.message


def test_dates_beyond_the_nanosecond_era_are_compared_too(connection) -> None:
    subject = tab(column("day", "date", maximum=date(2030, 1, 1)))
    assert not _run(connection, [(date(9999, 12, 31),)], subject)["values_valid"].passed
    assert _run(connection, [(date(1, 1, 1),)], subject)["values_valid"].passed


def test_a_timestamp_a_microsecond_late_is_above_the_maximum(connection) -> None:
    subject = tab(column("at", "timestamp", maximum=TEN))
    assert _run(connection, [(TEN,)], subject)["values_valid"].passed
    later = TEN + timedelta(microseconds=1)
    assert not _run(connection, [(later,)], subject)["values_valid"].passed


def test_lengths_count_characters_not_bytes(connection) -> None:
    subject = tab(column("name", min_length=2, max_length=3))
    assert _run(connection, [("éé",), ("日本語",), (None,)], subject)["values_valid"].passed
    result = _run(connection, [("é",), ("abcd",)], subject)["values_valid"]
    assert result.counts["unexpected_count"] == 2


def test_a_column_of_blanks_only_is_not_valid_where_required_and_valid_elsewhere(
    connection,
) -> None:
    rules = {"enum": ("a",), "pattern": "a", "min_length": 1}
    subject = tab(column("a", **rules), column("b", required=True))
    results = _run(connection, [(None, None), (None, None)], subject)
    assert results["values_valid"].passed
    assert results["values_present"].counts["unexpected_count"] == 2


def test_running_the_suite_changes_nothing_and_keeps_the_transaction(connection) -> None:
    connection.execute("BEGIN")
    before = _run(connection, GOOD)
    tables = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
    assert _run(connection, GOOD) == before
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == tables
    connection.execute("COMMIT")


def test_a_pattern_with_alternatives_is_anchored_at_both_ends(connection) -> None:
    subject: Tab = tab(column("code", pattern="a|bc"))
    assert _run(connection, [("a",), ("bc",)], subject)["values_valid"].passed
    assert (
        _run(connection, [("ac",), ("ab",), ("xbc",)], subject)["values_valid"].counts[
            "unexpected_count"
        ]
        == 3
    )


def test_rows_without_key_or_sheet_still_show_their_values(connection) -> None:
    subject = model(column("code", enum=("a",)), column("n", "number", unique=True))
    results = _run(connection, [("b", Decimal("1.00")), ("a", Decimal("1.00"))], subject)
    assert [sample.value for sample in results["values_valid"].samples] == ["b"]
    assert [sample.value for sample in results["keys_unique"].samples] == ["1.00", "1.00"]


def test_samples_without_column_letters_link_to_the_row(connection) -> None:
    rows = [*GOOD, BAD_ROWS["values_valid"]]
    (sample,) = _run(connection, rows, cells=Cells("book", 7))["values_valid"].samples
    assert sample.cell == "4:4"
    assert sample.link.endswith("#gid=7&range=4:4")


def test_a_suite_may_run_while_the_library_is_still_loading_in_the_background() -> None:
    code = (
        "import duckdb;"
        "import threading;"
        "from candid_assets.quality.expectations import SuiteRunner;"
        "from candid_assets_tests.quality.contracts_made import column, model, run_suite;"
        "runner = SuiteRunner(); threading.Thread(target=runner.load).start();"
        "c = duckdb.connect(); c.execute(\"CREATE TABLE t AS SELECT 'a' AS code\");"
        "subject = model(column('code', primary_key_position=1, enum=('a',)));"
        "print([r.passed for r in run_suite(runner, subject, c, 't', None)])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    root = Path(__file__).parents[2]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert said.stdout.strip() == "[True, True, True, True]"
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(("pattern", "value"), [(r"\d+", "١٢"), (r"\w+", "é"), (r"[^\s]", "\xa0")])
def test_patterns_match_as_they_do_in_cleaning(connection, pattern, value) -> None:
    query = "SELECT regexp_full_match(?, ?)"
    (cleaned,) = connection.execute(query, [value, pattern]).fetchone()
    subject = tab(column("code", pattern=pattern))
    assert _run(connection, [(value,)], subject)["values_valid"].passed is cleaned
