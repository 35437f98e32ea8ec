"""A value that cannot be right stands in the report with the cells behind it."""

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.reports.invalid_values import invalid_values
from candid_assets.warehouse.database import open_published
from candid_assets_tests.history.shop import opened_shop

METRICS = """owner: team:shop
semantic_models:
  - name: receipts
    description: Receipts.
    model: clean.toko__sales
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
    measures:
      - {name: amount, agg: sum, expr: amount_idr}
metrics:
  - name: takings
    label: Takings
    description: Of the shop.
    type: simple
    type_params: {measure: amount}
    config: {meta: {label_id: Omzet, unit: IDR, direction: up, grains: [day, month], maximum: 5000}}
"""


@pytest.fixture(scope="module")
def shop(books, tmp_path_factory):
    with opened_shop(tmp_path_factory.mktemp("shop"), books) as opened:
        opened.write("metrics/sales.yaml", METRICS)
        opened.refresh()
        yield opened


def invalid(shop):
    catalog = load_catalog(shop.settings.catalog_dir)
    with open_published(shop.settings.published_file) as connection:
        return invalid_values(connection, catalog)


def test_a_value_that_cannot_be_is_named_with_its_cells(shop):
    (only,) = invalid(shop)
    text = "Takings of 18 Aug 2025 is Rp2 juta, which cannot be (2 values of it)"
    assert only.text == text
    assert {cell["cell"]: cell["value"] for cell in only.cells} == {"C3": 2500, "C4": 2_000_000}
    assert only.cells[0]["link"].endswith("range=C3")


def test_a_warehouse_without_metrics_has_no_value_that_cannot_be(shop):
    catalog = load_catalog(shop.settings.catalog_dir)
    with duckdb.connect() as connection:
        assert invalid_values(connection, catalog) == ()
