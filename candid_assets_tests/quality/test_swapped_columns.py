"""Values under each other's header are named where the last good table can tell."""

from datetime import date, timedelta

import pytest

from candid_assets.contracts.catalog import Tab
from candid_assets.quality.suite import planned_checks
from candid_assets.quality.swapped_columns import check_swapped
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets_tests.quality.contracts_made import column, stage, tab

KEY = column("id", primary_key_position=1)
SALES = tab(
    KEY,
    column("qty", "integer"),
    column("price", "number"),
    column("city"),
    column("code"),
    column("sent", "date"),
    column("paid", "date"),
)
CITIES = ("Solo", "Tegal", "Bandung", "Medan")
FIRST = date(2025, 1, 1)
CELLS = Cells("book", 1, dict(zip((c.name for c in SALES.columns), "ABCDEFG", strict=True)))


def row(n: int) -> list[object]:
    sent = FIRST + timedelta(days=n)
    city, code = CITIES[n % 4], f"K-{n:03}"
    return [f"N{n}", 1 + n % 90, 5000 + 100 * n, city, code, sent, sent + timedelta(days=9)]


ROWS = [row(n) for n in range(60)]


def swapped(rows: list[list[object]], one: int, two: int, which: range) -> list[list[object]]:
    changed = [list(line) for line in rows]
    for n in which:
        changed[n][one], changed[n][two] = changed[n][two], changed[n][one]
    return changed


def judge(connection, rows: list[list[object]], subject: Tab = SALES) -> CheckResult:
    old = stage(connection, subject, [tuple(line) for line in ROWS])
    connection.execute(f"CREATE SCHEMA clean; CREATE TABLE clean.t AS FROM {old}")
    new = stage(connection, subject, [tuple(line) for line in rows])
    (result,) = check_swapped(connection, subject, (new, "clean.t"), CELLS)
    return result


@pytest.mark.parametrize(("one", "two", "names"), [(1, 2, "BC"), (3, 4, "DE"), (5, 6, "FG")])
def test_run_of_rows_whose_values_are_exchanged_is_named(connection, one, two, names) -> None:
    result = judge(connection, swapped(ROWS, one, two, range(10, 15)))
    headers = [SALES.columns[n].header for n in (one, two)]
    assert (result.passed, result.severity, result.stops) == (False, "warning", False)
    assert result.message == f"'{headers[0]}' and '{headers[1]}' look exchanged in 5 of 60 rows"
    assert {sample.cell for sample in result.samples[:2]} == {f"{n}12" for n in names}


@pytest.mark.parametrize(("one", "two"), [(1, 2), (3, 4), (5, 6)])
def test_whole_columns_that_are_exchanged_are_reported_as_that(connection, one, two) -> None:
    assert "the whole columns" in judge(connection, swapped(ROWS, one, two, range(60))).message


@pytest.mark.parametrize(("one", "two"), [(1, 2), (3, 4)])
def test_new_rows_with_exchanged_values_are_judged_by_their_past(connection, one, two) -> None:
    new = [row(n) for n in range(60, 66)]
    result = judge(connection, [*ROWS, *swapped(new, one, two, range(6))])
    assert "look exchanged in 6 of 66 rows" in result.message


def test_table_without_a_key_is_judged_by_the_columns_past(connection) -> None:
    keyless = tab(column("id"), *SALES.columns[1:])
    result = judge(connection, swapped(ROWS, 1, 2, range(10, 15)), keyless)
    assert "look exchanged in 5 of 60 rows" in result.message


def test_unchanged_new_and_edited_rows_are_not_accused(connection) -> None:
    new = [row(n) for n in range(60, 90)]
    edited = [list(line) for line in ROWS]
    for line in edited[:9]:
        line[1], line[2], line[3] = 77, 9999, "Jakarta"
    assert judge(connection, [*edited, *new]).passed


def test_two_exchanged_rows_are_too_few_to_tell(connection) -> None:
    assert judge(connection, swapped(ROWS, 1, 2, range(10, 12))).passed


def test_first_table_and_changed_contract_have_nothing_to_compare_with(connection) -> None:
    new = stage(connection, SALES, [tuple(line) for line in ROWS])
    for old in (None, "clean.nowhere"):
        (result,) = check_swapped(connection, SALES, (new, old), CELLS)
        assert result.passed
    connection.execute("CREATE SCHEMA clean; CREATE TABLE clean.other AS SELECT 1 AS id")
    (result,) = check_swapped(connection, SALES, (new, "clean.other"), CELLS)
    assert result.passed


def test_tab_whose_columns_are_of_different_types_has_no_such_check() -> None:
    alone = tab(column("a"), column("b", "integer"))
    assert "columns_in_place" not in {check.name for check in planned_checks(alone)}
    assert check_swapped(None, alone, ("x", None), None) == []  # type: ignore[arg-type]
