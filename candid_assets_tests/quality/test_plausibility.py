"""Values far from what their column holds are named with their cells; usual ones are not."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.contracts.catalog import Column, LogicalType, Reference
from candid_assets.contracts.custom_properties import ColumnOptions
from candid_assets.quality.plausibility import check_plausible
from candid_assets.quality.plausible_ranges import plausibility_macros
from candid_assets.quality.suite import planned_checks
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets_tests.quality.contracts_made import column, stage, tab

READ = date(2026, 3, 1)
YEAR = [date(2025, 1, 1) + timedelta(days=n) for n in range(0, 360, 3)]


def judge(connection, values: list, one: Column | None = None) -> CheckResult:
    kind: LogicalType = "date" if isinstance(values[0], date) else "number"
    subject = tab(one or column("x", kind))
    connection.execute(plausibility_macros())
    staged = stage(connection, subject, [(value,) for value in values])
    (result,) = check_plausible(connection, subject, staged, Cells("book", 1, {"x": "B"}), READ)
    return result


def named(result: CheckResult) -> list[str | None]:
    return [sample.cell for sample in result.samples]


def test_mistyped_year_is_named_with_its_cell(connection) -> None:
    result = judge(connection, [*YEAR, date(2204, 12, 31)])
    assert named(result) == ["B122"]
    assert (result.passed, result.severity, result.stops) == (False, "warning", False)
    assert "B122 '2204-12-31' lies outside" in result.message


@pytest.mark.parametrize(
    "odd", [date(2028, 1, 1), date(1999, 12, 31), date(1925, 5, 1), date(2015, 5, 1)]
)
@pytest.mark.parametrize("usual", [YEAR[:12], YEAR], ids=["few", "many"])
def test_day_outside_the_range_or_far_from_the_columns_past_is_named(
    connection, odd, usual
) -> None:
    assert named(judge(connection, [odd, *usual])) == ["B2"]


def test_several_mistyped_days_are_all_named(connection) -> None:
    odd = [date(2052, 1, 1), date(2250, 1, 1), date(205, 1, 1)]
    assert named(judge(connection, [*odd, *YEAR])) == ["B2", "B3", "B4"]


@pytest.mark.parametrize(
    "days",
    [
        YEAR,
        [date(1960, 1, 1) + timedelta(days=200 * n) for n in range(80)],
        [date(1985, 7, 1)],
        [*YEAR, *[date(2035, 1, 1) + timedelta(days=n) for n in range(60)]],
        [*YEAR, *[date(9999, 12, 31)] * 60],
        [date(y, 1, 1) for y in range(2001, 2026)],
        [None, None],
    ],
    ids=["year", "birth", "one_birth", "contracts", "sentinel", "long_past", "blank"],
)
def test_column_whose_bulk_lies_elsewhere_is_not_accused(connection, days) -> None:
    assert judge(connection, days, column("x", "date")).passed


def test_moments_are_judged_by_their_days(connection) -> None:
    moments = [datetime.combine(day, time(8)) for day in YEAR]
    one = column("x", "timestamp")
    assert judge(connection, moments, one).passed
    assert named(
        judge(connection, [datetime.combine(date(2052, 1, 1), time(8)), *moments], one)
    ) == ["B2"]


@pytest.mark.parametrize("times", [100, 1000, -1000])
@pytest.mark.parametrize("count", [5, 60, 400])
def test_amount_many_times_the_usual_is_named(connection, times, count) -> None:
    usual = [Decimal(900 + n % 100) for n in range(count)]
    assert named(judge(connection, [usual[-1] * times * 2, *usual])) == ["B2"]


@pytest.mark.parametrize(
    "values",
    [
        [1, 5, 80, 99],
        [*[0] * 300, 5, 900],
        [10**n for n in range(10)],
        [*range(1, 200), 9_000],
    ],
    ids=["too_few", "mostly_zero", "every_size", "below_hundred_times"],
)
def test_amount_near_the_usual_is_not_accused(connection, values) -> None:
    assert judge(connection, [Decimal(v) for v in values], column("x", "number")).passed


@pytest.mark.parametrize(
    "one",
    [
        column("x", "integer", primary_key_position=1),
        column("x", "integer", reference=Reference("items", "id")),
        column("x", "number", maximum=Decimal(10**9)),
        column("x", "date", options=ColumnOptions(implausible="accept")),
        column("x"),
    ],
    ids=["key", "foreign_key", "declared", "accepted", "text"],
)
def test_column_that_is_no_measure_or_is_limited_by_contract_is_not_judged(one) -> None:
    assert "values_plausible" not in {check.name for check in planned_checks(tab(one))}


def test_declared_limit_replaces_the_default_on_its_side_only(connection) -> None:
    late = column("x", "date", maximum=date(2040, 1, 1))
    assert judge(connection, [date(2035, 1, 1), *YEAR], late).passed
    assert named(judge(connection, [date(1925, 1, 1), *YEAR], late)) == ["B2"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-20_000, 20_000), min_size=1, max_size=40))
def test_screening_by_totals_misses_nothing_that_the_range_excludes(numbers) -> None:
    with duckdb.connect() as connection:
        values = [Decimal(n) for n in numbers]
        result = judge(connection, values, column("x", "number"))
        sizes = sorted(abs(v) for v in values if v)
        if len(sizes) < 5:
            assert result.passed
        else:
            limit = 100 * sizes[min(len(sizes) - 2, int(len(sizes) * 0.99) - 1)]
            assert result.passed == (sizes[-1] < limit)
