"""Totals of the sample company reconcile when they are added up from the cells."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets_tests.sandbox import company_reader
from candid_assets_tests.sandbox.company_reader import Sample

pytestmark = pytest.mark.slow

ORDERS = tuple(plan.name for plan in WORKBOOKS[1].tabs if plan.name.startswith("orders_"))
SALES, FACTORY, STORE = "Sales_MASTER", "Production_Master", "Inventory_Master"
SKD, FINANCE = "SKD_Control", "Finance_Master"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return company_reader.sample()


def test_closing_stock_is_opening_stock_plus_production_less_sales_and_scrap(
    sample: Sample,
) -> None:
    parts = {
        "opening": sample.sums(STORE, "opening_stock", ("sku",), "qty"),
        "produced": sample.sums(FACTORY, "batches", ("sku",), "produced_qty"),
        "sold": sample.sums(SALES, ORDERS, ("sku",), "qty"),
        "scrapped": sample.sums(FACTORY, "scrap", ("sku",), "scrap_qty"),
        "closing": sample.sums(STORE, "closing_stock", ("sku",), "qty"),
    }
    written = sample.truth["reconciliations"]["stock_per_sku"]
    assert len(written) == 120
    for sku, line in written.items():
        assert line == {part: totals[sku,] for part, totals in parts.items()}
        made = line["opening"] + line["produced"]
        assert made - line["sold"] - line["scrapped"] == line["closing"]


def test_movements_and_transfers_explain_the_stock_of_every_warehouse(sample: Sample) -> None:
    by = ("sku", "warehouse_id")
    stock = sample.sums(STORE, "opening_stock", by, "qty")
    for row in sample.rows(STORE, "movements"):
        stock[row["sku"], row["warehouse_id"]] += row["qty"]
    for row in sample.rows(STORE, "transfers"):
        stock[row["sku"], row["from_warehouse_id"]] -= row["qty"]
        stock[row["sku"], row["to_warehouse_id"]] += row["qty"]
    closing = sample.sums(STORE, "closing_stock", by, "qty")
    assert Counter({key: qty for key, qty in stock.items() if qty}) == closing
    assert sample.sums(STORE, "opname_dec", by, "system_qty") == closing


def test_invoice_equals_its_order_lines_and_its_paid_and_open_amounts(sample: Sample) -> None:
    ordered = sample.sums(SALES, ORDERS, ("order_id",), "net_amount_idr")
    assert sample.sums(FINANCE, "invoices", ("order_id",), "net_amount_idr") == ordered
    by = ("invoice_id",)
    settled = sample.sums(FINANCE, "payments", by, "amount_idr")
    settled += sample.sums(FINANCE, "receivables", by, "open_amount_idr")
    assert sample.sums(FINANCE, "invoices", by, "total_amount_idr") == settled
    figures = sample.truth["reconciliations"]["invoices"]
    assert figures["invoiced_idr"] == figures["paid_idr"] + figures["open_idr"]
    assert Decimal(str(figures["invoiced_idr"])) == sum(settled.values())


def test_what_skd_received_is_what_was_sold_to_it(sample: Sample) -> None:
    sold, amounts = Counter[Any](), Counter[Any]()
    for row in sample.rows(SALES, *ORDERS):
        if row["distributor_id"] == "D001":
            sold[row["order_id"], row["sku"]] += row["qty"]
            amounts[row["order_id"], row["sku"]] += row["net_amount_idr"]
    by = ("order_id", "sku")
    assert sample.sums(SKD, "sell_in", by, "qty") == sold
    assert sample.sums(SKD, "sell_in", by, "amount_idr") == amounts


def test_the_stock_of_skd_follows_its_receipts_and_notes(sample: Sample) -> None:
    came, left = Counter[Any](), Counter[Any]()
    for row in sample.rows(SKD, "sell_in"):
        came[row["receipt_date"].month, row["sku"]] += row["qty"]
    for row in sample.rows(SKD, "sell_out"):
        left[row["sale_date"].month, row["sku"]] += row["qty"]
    closing: dict[str, Decimal] = {}
    for row in sorted(sample.rows(SKD, "stock_monthly"), key=lambda row: row["period_date"]):
        place = (row["period_date"].month, row["sku"])
        assert row["opening_qty"] == closing.get(row["sku"], row["opening_qty"])
        assert (row["sell_in_qty"], row["sell_out_qty"]) == (came[place], left[place])
        closing[row["sku"]] = row["opening_qty"] + row["sell_in_qty"] - row["sell_out_qty"]
        assert closing[row["sku"]] == row["closing_qty"]


def test_output_rejects_and_scrap_agree_for_every_batch(sample: Sample) -> None:
    tabs, by = tuple(f"output_q{n}" for n in range(1, 5)), ("batch_id",)
    made = sample.sums(FACTORY, tabs, by, "good_qty") + sample.sums(FACTORY, tabs, by, "reject_qty")
    assert made == sample.sums(FACTORY, "batches", by, "produced_qty")
    scrap = Counter[Any]()
    for row in sample.rows(FACTORY, "scrap"):
        if row["source"] == "Produksi":
            scrap[row["batch_id"],] += row["scrap_qty"]
    assert sample.sums(FACTORY, tabs, by, "reject_qty") == scrap


def test_the_offices_books_add_up(sample: Sample) -> None:
    spent = sample.sums(SALES, "promo_spend", ("campaign_id",), "amount_idr")
    assert sample.sums(SALES, "campaigns", ("campaign_id",), "actual_spend_idr") == spent
    by = ("journal_id",)
    debit = sample.sums(FINANCE, "journal", by, "debit_idr")
    assert debit == sample.sums(FINANCE, "journal", by, "credit_idr")
    for row in sample.rows(FINANCE, "payroll"):
        gross = row["base_salary_idr"] + row["allowance_idr"] + row["overtime_idr"]
        assert row["net_pay_idr"] == gross - row["deduction_idr"]
    for row in sample.rows(FINANCE, "payables"):
        assert row["open_amount_idr"] == row["amount_idr"] - row["paid_amount_idr"]
    for row in sample.rows(FINANCE, "fixed_assets"):
        assert row["book_value_idr"] == row["cost_idr"] + row["depreciation_idr"]


def test_verdict_of_a_sample_follows_from_its_results_and_their_limits(sample: Sample) -> None:
    lab = "CandidLabs_Control_Centre"
    limits = {
        (row["sku"], row["method_id"]): (row["minimum_value"], row["maximum_value"])
        for row in sample.rows(lab, "specifications")
    }
    samples = {row["sample_id"]: row for row in sample.rows(lab, "samples")}
    failed = set()
    for row in sample.rows(lab, "results"):
        low, high = limits[samples[row["sample_id"]]["sku"], row["method_id"]]
        assert (row["verdict"] == "Lulus") == (low <= row["result_value"] <= high)
        if row["verdict"] == "Gagal":
            failed.add(row["sample_id"])
    assert failed == {key for key, row in samples.items() if row["verdict"] == "Gagal"}
