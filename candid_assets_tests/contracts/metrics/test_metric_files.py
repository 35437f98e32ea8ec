"""Every mistake in a metric file is reported with its line and its fix."""

# A mistake stands in one line of the table, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS, SALES_METRICS
from candid_assets_tests.contracts.small_catalog import spoil, write

FILE = "metrics/sales.yaml"
SALES_META = "label_id: Penjualan, unit: IDR, direction: up"


@pytest.fixture
def measured(root: Path) -> Path:
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, FILE, SALES_METRICS)
    return root


def test_a_good_file_has_no_problem_and_makes_its_tables(measured: Path) -> None:
    catalog = load_catalog(measured)
    assert [str(p) for p in catalog.problems] == []
    assert len(catalog.registry.metrics) == 8
    made = [m.name for m in catalog.models if m.kind == "metrics"]
    assert made == ["metrics_sales", "metric_values", "metric_catalog"]


def test_a_catalog_without_metrics_has_none(root: Path) -> None:
    catalog = load_catalog(root)
    assert catalog.registry.metrics == ()
    assert all(m.kind != "metrics" for m in catalog.models)


@pytest.mark.parametrize(
    ("old", "new", "message", "fix"),
    [
        ("agg: sum, expr: net_amount_idr}", "agg: sun, expr: net_amount_idr}", "'agg' must", "sun"),
        ("expr: net_amount_idr}", "expr: net_amount}", "'net_amount' is not a column", "net_amount_idr"),
        ("clean.sales_master__orders", "clean.sales_master__order", "not declared", "clean.sales_master__orders"),
        ("agg_time_dimension: order_date", "agg_time_dimension: order_day", "no time dimension", "order_date"),
        ("{name: outlet, type: foreign", "{name: outlit, type: foreign", "no semantic model has entity", "outlet"),
        ("    defaults:", "    default:", "unknown key 'default'", "defaults"),
        ("label: Growth", "labell: Growth", "unknown key 'labell'", "label"),
        (SALES_META + ", target", "label_id: Penjualan, unit: IDR, direction: none, target", "needs a direction", "up"),
        ("warning: {month: 900}", "warning: {month: 1900}", "beyond target", "exchange"),
        ("warning: {month: 900}", "warning: {week: 900}", "no target goes with it", "add it"),
        ("dimensions: [status, outlet__code]", "dimensions: [state]", "no dimension 'state'", "status"),
        ("dimensions: [status, outlet__code]", "dimensions: [status, status]", "is given twice", "remove"),
        ("jump: {grain: month, limit: 0.5}", "jump: {grain: hour, limit: 0.5}", "must", "hour"),
        ("filter: status = 'lunas'", "filter: state = 'lunas'", "'state' is not a dimension", "status"),
        ("filter: status = 'lunas'", "filter: status = ", "not valid DuckDB SQL", "correct"),
        ("filter: status = 'lunas'", "filter: random() > 0.5", "answers differently", "column"),
        ("numerator: sales", "numerator: sale", "which is not declared", "sales"),
        ("denominator: lines}", "expr: lines}", "needs 'denominator'", "add denominator"),
        ("1 month}]", "1 moon}]", "is not understood", "1 month"),
        ("1 month}]", "1 week}]", "no whole number of months", "offset by a year"),
        ("now / nullif(before, 0) - 1", "now / nullif(befor, 0) - 1", "'befor' is not an input", "before"),
        ("now / nullif(before, 0) - 1", "abs(now / before)", "divides inside a function", "nullif"),
        ("now / nullif(before, 0) - 1", "now - 1", "does not use 'before'", "remove"),
        ("grain_to_date: year", "window: 1 year", "no number of days or weeks", "28 days"),
        ("grain_to_date: year", "grain_to_date: year, window: 3 days", "both window and", "one of the two"),
        ("measure: amount, cumulative", "measure: buyers, cumulative", "cannot be added up over time", "sum"),
        ("{measure: stock}", "{measure: stock, expr: x}", "'expr' means nothing", "remove"),
        ("name: closing", "name: sales", "metric 'sales' is in", "rename"),
        ("- {name: lines,", "- {name: amount,", "measure 'amount' is in", "one name each"),
        ("owner: team:sales-ops", "owner: sales ops", "neither a team nor", "team:"),
        ("{name: order_date, type: time}", "{type: time}", "'dimensions' needs 'name'", "add name:"),
        ("type: simple", "type: simpel", "'type' must be", "write simple instead of simpel"),
        ("target: {month: 1000}", "target: {month: lots}", "'month' must be a number", "correct lots"),
        ("target: {month: 1000}", "target: [1000]", "'target' must be a number or keys", "correct"),
        ("{measure: {name: amount, fill_nulls_with: 0}}", "{measure: {nam: amount}}", "'measure' needs 'name'", "add name:"),
        ("grains: [day, month, year]", "grains: [day, moth, year]", "an item of 'grains' must be", "write month instead of moth"),
        ("grains: [day, month, year]", "grains: day", "'grains' must be a list", "correct day"),
        ("type_params: {measure: stock}", "typ_params: {measure: stock}", "unknown key 'typ_params'", "type_params"),
        ("limit: 0.5}", "limit: 0.5, drop_only: perhaps}", "'drop_only' must be true or false", "correct perhaps"),
        ("filter: status = 'lunas'", "filter: \"{{ TimeDimension('day') }} > '2025-01-01'\"", "not valid", "correct"),
        ("recorded_by: order_date", "recorded_by: order_day", "'order_day' is not a column", "order_date"),
        ("{name: status, type: categorical}", "{name: status, type: categorical, config: {meta: {recorded_by: order_date}}}", "which is no time", "remove"),
        ("meta: {recorded_by:", "meta: {recorded_at:", "unknown key 'recorded_at'", "recorded_by"),
        ("minimum: 0, jump", "minimum: 9, maximum: 1, jump", "minimum lies above", "exchange"),
    ],
)  # fmt: skip
def test_mistake_is_reported_with_its_line_and_its_fix(
    measured: Path, old: str, new: str, message: str, fix: str
) -> None:
    text = SALES_METRICS
    place = text.index(old)
    write(measured, FILE, text[:place] + new + text[place + len(old) :])
    catalog = load_catalog(measured)
    problems = [p for p in catalog.problems if message in p.message and fix in p.fix]
    assert problems, "\n".join(map(str, catalog.problems))
    assert problems[0].path == measured / FILE
    if new:
        assert problems[0].line > 0


def test_a_grain_finer_than_the_rows_is_refused(measured: Path) -> None:
    new = "{name: order_date, type: time, type_params: {time_granularity: month}}"
    spoil(measured, FILE, "{name: order_date, type: time}", new)
    problems = [p for p in load_catalog(measured).problems if "finer than orders" in p.message]
    assert problems
    assert "month or quarter or year" in problems[0].fix


def test_a_spoke_with_a_mistake_keeps_its_last_good_table_among_the_values(measured: Path) -> None:
    spoil(measured, FILE, "type_params: {measure: stock}", "type_params: {measure: stocks}")
    catalog = load_catalog(measured)
    values = next(m for m in catalog.models if m.name == "metric_values")
    assert "metrics_sales" not in {m.name for m in catalog.models}
    assert values.inputs == (("ready", "metrics_sales"),)


def test_file_that_belongs_to_no_spoke_is_reported(measured: Path) -> None:
    write(measured, "metrics/sale.yaml", "owner: team:x\n")
    write(measured, "metrics/notes.csv", "a\n")
    problems = [str(p) for p in load_catalog(measured).problems]
    assert any("neither hub nor spoke" in line for line in problems)
    assert any("notes.csv" in line for line in problems)


def test_the_hub_has_no_metrics_of_its_own(measured: Path) -> None:
    metric = SALES_METRICS[SALES_METRICS.index("  - name: closing") :]
    write(measured, "metrics/hub.yaml", HUB_METRICS + "metrics:\n" + metric)
    assert any("hub has no metrics" in p.message for p in load_catalog(measured).problems)


def test_a_changed_definition_changes_only_its_spokes_table(measured: Path) -> None:
    before = {m.name: m.fingerprint for m in load_catalog(measured).models}
    spoil(measured, FILE, "minimum: -1}", "minimum: -2}")
    after = {m.name: m.fingerprint for m in load_catalog(measured).models}
    assert {name for name in after if after[name] != before[name]} == {"metrics_sales"}
