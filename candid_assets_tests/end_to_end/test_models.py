"""The models' values over the sample company's rows as they were before any hand typed them."""

# A falsified cell stands in one line, however long.
# ruff: noqa: E501

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import candid_assets
from candid_assets.contracts.catalog import Model, Tab
from candid_assets.contracts.column_rules import broken_sql, rules_of
from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.walk import walk_up
from candid_assets.quality.reconciliations import check_agreements
from candid_assets.sandbox.company.figures import Company, reconciliations
from candid_assets.sandbox.company.generate import build_company
from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.company.version import SEED

CATALOG = load_catalog(Path(candid_assets.__file__).parent / "catalog")
MODELS = [pytest.param(model, id=model.name) for model in CATALOG.models]
DIFFERENCES = [
    pytest.param(model.name, column.name, id=f"{model.name}.{column.name}")
    for model in CATALOG.models
    for column in model.columns
    if "difference" in column.name and model.kind == "mart" and "count" not in column.name
]
FIELDS = {
    (book.name.casefold(), tab.name): (book.name, [field.name for field in tab.fields])
    for book in WORKBOOKS
    for tab in book.tabs
}


@pytest.fixture(scope="module")
def company() -> Company:
    return build_company(SEED, 1)


@pytest.fixture(scope="module")
def warehouse(company: Company) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema clean; create schema ready")
        for tab in CATALOG.tabs:
            load(connection, company, tab)
        build(connection, metrics=True)
        yield connection


def load(connection: duckdb.DuckDBPyConnection, company: Company, tab: Tab) -> None:
    """Fill one clean table with the company's rows."""
    workbook, names = FIELDS[tab.workbook, tab.name]
    rows = company[workbook][tab.name]
    cells = pa.table(
        {
            name: pa.array([None if r[n] is None else str(r[n]) for r in rows], pa.string())
            for n, name in enumerate(names)
        }
    )
    connection.register("cells", cells)
    columns = ", ".join(f'cast("{c.name}" as {c.physical_type}) as "{c.name}"' for c in tab.columns)
    connection.execute(f"create table clean.{tab.table} as select {columns} from cells")
    connection.unregister("cells")


def build(connection: duckdb.DuckDBPyConnection, *, metrics: bool = False) -> None:
    for model in CATALOG.models:
        if model.kind == "metrics" and not metrics:
            continue
        connection.execute(f"create or replace table ready.{model.table} as {model.sql}")


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("model", MODELS)
def test_the_key_of_the_grain_is_unique_and_required_columns_are_filled(
    warehouse: duckdb.DuckDBPyConnection, model: Model
) -> None:
    key = ", ".join(model.primary_key)
    rows, keys = one(
        warehouse, f"select count(*), count(distinct ({key})) from ready.{model.table}"
    )
    assert rows == keys
    assert rows != 0
    filled = [c.name for c in model.columns if c.required]
    counts = one(
        warehouse, f"select {', '.join(f'count({c})' for c in filled)} from ready.{model.table}"
    )
    assert dict(zip(filled, counts, strict=True)) == dict.fromkeys(filled, rows)


@pytest.mark.parametrize("model", MODELS)
def test_every_value_keeps_to_what_its_column_declares(
    warehouse: duckdb.DuckDBPyConnection, model: Model
) -> None:
    for column in model.columns:
        broken = [broken_sql(rule, value, column) for rule, value in rules_of(column)]
        rules = [f"{column.name} is not null and {condition}" for condition in broken]
        if column.reference:
            known = f"select {column.reference.column} from ready.{column.reference.table}"
            rules.append(f"{column.name} not in ({known})")
        for rule in rules:
            broken = one(warehouse, f"select count(*) from ready.{model.table} where {rule}")
            assert broken == (0,), rule


@pytest.mark.parametrize(("table", "column"), DIFFERENCES)
def test_a_reconciliation_of_the_sample_company_is_exact(
    warehouse: duckdb.DuckDBPyConnection, table: str, column: str
) -> None:
    counts = one(warehouse, f"select count(*), count_if({column} <> 0) from ready.{table}")
    assert counts[0] != 0
    assert counts[1] == 0


def test_stock_per_product_is_that_of_the_sample_company(
    warehouse: duckdb.DuckDBPyConnection, company: Company
) -> None:
    rows = warehouse.execute(
        """
        select product_key, opening_qty, produced_qty, sold_qty, scrapped_qty, closing_qty
        from ready.mart_stock_reconciliation
        """
    ).fetchall()
    parts = ("opening", "produced", "sold", "scrapped", "closing")
    parts_of = {sku: dict(zip(parts, values, strict=True)) for sku, *values in rows}
    assert parts_of == reconciliations(company)["stock_per_sku"]


@pytest.mark.parametrize(
    ("spoke", "figure", "query"),
    [
        ("sales", "order_lines", "select count(*) from ready.fct_order_lines"),
        ("sales", "sold_qty", "select sum(sold_qty) from ready.mart_sales_monthly"),
        ("sales", "sold_qty", "select sum(sold_qty) from ready.mart_target_achievement"),
        ("sales", "net_sales_idr", "select sum(net_amount_idr) from ready.mart_sales_monthly"),
        ("sales", "returned_qty", "select sum(return_qty) from ready.mart_sales_monthly"),
        ("production", "produced_qty", "select sum(produced_qty) from ready.mart_batch_yield"),
        ("production", "scrap_qty", "select sum(scrap_qty) from ready.fct_scrap"),
        ("labs", "samples", "select sum(sample_count) from ready.mart_lab_turnaround"),
        ("labs", "results", "select sum(result_count) from ready.mart_lab_turnaround"),
        ("labs", "failed_results", "select sum(failed_count) from ready.fct_lab_samples"),
        ("distribution", "sell_in_qty", "select sum(receipt_qty) from ready.mart_service_level"),
        (
            "distribution",
            "sell_out_idr",
            "select sum(sell_out_amount_idr) from ready.fct_sell_out",
        ),
        ("inventory", "closing_qty", "select sum(closing_qty) from ready.mart_warehouse_balance"),
        (
            "inventory",
            "closing_value_idr",
            "select sum(closing_value_idr) from ready.mart_stock_reconciliation",
        ),
        ("invoices", "paid_idr", "select sum(amount_idr) from ready.fct_payments"),
        ("invoices", "open_idr", "select sum(open_amount_idr) from ready.mart_receivables_ageing"),
        ("finance", "expenses_idr", "select sum(expense_amount_idr) from ready.mart_budget_actual"),
        ("finance", "budget_idr", "select sum(budget_amount_idr) from ready.mart_budget_actual"),
        (
            "marketing",
            "promo_spend_idr",
            "select sum(spend_amount_idr) from ready.mart_campaign_return",
        ),
        ("people", "net_pay_idr", "select sum(net_pay_idr) from ready.mart_head_count"),
    ],
)
def test_a_headline_figure_is_that_of_the_sample_company(
    warehouse: duckdb.DuckDBPyConnection, company: Company, spoke: str, figure: str, query: str
) -> None:
    expected = reconciliations(company)[spoke][figure]
    assert one(warehouse, query) == (Decimal(str(expected)),)


def test_the_analysts_verdicts_follow_the_specifications(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for table in ("fct_lab_results", "fct_lab_samples"):
        assert one(warehouse, f"select bool_and(is_verdict_right) from ready.{table}") == (True,)


def test_an_unknown_code_keeps_its_row_and_shows_as_unknown(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    total = "select count(*), sum(net_amount_idr) from ready.fct_order_lines"
    before = one(warehouse, total)
    warehouse.execute("begin")
    warehouse.execute("delete from clean.coreos__products where sku = 'CND-001'")
    build(warehouse)
    after = one(warehouse, total)
    keys = one(
        warehouse,
        "select min(product_key), max(product_key), count(*) > 0"
        " from ready.fct_order_lines where sku = 'CND-001'",
    )
    sold = one(
        warehouse,
        "select count(*) > 0 from ready.mart_sales_monthly where product_key = 'unknown'",
    )
    warehouse.execute("rollback")
    assert after == before
    assert keys == ("unknown", "unknown", True)
    assert sold == (True,)


MEMBERS = [
    column.reference.table
    for model in CATALOG.models
    for column in model.columns
    if column.reference and model.kind == "fact"
]
FACTS = [model for model in CATALOG.models if model.kind == "fact"]


MEMBER_TABLES = {
    tab.table
    for tab in CATALOG.tabs
    if any(f"{dimension}s" in f"dim_{tab.name}" for dimension in MEMBERS)
}
"""The clean tables of the dimensions' members."""


def own_numbers(lineage: CatalogLineage, model: Model) -> list[str]:
    """Name the numbers of a fact that are not computed from what its members are."""
    return [
        column.name
        for column in model.columns
        if column.logical_type in {"integer", "number"}
        and not {
            edge.source.table
            for edge in walk_up(lineage, ColumnRef("ready", model.name, column.name)).edges
        }
        & MEMBER_TABLES
    ]


def totals(
    connection: duckdb.DuckDBPyConnection, model: Model, numbers: list[str]
) -> tuple[object, ...]:
    """Count a fact's rows and sum these of its numbers."""
    sums = ", ".join(["count(*)", *(f"sum({name})" for name in numbers)])
    return one(connection, f"select {sums} from ready.{model.table}")


def test_facts_lose_nothing_when_every_member_of_the_hub_is_missing(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    lineage = CatalogLineage(CATALOG)
    numbers = {model.name: own_numbers(lineage, model) for model in FACTS}
    before = {model.name: totals(warehouse, model, numbers[model.name]) for model in FACTS}
    warehouse.execute("begin")
    for table in MEMBER_TABLES:
        warehouse.execute(f"delete from clean.{table}")
    build(warehouse)
    after = {model.name: totals(warehouse, model, numbers[model.name]) for model in FACTS}
    keys = {
        (model.name, column.name): warehouse.execute(
            f"select distinct {column.name} from ready.{model.table} order by all"
        ).fetchall()
        for model in FACTS
        for column in model.columns
        if column.reference
    }
    warehouse.execute("rollback")
    assert after == before
    assert {value for rows in keys.values() for (value,) in rows} == {"none", "unknown"}
    assert all(("unknown",) in rows for rows in keys.values())


def deciding(lineage: CatalogLineage, ref: ColumnRef, seen: set[ColumnRef]) -> set[ColumnRef]:
    """Return the clean columns by which a column's rows were joined, through every model."""
    sources = walk_up(lineage, ref)
    for other in {*sources.rows, *(edge.source for edge in sources.edges)} - seen:
        seen.add(other)
        if other.layer == "ready":
            deciding(lineage, other, seen)
    return {ref for ref in seen if ref.layer == "clean"}


@pytest.mark.parametrize("model", FACTS, ids=lambda m: m.name)
def test_every_foreign_key_of_a_fact_resolves_to_its_member(model: Model) -> None:
    lineage = CatalogLineage(CATALOG)
    inputs = {m.name: {table for _, table in m.inputs} for m in CATALOG.models}
    looked_up = {
        ColumnRef("clean", tab.table, column.name): column.reference.table
        for tab in CATALOG.tabs
        for column in tab.columns
        if column.reference
    }
    for column in model.columns:
        if column.reference:
            members = inputs[column.reference.table]
            sources = deciding(lineage, ColumnRef("ready", model.name, column.name), set())
            assert {looked_up.get(ref) for ref in sources} & members, column.name


FALSIFIED = [
    ("inventory_master__closing_stock", "qty", "CND-007", "mart_stock_reconciliation.difference_qty"),
    ("inventory_master__movements", "qty", "MV-000001", "mart_warehouse_balance.difference_qty"),
    ("finance_master__payments", "amount_idr", "PB-000001", "mart_invoice_reconciliation.difference_idr"),
    ("finance_master__invoices", "net_amount_idr", "INV-000001", "mart_invoice_reconciliation.order_difference_idr"),
    ("skd_control__sell_in", "qty", "SI-000001", "mart_sell_in_reconciliation.difference_qty"),
    ("skd_control__sell_in", "amount_idr", "SI-000001", "mart_sell_in_reconciliation.difference_idr"),
    ("skd_control__stock_monthly", "closing_qty", "CND-007", "mart_distributor_stock_cover.balance_difference_qty"),
    ("skd_control__stock_monthly", "sell_in_qty", "CND-007", "mart_distributor_stock_cover.sell_in_difference_qty"),
    ("skd_control__sell_out", "qty", "SKD-000001", "mart_distributor_stock_cover.sell_out_difference_qty"),
    ("skd_control__service_level", "delivered_qty", "Sampo", "mart_service_level.difference_qty"),
    ("production_master__output_q1", "good_qty", "OP-000001", "mart_batch_yield.difference_qty"),
    ("production_master__scrap", "scrap_qty", "Produksi", "mart_batch_yield.scrap_difference_qty"),
    ("sales_master__promo_spend", "amount_idr", "BP-00001", "mart_campaign_return.difference_idr"),
    ("finance_master__payroll", "net_pay_idr", "000007", "fct_payroll.difference_idr"),
]  # fmt: skip
"""Table, column and key of a cell that is raised by one, and the difference that shows it."""


def build_up_to(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Build one model and what it reads, in the catalog's order."""
    wanted = {table}
    for model in reversed(CATALOG.models):
        if model.name in wanted:
            wanted |= {name for layer, name in model.inputs if layer == "ready"}
    for model in CATALOG.models:
        if model.name in wanted:
            connection.execute(f"create or replace table ready.{model.table} as {model.sql}")


@pytest.mark.parametrize("falsified", FALSIFIED, ids=lambda f: f[3])
def test_one_falsified_cell_breaks_the_check_of_its_reconciliation(
    warehouse: duckdb.DuckDBPyConnection, falsified: tuple[str, str, str, str]
) -> None:
    tab, column, key, broken = falsified
    table, _, difference = broken.partition(".")
    model = next(m for m in CATALOG.models if m.name == table)
    before = check_agreements(warehouse, model, f"ready.{table}")
    warehouse.execute("begin")
    keys = [c for c, kind, *_ in warehouse.execute(f"describe clean.{tab}").fetchall()
            if kind == "VARCHAR"]  # fmt: skip
    warehouse.execute(
        f"update clean.{tab} set {column} = {column} + 1 where rowid = ("
        f"select min(rowid) from clean.{tab} where ? in ({', '.join(keys)}))",
        [key],
    )
    build_up_to(warehouse, table)
    (after,) = check_agreements(warehouse, model, f"ready.{table}")
    warehouse.execute("rollback")
    assert [result.passed for result in before] == [True]
    assert (after.passed, after.severity, after.stops) == (False, "error", False)
    assert difference in {sample.column for sample in after.samples}
    rule = next(a for a in model.agreements if a.column == difference)
    assert rule.text in after.message
    assert all(sample.detail for sample in after.samples)


def test_every_declared_reconciliation_is_seen_failing() -> None:
    declared = {f"{m.name}.{a.column}" for m in CATALOG.models for a in m.agreements}
    assert declared == {falsified[3] for falsified in FALSIFIED}
