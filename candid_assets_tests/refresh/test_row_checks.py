"""Rows that are well-formed and wrong: kept out with their cells, or named in a warning."""

import pytest

from candid_assets_tests.refresh.shop import Shop

ORDERS = """name: orders
physicalName: Pesanan
description: Orders.
quality:
  - {type: sql, id: sent_within_ordered, description: No more is sent than ordered., query: "select count(*) from ${object} where not (sent_qty <= ordered_qty)", mustBe: 0}
  - {type: sql, id: sent_in_time, description: Orders are sent within ten days., query: "select count(*) from ${object} where sent_date - order_date > 10", mustBe: 0, severity: warning}
properties:
  - {name: order_id, physicalName: "No", logicalType: string, primaryKey: true, description: Number.}
  - {name: order_date, physicalName: "Tgl", logicalType: date, description: Day of the order.}
  - {name: sent_date, physicalName: "Kirim", logicalType: date, description: Day it was sent.}
  - {name: ordered_qty, physicalName: "Pesan", logicalType: integer, description: Pieces ordered.}
  - {name: sent_qty, physicalName: "Dikirim", logicalType: integer, description: Pieces sent.}
"""  # noqa: E501
HEADER = ["No", "Tgl", "Kirim", "Pesan", "Dikirim"]
ROWS = [[f"P{n}", f"2025-03-{n:02}", f"2025-03-{n + 1:02}", 10 + n, 10] for n in range(1, 21)]


@pytest.fixture
def orders(shop: Shop) -> Shop:
    shop.contract("orders", ORDERS)
    shop.sheet(Pesanan=[HEADER, *ROWS])
    shop.run()
    assert shop.failures() == []
    assert shop.check("row_rules_kept")[0]
    assert shop.check("values_plausible")[0]
    return shop


def test_row_that_breaks_a_rule_is_kept_out_with_both_cells(orders: Shop) -> None:
    orders.change("edit", tab="Pesanan", cells={"E3": 99})
    assert orders.run().succeeded
    reasons = orders.query(
        "select r.cell, r.reason from (select unnest(_reasons) as r"
        " from quarantine.toko__orders) order by all"
    )
    assert reasons == [("D3", "sent_within_ordered"), ("E3", "sent_within_ordered")]
    assert orders.query("select count(*) from clean.toko__orders") == [(19,)]


def test_row_that_breaks_a_rule_of_severity_warning_stays_and_is_named(orders: Shop) -> None:
    orders.change("edit", tab="Pesanan", cells={"C4": "2025-03-28"})
    record = orders.run()
    assert record.succeeded
    (check,) = [c for c in record.checks if c.name == "row_rules_kept"]
    assert (check.passed, check.stops) == (False, False)
    assert {sample.cell for sample in check.samples} == {"B4", "C4"}
    assert orders.query("select count(*) from clean.toko__orders") == [(20,)]


def test_mistyped_year_and_quantity_are_named_in_a_warning(orders: Shop) -> None:
    orders.change("edit", tab="Pesanan", cells={"B5": "2204-12-31", "D6": 150_000})
    record = orders.run()
    assert record.succeeded
    (check,) = [c for c in record.checks if c.name == "values_plausible"]
    assert (check.passed, check.stops) == (False, False)
    assert "B5 '2204-12-31'" in check.message
    assert {sample.cell for sample in check.samples} == {"B5", "D6"}
    assert orders.query("select count(*) from clean.toko__orders") == [(20,)]
