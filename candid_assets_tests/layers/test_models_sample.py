"""The models' values over the sample company's rows as they were before any hand typed them."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import candid_assets
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.model import Model, Tab
from candid_assets.sandbox.company.figures import Company, reconciliations
from candid_assets.sandbox.company.generate import SEED, build_company
from candid_assets.sandbox.company.plan import WORKBOOKS

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
        build(connection)
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


def build(connection: duckdb.DuckDBPyConnection) -> None:
    for model in CATALOG.models:
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
        rules = []
        if column.minimum is not None:
            rules.append(f"{column.name} < {column.minimum}")
        if column.maximum is not None:
            rules.append(f"{column.name} > {column.maximum}")
        if column.enum:
            allowed = ", ".join(f"'{value}'" for value in column.enum)
            rules.append(f"{column.name} not in ({allowed})")
        if column.pattern:
            rules.append(f"not regexp_full_match({column.name}, '{column.pattern}')")
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
    found = one(warehouse, f"select count(*), count_if({column} <> 0) from ready.{table}")
    assert found[0] != 0
    assert found[1] == 0


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
    found = {sku: dict(zip(parts, values, strict=True)) for sku, *values in rows}
    assert found == reconciliations(company)["stock_per_sku"]


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


@pytest.mark.parametrize(
    ("change", "table", "column", "difference"),
    [
        (
            "update clean.inventory_master__closing_stock set qty = qty + 1"
            " where sku = 'CND-007' and warehouse_id = 'GD-01'",
            "mart_stock_reconciliation",
            "difference_qty",
            -1,
        ),
        (
            "update clean.finance_master__payments set amount_idr = amount_idr - 0.5"
            " where payment_id = 'PB-000001'",
            "mart_invoice_reconciliation",
            "difference_idr",
            Decimal("0.50"),
        ),
        (
            "update clean.skd_control__sell_in set qty = qty + 2"
            " where receipt_line_id = 'SI-000001'",
            "mart_sell_in_reconciliation",
            "difference_qty",
            -2,
        ),
    ],
)
def test_a_falsified_cell_shows_in_its_reconciliation(
    warehouse: duckdb.DuckDBPyConnection,
    change: str,
    table: str,
    column: str,
    difference: int | Decimal,
) -> None:
    warehouse.execute("begin")
    warehouse.execute(change)
    build(warehouse)
    found = warehouse.execute(f"select {column} from ready.{table} where {column} <> 0").fetchall()
    warehouse.execute("rollback")
    assert found == [(difference,)]
