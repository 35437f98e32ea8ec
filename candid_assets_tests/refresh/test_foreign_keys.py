"""Keys that find nothing are told with their cells, whichever side of the key was edited."""

import pytest

from candid_assets.refresh import foreign_keys

pytestmark = pytest.mark.slow

PRODUCTS = """name: products
physicalName: "Produk"
description: Products.
properties:
  - {name: sku, physicalName: "Kode", logicalType: string, primaryKey: true, required: true, description: Code.}
  - {name: product_name, physicalName: "Nama", logicalType: string, description: Name.}
"""  # noqa: E501
ORDERS = """name: orders
physicalName: "Order"
description: Orders.
properties:
  - {name: order_id, physicalName: "No", logicalType: string, primaryKey: true, required: true, description: Number.}
  - {name: qty, physicalName: "Jumlah", logicalType: integer, description: Pieces.}
  - {name: sku, physicalName: "Barang", logicalType: string, relationships: [{to: toko__products.sku}], description: Product.}
"""  # noqa: E501


@pytest.fixture
def orders(shop):
    shop.contract("products", PRODUCTS)
    shop.contract("orders", ORDERS)
    shop.sheet(
        Produk=[["Kode", "Nama"], ["A1", "Sabun"], ["B2", "Sampo"]],
        Order=[["No", "Jumlah", "Barang"], ["1", 5, "A1"], ["2", 7, "B2"]],
    )
    assert shop.run().succeeded
    return shop


def looked_up(shop):
    return [c for c in shop.runs[-1].checks if c.name == "references_found"]


def test_unmatched_foreign_key_is_reported_with_its_cell_and_the_row_is_kept(orders):
    orders.change("edit", tab="Order", cells={"C3": "X9"})
    assert orders.run().succeeded
    (result,) = looked_up(orders)
    assert (result.passed, result.blocking) == (False, False)
    assert result.message == "1 of 2 values (1 different) of sku are not in toko__products.sku"
    (sample,) = result.samples
    assert (sample.value, sample.cell) == ("X9", "C3")
    assert sample.link.endswith("&range=C3")
    assert orders.query("select sum(qty)::integer from clean.toko__orders") == [(12,)]


def test_removed_key_is_reported_on_its_foreign_keys_until_it_is_restored(orders):
    orders.change("edit", tab="Produk", cells={"A3": "C3"})
    assert orders.run().succeeded
    (result,) = looked_up(orders)
    assert (result.table, result.passed) == ("toko__orders", False)
    assert [sample.cell for sample in result.samples] == ["C3"]
    kept = "select passed from meta.checks where name = 'references_found'"
    assert orders.query(kept) == [(False,)]
    orders.change("edit", tab="Produk", cells={"A3": "B2"})
    orders.run()
    assert [result.passed for result in looked_up(orders)] == [True]
    assert orders.query(kept) == [(True,)]


def test_edit_that_changes_no_verdict_reports_nothing_on_referring_tabs(orders):
    orders.change("edit", tab="Produk", cells={"B3": "Sampo Baru"})
    orders.run()
    assert looked_up(orders) == []


def test_verdict_missed_by_a_killed_run_is_reported_by_the_next_run(orders):
    orders.change("edit", tab="Produk", cells={"A3": "C3"})
    orders.run()
    with orders.warehouse() as warehouse:
        warehouse.execute(
            "delete from meta.runs where started_at = (select max(started_at) from meta.runs)"
        )
        warehouse.execute("update meta.checks set passed = true where name = 'references_found'")
    orders.run()
    assert [result.passed for result in looked_up(orders)] == [False]


def test_referring_tabs_are_not_checked_again_while_the_keys_are_unchanged(orders, monkeypatch):
    asked = []
    judge = foreign_keys.check_references
    monkeypatch.setattr(
        foreign_keys, "check_references", lambda *all: asked.append(all[1].table) or judge(*all)
    )
    orders.change("edit", tab="Produk", cells={"B3": "Sampo Baru"})
    orders.run()
    assert asked == ["toko__products"]
    orders.change("edit", tab="Produk", cells={"A3": "C3"})
    orders.run()
    assert asked == ["toko__products", "toko__products", "toko__orders"]


FACT = """name: fct_orders
description: Orders.
dataGranularityDescription: One row per order.
customProperties:
  - {property: kind, value: fact}
  - {property: owner, value: team:data}
properties:
  - {name: order_id, logicalType: string, primaryKey: true, description: Number.}
  - {name: sku, logicalType: string, relationships: [{to: toko__products.sku}], description: Product.}
"""  # noqa: E501


def test_keys_of_a_ready_table_are_looked_up_again_when_only_the_table_they_lead_to_changed(orders):
    models = orders.root / "catalog" / "models" / "sales"
    models.mkdir(parents=True)
    (models / "fct_orders.yaml").write_text(FACT)
    (models / "fct_orders.sql").write_text("select order_id, sku from clean.toko__orders")
    assert orders.run().succeeded

    def verdicts():
        return [r.passed for r in looked_up(orders) if r.layer == "ready"]

    assert verdicts() == [True]
    for code, expected in (("C3", [False]), ("D4", []), ("B2", [True])):
        orders.change("edit", tab="Produk", cells={"A3": code})
        assert orders.run().succeeded
        assert verdicts() == expected
        assert "fct_orders" not in [built.table for built in orders.runs[-1].built]
