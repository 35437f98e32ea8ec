"""What an answer withheld, or gave as it was before an edit, arrives with the next refresh."""

import pytest

from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

ORDERS = """name: orders
physicalName: Data
description: One row per order.
dataGranularityDescription: One row per order.
properties:
  - {name: order_id, physicalName: "No", logicalType: string, primaryKey: true, required: true,
     description: Number.}
  - {name: amount, physicalName: Jumlah, logicalType: number, description: Amount.}
"""
ROWS = [["No", "Jumlah"], *([f"N{n}", n] for n in range(60))]
TOTAL = "select count(*), sum(amount)::int from clean.toko__orders"


@pytest.fixture
def orders(shop: Shop) -> Shop:
    shop.server.reset(workbooks=True)  # forgets what other tests' workbooks were before edits
    shop.contract("orders", ORDERS)
    shop.sheet(Data=ROWS)
    assert shop.run().succeeded
    assert shop.query(TOTAL) == [(60, 1770)]
    yield shop
    shop.server.control("DELETE", "/faults")


def test_old_values_under_a_new_version_are_looked_for_again(orders: Shop) -> None:
    orders.change("edit", tab="Data", cells={"B2": 1000})
    orders.server.fault("old_version", api="sheets_reads", count=None)
    assert orders.run().succeeded
    assert orders.query(TOTAL) == [(60, 1770)]
    orders.server.control("DELETE", "/faults")
    assert orders.run().succeeded
    assert orders.query(TOTAL) == [(60, 2770)]
    assert orders.run().sheets_reads == 0


def test_a_version_without_an_edit_is_looked_at_twice_and_not_again(orders: Shop) -> None:
    orders.change("touch")
    assert [orders.run().sheets_reads for _ in range(3)] == [4, 4, 0]


def test_rows_that_every_answer_withheld_come_with_the_next_refresh(orders: Shop) -> None:
    orders.change("edit", tab="Data", cells={"B2": 1000})
    orders.server.fault({"do": "drop_rows", "rows": 3}, query="UNFORMATTED", count=None)
    for query in ("A58", "A59"):
        orders.server.fault("drop_values", query=f"FORMATTED_VALUE&{query}", count=None)
    record = orders.run()
    assert not record.succeeded or orders.query(TOTAL)[0][0] == 57
    orders.server.control("DELETE", "/faults")
    assert orders.run().succeeded
    assert orders.query(TOTAL) == [(60, 2770)]


def test_a_list_in_a_cell_of_one_render_stops_no_refresh(orders: Shop) -> None:
    orders.change("edit", tab="Data", cells={"B2": 1000})
    odd = {"do": "set", "at": ["valueRanges", 0, "values", 1, 1], "value": [1]}
    orders.server.fault(odd, query="FORMATTED_STRING")
    assert orders.run().succeeded
    assert orders.query(TOTAL) == [(60, 2770)]


def test_one_refused_token_request_costs_nothing(orders: Shop) -> None:
    orders.change("edit", tab="Data", cells={"B2": 1000})
    orders.server.fault({"do": "error", "error": "temporarily_unavailable"}, api="tokens")
    assert orders.run().succeeded
    assert orders.query(TOTAL) == [(60, 2770)]
