"""A target belongs to the grains whose values are of its size."""

from decimal import Decimal
from pathlib import Path

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.declarations import Metric
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS, SALES_METRICS
from candid_assets_tests.contracts.small_catalog import spoil, write

FILE = "metrics/sales.yaml"
SALES = "target: {month: 1000}, warning: {month: 900}"


@pytest.fixture
def measured(root: Path) -> Path:
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, FILE, SALES_METRICS)
    return root


def metric(root: Path, name: str) -> Metric:
    catalog = load_catalog(root)
    assert [str(p) for p in catalog.problems] == []
    return next(m for m in catalog.registry.metrics if m.name == name)


def problem(root: Path) -> str:
    (only,) = load_catalog(root).problems
    return str(only)


def test_a_sum_grows_with_its_period_and_a_balance_and_a_ratio_of_sums_do_not(
    measured: Path,
) -> None:
    named = {m.name: m.grows for m in load_catalog(measured).registry.metrics}
    assert named["sales"] == "with_period"
    assert named["closing"] == named["line_value"] == named["three_days"] == "not"
    assert named["running"] == "otherwise"


def test_a_target_that_scales_holds_for_longer_periods_and_not_for_shorter(measured: Path) -> None:
    spoil(measured, FILE, SALES, f"{SALES}, scales: with_period")
    sales = metric(measured, "sales")
    assert sales.target == {"month": 1000, "quarter": 3000, "year": 12000}
    assert sales.warning == {"month": 900, "quarter": 2700, "year": 10800}


def test_one_number_for_periods_of_several_lengths_is_refused_where_the_value_grows(
    measured: Path,
) -> None:
    spoil(measured, FILE, SALES, "target: 1000")
    said = problem(measured)
    assert "one target is given for day, week, month, quarter, year" in said
    assert "target: {day: 1000}, or for one with scales: with_period" in said


def test_a_ratio_to_a_distinct_count_needs_a_target_for_each_grain(measured: Path) -> None:
    ratio = "type_params: {numerator: sales, denominator: lines}"
    spoil(measured, FILE, ratio, ratio.replace("lines", "buyers"))
    grains = "target: 100, grains: [month]"
    spoil(measured, FILE, grains, "target: 100, grains: [month, year]")
    assert "does not grow alike with the period" in problem(measured)
    distinct = "agg: count_distinct, expr: outlet_id"
    spoil(measured, FILE, distinct, f"{distinct}, config: {{meta: {{each_in_one_period: true}}}}")
    assert metric(measured, "line_value").target == {"month": Decimal(100), "year": Decimal(100)}


def test_days_of_persons_add_up_over_periods_and_persons_do_not(measured: Path) -> None:
    ratio = "type_params: {numerator: sales, denominator: lines}"
    spoil(measured, FILE, ratio, ratio.replace("lines", "buyers"))
    assert metric(measured, "line_value").grows == "otherwise"
    spoil(measured, FILE, "agg: count_distinct, expr: outlet_id",
          'agg: count_distinct, expr: "concat(outlet_id, order_date)"')  # fmt: skip
    assert metric(measured, "line_value").grows == "not"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("target: 100, grains", "target: 100, scales: with_period, grains", "name its grain"),
        (
            "target: 100, grains",
            "target: {month: 100}, scales: with_period, grains",
            "only sums and counts grow",
        ),
        (
            SALES,
            "target: {month: 9, year: 99}, scales: with_period",
            "declare it for one grain, or remove scales",
        ),
        ("target: 100, grains", "scales: with_period, grains", "scales goes with a target"),
        ("target: 100, grains", "target: {week: 100}, grains", "the metric has no grain 'week'"),
        ("target: 100, grains", "target: 100, maximum: 50, grains", "lies beyond the maximum 50"),
    ],
)
def test_a_level_that_fits_no_period_is_reported(
    measured: Path, before: str, after: str, said: str
) -> None:
    spoil(measured, FILE, before, after)
    assert said in problem(measured)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("hub", "{model: ready.calender, day: d, is_working: w}", "which is not declared"),
        ("hub", "{model: ready.dim_outlet, day: d, is_working: 1 = 1}", "'d' is not a column"),
        ("sales", "{model: ready.dim_outlet, day: d, is_working: w}", "write it in hub.yaml"),
    ],
)
def test_working_days_are_a_known_table_of_the_hub(
    measured: Path, file: str, text: str, said: str
) -> None:
    written = {"hub": HUB_METRICS, "sales": SALES_METRICS}[file]
    write(measured, f"metrics/{file}.yaml", f"working_days: {text}\n{written}")
    assert any(said in str(p) for p in load_catalog(measured).problems)
