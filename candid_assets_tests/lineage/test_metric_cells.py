"""A value of a metric leads to exactly the cells that it is computed from."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.lineage import metric_cells
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.metric_cell_lines import cell_lines
from candid_assets.lineage.metric_cells import RowBehind, explain_metric, last_place
from candid_assets.lineage.metric_rows import MetricPlace, computed
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.warehouse.database import open_published
from candid_assets_tests.history.shop import NOTES_ROWS, opened_shop

SALES_ROWS = [
    ["No Nota", "Tgl", "Jumlah (Rp)"],
    ["N1", "17 Agustus 2025", "1.000"],
    ["N2", "18/08/2025", 2500],
    ["N3", "18/08/2025", "2 jt"],
    ["N4", "02/09/2025", 700],
    ["N5", "30/09/2025", None],
]
METRICS = """owner: team:shop
semantic_models:
  - name: receipts
    description: Receipts.
    model: clean.toko__sales
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
      - {name: size, type: categorical,
         expr: "case when amount_idr >= 2000 then 'large' else 'small' end"}
    measures:
      - {name: amount, agg: sum, expr: amount_idr}
      - {name: receipts, agg: count, expr: receipt_id}
      - {name: days_sold, agg: count_distinct, expr: sold_date}
      - {name: largest, agg: max, expr: amount_idr}
      - {name: dear, agg: sum_boolean, expr: amount_idr > 2000}
  - name: days
    description: Days.
    model: ready.mart_daily
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
    measures:
      - {name: day_amount, agg: sum, expr: amount_idr}
  - name: receipts_of_days
    description: Receipts beside what else their day took in.
    model: ready.fct_receipts
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
      - {name: receipt_id, type: categorical}
    measures:
      - {name: receipt_amount, agg: sum, expr: amount_idr}
      - {name: second_amount, agg: sum, expr: second_idr}
metrics:
""" + "".join(
    f"""  - name: {name}
    label: {name.replace('_', ' ')}
    description: Of the shop.
    type: {kind}
    type_params: {params}
    config: {{meta: {{label_id: {name}, unit: IDR, direction: up, grains: {grains}{more}}}}}
"""
    for name, kind, params, grains, more in (
        ("takings", "simple", "{measure: amount}", "[day, month]", ", dimensions: [size]"),
        ("days_open", "simple", "{measure: days_sold}", "[month]", ""),
        ("best_receipt", "simple", "{measure: largest}", "[month]", ""),
        ("dear_receipts", "simple", "{measure: dear}", "[month]", ""),
        ("receipt_value", "ratio", "{numerator: amount, denominator: receipts}", "[month]", ""),
        ("so_far", "cumulative",
         "{measure: amount, cumulative_type_params: {grain_to_date: year}}", "[month]", ""),
        ("month_so_far", "cumulative",
         "{measure: amount, cumulative_type_params: {grain_to_date: month}}", "[week]", ""),
        ("growth", "derived", '{expr: "now / nullif(before, 0) - 1", metrics: [{name: takings,'
         " alias: now}, {name: takings, alias: before, offset_window: 1 month}]}", "[month]", ""),
        ("daily_takings", "simple", "{measure: day_amount}", "[month]", ""),
        ("day_ratio", "ratio", "{numerator: day_amount, denominator: day_amount}", "[month]", ""),
        ("second_receipt", "simple", "{measure: second_amount}", "[month]", ""),
        ("by_receipt", "simple", "{measure: receipt_amount}", "[month]",
         ", dimensions: [receipt_id]"),
    )
)  # fmt: skip
RECEIPTS_SQL = """select
    s.receipt_id, s.sold_date, s.amount_idr, d.receipts,
    coalesce(o.amount_idr, 0) as second_idr
from clean.toko__sales as s
left join ready.mart_daily as d on s.sold_date = d.sold_date
left join clean.toko__sales as o on s.receipt_id = o.receipt_id and o.receipt_id = 'N2'
"""
RECEIPTS = """name: fct_receipts
description: Receipts beside the number of their day.
customProperties: [{property: owner, value: team:shop}]
properties:
  - {name: receipt_id, logicalType: string, primaryKey: true, description: Receipt.}
  - {name: sold_date, logicalType: date, description: Day.}
  - {name: amount_idr, logicalType: number, description: Amount.}
  - {name: receipts, logicalType: integer, description: Receipts of the day.}
  - {name: second_idr, logicalType: number, description: Amount of the second receipt.}
"""
AUGUST, SEPTEMBER = date(2025, 8, 1), date(2025, 9, 1)


@pytest.fixture(scope="module")
def measured(books, tmp_path_factory):
    with opened_shop(tmp_path_factory.mktemp("shop"), books) as shop:
        shop.write("metrics/sales.yaml", METRICS)
        shop.write("models/sales/fct_receipts.sql", RECEIPTS_SQL)
        shop.write("models/sales/fct_receipts.yaml", RECEIPTS)
        tabs = [SampleTab(1, "Penjualan", SALES_ROWS), SampleTab(2, "Catatan", NOTES_ROWS)]
        SampleWorkbook("Toko", "Toko", tabs).save(books.folder)
        shop.refresh()
        yield shop


@pytest.fixture(scope="module")
def ask(measured):
    graph = CatalogLineage(load_catalog(measured.settings.catalog_dir))
    metrics = {m.name: m for m in graph.catalog.registry.metrics}

    def asked(name, place, **options):
        with open_published(measured.settings.published_file) as connection:
            return explain_metric(connection, graph, metrics[name], place, **options)

    return asked


def cells(answer, name="value"):
    one = next(i for i in answer.inputs if i.name == name)
    return {
        cell["cell"]: cell["value"]
        for row in one.rows
        for sheet_row in row.sheet_rows
        for cell in sheet_row["cells"]
    }


def test_a_sum_names_the_cells_of_its_period_and_no_others(ask):
    answer = ask("takings", MetricPlace("month", AUGUST))
    assert cells(answer) == {"C2": 1000, "C3": 2500, "C4": 2_000_000}
    assert answer.value == sum(cells(answer).values())
    assert answer.adds_up
    assert answer.says == "the 3 rows below add up to 2,003,500 IDR"


def test_a_member_and_a_day_leave_fewer_cells(ask):
    assert cells(ask("takings", MetricPlace("month", AUGUST, "size", "large"))) == {
        "C3": 2500,
        "C4": 2_000_000,
    }
    assert cells(ask("takings", MetricPlace("day", date(2025, 8, 17)))) == {"C2": 1000}


def test_a_ratio_names_the_cells_of_its_numerator_and_denominator_apart(ask):
    answer = ask("receipt_value", MetricPlace("month", SEPTEMBER))
    assert cells(answer, "numerator") == {"C5": 700}
    assert cells(answer, "denominator") == {"A5": "N4", "A6": "N5"}
    assert (answer.value, answer.adds_up) == (350, True)


def test_what_a_period_is_compared_with_is_named_too(ask):
    answer = ask("growth", MetricPlace("month", SEPTEMBER))
    assert cells(answer, "before") == {"C2": 1000, "C3": 2500, "C4": 2_000_000}
    assert cells(answer, "now") == {"C5": 700}
    assert answer.adds_up


def test_a_running_total_names_the_cells_of_all_its_days(ask):
    answer = ask("so_far", MetricPlace("month", SEPTEMBER))
    assert set(cells(answer)) == {"C2", "C3", "C4", "C5"}
    assert answer.adds_up


def test_a_running_total_of_a_week_that_ends_in_the_next_month_ends_where_its_rows_do(ask):
    answer = ask("month_so_far", MetricPlace("week", date(2025, 9, 29)))
    assert cells(answer) == {"C5": 700}
    assert (answer.value, answer.adds_up) == (700, True)


def test_counts_and_extremes_name_what_they_counted_or_took(ask):
    assert set(cells(ask("days_open", MetricPlace("month", AUGUST)))) == {"B2", "B3", "B4"}
    assert ask("days_open", MetricPlace("month", AUGUST)).value == 2
    assert cells(ask("best_receipt", MetricPlace("month", AUGUST))) == {"C4": 2_000_000}
    assert set(cells(ask("dear_receipts", MetricPlace("month", AUGUST)))) == {"C3", "C4"}


def test_a_metric_over_a_mart_is_followed_through_the_group(ask):
    answer = ask("daily_takings", MetricPlace("month", AUGUST))
    assert cells(answer) == {"C2": 1000, "C3": 2500, "C4": 2_000_000}
    assert answer.inputs[0].row_count == 2
    assert answer.inputs[0].notes == ()


def test_what_is_only_joined_beside_a_value_leads_to_no_cells(ask):
    answer = ask("by_receipt", MetricPlace("month", AUGUST, "receipt_id", "N2"))
    assert cells(answer) == {"C3": 2500}


def test_a_row_that_adds_nothing_because_nothing_is_recorded_lacks_no_cell(ask):
    answer = ask("second_receipt", MetricPlace("month", AUGUST))
    assert answer.value == 2500
    assert 2500 in cells(answer).values()
    assert answer.inputs[0].without_cells == 0


def test_rows_beyond_the_limit_are_added_up_and_not_listed(ask):
    answer = ask("takings", MetricPlace("month", AUGUST), most=1)
    assert (len(answer.inputs[0].rows), answer.inputs[0].row_count) == (1, 3)
    assert answer.adds_up


def test_an_answer_in_json_has_plain_values_and_one_object_for_one_row_of_a_sheet(ask):
    answer = ask("receipt_value", MetricPlace("month", AUGUST)).as_dict()
    assert answer["place"] == asdict(MetricPlace("month", AUGUST))
    of, rows = answer["inputs"][0], answer["inputs"][0]["rows"]
    assert (of["amount"], [row["amount"] for row in rows]) == (2_003_500, [1000, 2500, 2_000_000])
    row = ask("takings", MetricPlace("month", AUGUST)).as_dict()["inputs"][0]["rows"][0]
    assert row["sheet_rows"][0]["cells"][0]["value"] == 1000
    assert type(row["sheet_rows"][0]["cells"][0]["value"]) is int


def test_the_terminal_follows_only_the_rows_that_it_shows(measured, monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(measured.settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(measured.settings.catalog_dir))
    monkeypatch.setattr("candid_assets.commands.explain.SHOWN", 1)
    followed = []
    really = metric_cells.trace
    counting = "select count(*) from temp."

    def trace(cursor, lineage, table, rows, tables):
        followed.extend(cursor.execute(counting + rows).fetchone())
        return really(cursor, lineage, table, rows, tables)

    monkeypatch.setattr(metric_cells, "trace", trace)
    asked = ["explain", "takings", "--grain", "month", "--period", str(AUGUST)]
    shown = CliRunner().invoke(main, asked).output
    assert "the 3 rows below add up to 2,003,500 IDR" in shown
    assert "2 more; --json gives all" in shown
    assert followed == [1]
    whole = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    assert len(whole["inputs"][0]["rows"]) == 3


def test_what_a_model_is_made_of_is_computed_once_for_all_inputs_of_a_value(ask, monkeypatch):
    kept = []
    really = metric_cells.trace
    parts = "select table_name, table_oid from duckdb_tables() where table_name ~ '_values_.*[0-9]'"

    def trace(cursor, *arguments):
        tracing = really(cursor, *arguments)
        kept.append(cursor.execute(parts).fetchall())
        return tracing

    monkeypatch.setattr(metric_cells, "trace", trace)
    answer = ask("day_ratio", MetricPlace("month", AUGUST))
    first, second = kept
    assert [name for name, _ in first] == ["_values_mart_daily_2"]
    assert first == second
    assert cells(answer, "numerator") == cells(answer, "denominator")
    assert set(cells(answer, "numerator")) >= {"C2", "C3", "C4"}
    assert answer.adds_up


QUIET = """
import sys
from candid_assets.cli import main
try:
    main(sys.argv[1:])
finally:
    print('pandas' in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "command",
    ["explain so_far --json", "metrics query takings --grain month", "history toko__sales"],
)
def test_who_reads_what_is_published_binds_no_parameter_which_would_import_pandas(
    measured, command
):
    settings = measured.settings
    folders = {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(settings.data_root),
        "CANDID_CATALOG_DIR": str(settings.catalog_dir),
    }
    ended = subprocess.run(
        [sys.executable, "-c", QUIET, *command.split()],
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (0, "False"), ended.stderr


def test_of_many_rows_behind_one_the_terminal_shows_as_many_as_of_rows(ask):
    answer = ask("takings", MetricPlace("month", AUGUST))
    one = answer.inputs[0]
    sheet_rows = tuple(row for behind in one.rows for row in behind.sheet_rows)
    whole = replace(one, rows=(RowBehind(one.amount, sheet_rows),), row_count=1)
    shown = list(cell_lines(replace(answer, inputs=(whole,)), 2))
    assert [" row 2: " in line or " row 3: " in line for line in shown].count(True) == 2
    assert shown[-1] == "    … 1 more behind this row; --json gives all"


def test_a_value_that_is_not_there_is_refused_with_what_shows_them(ask):
    with pytest.raises(LineageError, match="no value for the month of 2025-08-02"):
        ask("takings", MetricPlace("month", date(2025, 8, 2)))


def test_a_member_that_is_not_there_is_refused_with_the_query_that_lists_the_members(ask):
    with pytest.raises(LineageError) as refused:
        ask("takings", MetricPlace("month", AUGUST, "size", "huge"))
    assert refused.value.fix.startswith("candid metrics query takings --grain month --by size ")


def test_a_misspelt_metric_is_answered_with_the_metric(measured, monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(measured.settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(measured.settings.catalog_dir))
    done = CliRunner().invoke(main, ["explain", "takngs"])
    assert done.exit_code == 2
    assert "there is no metric or table 'takngs'; did you mean takings" in done.output


def test_a_published_value_that_its_rows_do_not_give_is_said(ask, monkeypatch):
    monkeypatch.setattr("candid_assets.lineage.metric_cells.amount_of", lambda *_: Decimal(1))
    answer = ask("takings", MetricPlace("month", AUGUST))
    assert not answer.adds_up
    assert answer.says.startswith("the rows behind it do NOT give 2,003,500")


def test_the_command_takes_the_last_complete_period_and_the_rows_of_metric_values(
    measured, monkeypatch
):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(measured.settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(measured.settings.catalog_dir))
    run = lambda *arguments: CliRunner().invoke(main, ["explain", *arguments])  # noqa: E731
    last = json.loads(run("takings", "--json").stdout)
    assert last["place"] == {
        "grain": "month", "start": "2025-09-01", "dimension": "all", "member": "all"
    }  # fmt: skip
    assert last["adds_up"]
    where = "metric = 'takings' and grain = 'day' and dimension = 'all' and value > 1000"
    by_row = json.loads(run("ready.metric_values", "--where", where, "--json").stdout)
    assert [one["value"] for one in by_row["inputs"][0]["rows"][0]["sheet_rows"][0]["cells"]]
    assert "add up to" in run("takings", "--period", "2025-08-01").stdout
    missing = run("ready.mart_daily")
    assert missing.exit_code == 2
    assert "--where" in missing.stderr


def test_a_last_place_is_a_complete_period(measured):
    graph = CatalogLineage(load_catalog(measured.settings.catalog_dir))
    metric = next(m for m in graph.catalog.registry.metrics if m.name == "takings")
    with open_published(measured.settings.published_file) as connection:
        assert last_place(connection, metric, "day").start == date(2025, 9, 29)
        with pytest.raises(LineageError, match="size 'huge'"):
            last_place(connection, metric, "day", "size", "huge")


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("a / nullif(b, 0)", Decimal("0.333333")),
        ("-(a / b)", Decimal("-0.333333")),
        ("2 * a / b - 1", Decimal("-0.333333")),
        ("a / nullif(c, 0)", None),
        ("a / c", None),
        ("1 / 2000000", Decimal("0.000001")),
    ],
)
def test_an_expression_is_computed_exactly_and_rounded_once(expr, expected):
    amounts = {"a": Decimal(1), "b": Decimal(3), "c": Decimal(0)}
    assert computed(expr, amounts) == expected


def test_an_expression_of_functions_is_refused():
    with pytest.raises(LineageError, match="cannot be computed anew"):
        computed("greatest(a, 1)", {"a": Decimal(1)})
