"""What the compiled SQL makes of few rows: gaps, zeros, weeks, windows and balances."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.fraction import fraction
from candid_assets.quality.metric_checks import check_metrics
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS, SALES_METRICS
from candid_assets_tests.contracts.small_catalog import write, write_catalog

Value = Callable[..., Any]
ROWS = [
    # order_id, outlet_id, day, amount, status, line_no
    ("A", "O1", "2024-12-30", "10.10", "lunas", 5),
    ("B", "O1", "2025-01-02", "20.20", "tempo", 7),
    ("C", "O2", "2025-01-02", "0.70", "lunas", 1),
    ("D", "OX", "2025-01-05", "100.00", "tempo", 2),
    ("E", None, "2025-03-31", "50.00", None, 4),
]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    root = write_catalog(tmp_path_factory.mktemp("catalog") / "catalog")
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, "metrics/sales.yaml", SALES_METRICS)
    return load_catalog(root)


@pytest.fixture
def warehouse(catalog: Catalog) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema clean; create schema ready;
            create table clean.sales_master__outlets (outlet_id varchar, opened_date date);
            insert into clean.sales_master__outlets values ('O1', null), ('O2', null);
            create table clean.sales_master__orders (
                order_id varchar, outlet_id varchar, order_date date,
                net_amount_idr decimal(20, 4), status varchar, line_no bigint
            )
            """
        )
        connection.executemany("insert into clean.sales_master__orders values (?,?,?,?,?,?)", ROWS)
        yield connection


def build(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    for model in catalog.models:
        connection.execute(f"create or replace table ready.{model.name} as {model.sql}")


@pytest.fixture
def value(warehouse: duckdb.DuckDBPyConnection, catalog: Catalog) -> Value:
    build(warehouse, catalog)

    def read(metric: str, grain: str, start: str, dimension: str = "all", member: str = "all"):
        rows = warehouse.execute(
            "select value from ready.metric_values where metric = ? and grain = ?"
            " and period_start = ? and dimension = ? and member = ?",
            [metric, grain, date.fromisoformat(start), dimension, member],
        ).fetchall()
        assert len(rows) == 1, f"{len(rows)} rows"
        return rows[0][0]

    return read


def test_the_catalog_is_good(catalog: Catalog) -> None:
    assert [str(p) for p in catalog.problems] == []


def test_a_week_is_an_iso_week_even_across_the_year(value: Value) -> None:
    assert value("sales", "week", "2024-12-30") == Decimal("131.00")
    assert value("sales", "year", "2024-01-01") == Decimal("10.10")
    assert value("sales", "year", "2025-01-01") == Decimal("170.90")


def test_what_did_not_happen_is_zero_whether_the_period_has_other_rows_or_none(
    value: Value,
) -> None:
    assert value("sales", "month", "2025-02-01") == 0
    assert value("sales", "day", "2025-01-03") == 0
    assert value("sales", "month", "2025-03-01", "status", "lunas") == 0
    assert value("paid_sales", "month", "2025-03-01") == 0


def test_a_sum_whose_every_row_is_blank_is_not_known(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    warehouse.execute(
        "update clean.sales_master__orders set net_amount_idr = null where order_id = 'E'"
    )
    build(warehouse, catalog)
    read = "select value from ready.metric_values where metric = 'sales' and grain = 'month'"
    march = warehouse.execute(f"{read} and period_start = date '2025-03-01' and dimension = 'all'")
    assert march.fetchall() == [(None,)]


DAILY = ["2025-01-02", "2025-01-03", "2025-01-04", "2025-01-06", "2025-01-07", "2025-01-08"]
LATER = ["2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10"]


def test_what_no_row_reaches_is_not_known_rather_than_zero(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    usual = [f"2024-{month:02}-{day:02}" for month in (11, 12) for day in range(1, 31)]
    series(warehouse, catalog, [*usual, *DAILY, *LATER])
    read = (
        "select period_start, value from ready.metric_values where dimension = 'all'"
        " and metric = 'sales' and grain = ? and period_start >= date '2025-01-01'"
    )
    months = dict(warehouse.execute(read, ["month"]).fetchall())
    assert months == {date(2025, 1, 1): 6, date(2025, 2, 1): None, date(2025, 3, 1): 6}
    days = dict(warehouse.execute(read, ["day"]).fetchall())
    assert days[date(2025, 1, 5)] == 0
    assert days[date(2025, 1, 20)] is None
    filled = warehouse.execute(
        "select value from ready.metric_values where metric = 'paid_sales' and grain = 'month'"
        " and period_start = date '2025-02-01' and dimension = 'all'"
    )
    assert filled.fetchall() == [(0,)]


def judged(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog, days: list[str], metric: str = "sales"
) -> dict[tuple[str, date], tuple[str, bool, Decimal | None]]:
    """Return status, completeness and target so far of the total by grain and period."""
    series(warehouse, catalog, days)
    rows = warehouse.execute(
        "select grain, period_start, status, is_complete, target_so_far from ready.metric_values"
        " where metric = ? and dimension = 'all'",
        [metric],
    ).fetchall()
    return {(grain, start): tuple(facts) for grain, start, *facts in rows}


def days_from(first: date, last: date) -> list[str]:
    """Return every day from one to another but Sundays."""
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day.isoformat() for day in every if day.isoweekday() < 7]


def test_a_running_period_is_incomplete_and_has_the_targets_share_of_worked_days(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    facts = judged(warehouse, catalog, days_from(date(2025, 1, 2), date(2025, 3, 11)))
    assert facts["month", date(2025, 2, 1)] == ("off_target", True, None)
    # 7 of the 21 days from Monday to Friday of March 2025 are over on the 11th.
    assert facts["month", date(2025, 3, 1)] == ("incomplete", False, Decimal("333.333333"))
    assert facts["week", date(2025, 3, 3)][:2] == ("no_target", True)
    assert facts["week", date(2025, 3, 10)][:2] == ("incomplete", False)
    assert facts["day", date(2025, 3, 11)][1]


def test_a_period_that_begins_before_the_rows_do_is_incomplete(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    facts = judged(warehouse, catalog, days_from(date(2025, 1, 8), date(2025, 3, 31)))
    assert facts["month", date(2025, 1, 1)][0] == "incomplete"
    assert facts["month", date(2025, 2, 1)][0] == "off_target"
    assert facts["month", date(2025, 3, 1)][0] == "off_target"
    assert facts["quarter", date(2025, 1, 1)][0] == "incomplete"
    growth = judged(warehouse, catalog, days_from(date(2025, 1, 8), date(2025, 3, 31)), "growth")
    assert not growth["month", date(2025, 2, 1)][1]
    assert growth["month", date(2025, 3, 1)][1]


def test_a_month_whose_last_day_is_a_sunday_is_complete(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    facts = judged(warehouse, catalog, days_from(date(2025, 6, 2), date(2025, 8, 30)))
    assert facts["month", date(2025, 8, 1)][1]
    facts = judged(warehouse, catalog, days_from(date(2025, 6, 2), date(2025, 8, 29)))
    assert not facts["month", date(2025, 8, 1)][1]


def test_days_mistyped_into_the_future_complete_nothing(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    days = days_from(date(2025, 1, 1), date(2025, 8, 11))
    facts = judged(warehouse, catalog, [*days, "2025-10-08", "2025-11-08", "2025-12-08"])
    assert facts["month", date(2025, 7, 1)][0] == "off_target"
    for month in (8, 9, 10, 11, 12):
        assert facts["month", date(2025, month, 1)][0] in {"incomplete", "no_data"}


def test_a_period_that_rows_were_written_for_ahead_still_runs(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    days = days_from(date(2025, 1, 2), date(2025, 3, 18))
    facts = judged(warehouse, catalog, days, "promised")
    assert facts["month", date(2025, 2, 1)][:2] == ("on_target", True)
    # Promised up to the 7th of April, by orders up to the 18th of March.
    assert facts["month", date(2025, 3, 1)][:2] == ("incomplete", False)
    assert facts["month", date(2025, 4, 1)][:2] == ("incomplete", False)
    days = days_from(date(2025, 1, 2), date(2025, 3, 31))
    assert judged(warehouse, catalog, days, "promised")["month", date(2025, 3, 1)][1]


def test_a_value_that_cannot_be_is_invalid_whatever_its_target(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    warehouse.execute("update clean.sales_master__orders set net_amount_idr = -5")
    build(warehouse, catalog)
    rows = warehouse.execute(
        "select distinct status from ready.metric_values where metric = 'sales' and value < 0"
    ).fetchall()
    assert rows == [("invalid",)]


def test_unmatched_key_is_counted_under_unknown(value: Value) -> None:
    unknown = value("sales", "month", "2025-01-01", "outlet__code", "Unknown")
    assert unknown == Decimal("100.00")
    whole = [value("sales", "year", "2025-01-01", "outlet__code", m) for m in ("O1", "O2")]
    assert sum(whole) + value("sales", "year", "2025-01-01", "outlet__code", "Unknown") == Decimal(
        "170.90"
    )
    assert value("sales", "year", "2025-01-01", "status", "Unknown") == Decimal("50.00")


def test_a_ratio_is_the_ratio_of_the_sums(value: Value) -> None:
    assert value("line_value", "month", "2025-01-01") == Decimal("40.30")
    assert value("line_value", "month", "2025-02-01") is None


def test_share_of_zero_is_null(value: Value) -> None:
    assert value("line_value", "month", "2025-03-01", "status", "lunas") is None


def test_growth_compares_with_the_period_before_and_not_with_the_last_row(value: Value) -> None:
    assert value("growth", "month", "2025-01-01") == Decimal("10.970297")
    assert value("growth", "month", "2025-03-01") is None
    assert value("growth", "month", "2024-12-01") is None


def test_running_total_continues_over_gaps_and_restarts_with_the_year(value: Value) -> None:
    assert value("running", "day", "2024-12-31") == Decimal("10.10")
    assert value("running", "day", "2025-01-01") == 0
    assert value("running", "week", "2024-12-30") == Decimal("120.90")
    assert value("running", "month", "2025-02-01") == Decimal("120.90")
    assert value("running", "month", "2025-03-01") == Decimal("170.90")


def test_a_window_counts_days_and_not_rows(value: Value) -> None:
    assert value("three_days", "day", "2025-01-04") == Decimal("20.90")
    assert value("three_days", "day", "2025-01-05") == Decimal("100.00")
    assert value("three_days", "day", "2025-01-08") == 0


def test_a_balance_is_that_of_the_last_day_with_rows(value: Value) -> None:
    assert value("closing", "month", "2025-01-01") == 2
    assert value("closing", "year", "2025-01-01") == 4
    assert value("closing", "month", "2025-01-01", "status", "lunas") == 0


def test_the_total_has_targets_by_grain_and_a_rate_has_one_for_all(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    build(warehouse, catalog)
    read = "select target, status from ready.metric_values where metric = ? and grain = ? and {}"
    first = "period_start = date '2025-01-01' and dimension = 'all'"
    ask = lambda metric, grain: warehouse.execute(  # noqa: E731
        read.format(first), [metric, grain]
    ).fetchall()
    assert ask("sales", "month") == [(Decimal(1000), "off_target")]
    assert ask("sales", "quarter") == [(None, "no_target")]
    members = warehouse.execute(read.format("dimension = 'status'"), ["sales", "month"]).fetchall()
    assert {target for target, _ in members} == {None}
    rate = warehouse.execute(
        read.format("dimension = 'status'"), ["line_value", "month"]
    ).fetchall()
    assert {target for target, _ in rate} == {Decimal(100)}
    assert {status for _, status in rate} <= {"on_target", "off_target", "no_data"}


def test_an_empty_source_gives_no_values_and_a_check_that_says_so(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    warehouse.execute("delete from clean.sales_master__orders")
    build(warehouse, catalog)
    results = list(check_metrics(warehouse, "metrics_sales", catalog.registry.metrics))
    assert all(not r.passed and not r.stops for r in results)
    assert {r.severity for r in results} == {"error"}
    assert "no value in any period" in results[0].message


def checked(connection: duckdb.DuckDBPyConnection, catalog: Catalog, name: str) -> Any:
    results = check_metrics(connection, "metrics_sales", catalog.registry.metrics)
    return next(r for r in results if r.name == f"metric_{name}")


def test_jump_is_reported_with_both_values_and_a_partial_period_is_not_compared(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    days = "select unnest(range(date '2025-01-01', date '{}', interval 1 day))"
    insert = "insert into clean.sales_master__orders select 'X', 'O1', d.day, {}, 'lunas', 1 from"
    warehouse.execute("delete from clean.sales_master__orders")
    warehouse.execute(f"{insert.format(10)} ({days.format('2025-03-11')}) as d (day)")
    build(warehouse, catalog)
    assert checked(warehouse, catalog, "sales").passed
    warehouse.execute(
        "update clean.sales_master__orders set net_amount_idr = 9999"
        " where order_date = date '2025-02-10'"
    )
    build(warehouse, catalog)
    result = checked(warehouse, catalog, "sales")
    assert not result.passed
    assert (result.severity, result.blocking) == ("warning", False)
    assert "rose by" in result.message
    assert "2025-02-01" in result.message
    assert "310 before" in (result.samples[0].detail or "")


def test_a_value_out_of_bounds_is_an_error_with_its_place(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    warehouse.execute("update clean.sales_master__orders set net_amount_idr = -5")
    build(warehouse, catalog)
    result = checked(warehouse, catalog, "sales")
    assert result.severity == "error"
    assert not result.stops
    assert "below 0" in result.message
    assert result.samples


@pytest.mark.parametrize(
    ("expr", "above", "below"),
    [
        ("value", "value", "1"),
        ("a / nullif(b, 0)", "a", "nullif(b, 0)"),
        ("1 - a / nullif(b, 0)", "nullif(b, 0) - a", "nullif(b, 0)"),
        ("(a / b) / (c / d)", "a * d", "b * c"),
        ("a / b + c / d", "a * d + c * b", "b * d"),
        ("-(a + b) / 60", "-(a + b)", "60"),
    ],
)
def test_an_expression_becomes_one_fraction(expr: str, above: str, below: str) -> None:
    parts = fraction(expr)
    assert (parts.above, parts.below) == (above, below)


def test_metric_needs_no_file_but_its_own(tmp_path: Path) -> None:
    root = write_catalog(tmp_path / "catalog")
    write(root, "metrics/sales.yaml", SALES_METRICS.replace(", outlet__code]", "]").replace(
        "    entities:\n      - {name: outlet, type: foreign, expr: outlet_id}\n", ""))  # fmt: skip
    assert load_catalog(root).problems == ()


USUAL = ["2025-01-02", "2025-01-03", "2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09"]


def series(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog, days: list[str]
) -> tuple[int, date, date]:
    """Return how many values orders of these days make, and the first and the last period."""
    warehouse.execute("delete from clean.sales_master__orders")
    lines = [(f"N{n}", "O1", day, "1.00", "lunas", 1) for n, day in enumerate(days)]
    warehouse.executemany("insert into clean.sales_master__orders values (?,?,?,?,?,?)", lines)
    build(warehouse, catalog)
    return warehouse.execute(
        "select count(*), min(period_start), max(period_start) from ready.metric_values"
        " where grain = 'day'"
    ).fetchone()  # type: ignore[return-value]


@pytest.mark.parametrize("odd", ["2204-12-31", "2026-01-12", "1925-01-01", "0205-01-01"])
@pytest.mark.parametrize("usual", [USUAL, USUAL[:3]], ids=["many", "few"])
def test_one_mistyped_year_makes_no_series_longer(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog, odd: str, usual: list[str]
) -> None:
    if odd == "2026-01-12" and len(usual) < 5:
        odd = "2126-01-12"
    assert series(warehouse, catalog, [*usual, odd]) == series(warehouse, catalog, usual)


def test_days_long_before_the_usual_ones_keep_their_own_periods_without_those_between(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    count, first, last = series(warehouse, catalog, USUAL)
    longer, earlier, same = series(warehouse, catalog, ["2015-03-01", *USUAL])
    assert (earlier, same) == (date(2015, 3, 1), last)
    assert first == date(2025, 1, 2)
    assert longer == count + count // 8


def test_yearly_rows_make_one_series_however_few(
    warehouse: duckdb.DuckDBPyConnection, catalog: Catalog
) -> None:
    years = [f"{year}-06-01" for year in (2004, 2010, 2015, 2020, 2025)]
    _, first, last = series(warehouse, catalog, years)
    assert (first, last) == (date(2004, 6, 1), date(2025, 6, 1))
    _, first, last = series(warehouse, catalog, years[:2])
    assert (first, last) == (date(2004, 6, 1), date(2010, 6, 1))
