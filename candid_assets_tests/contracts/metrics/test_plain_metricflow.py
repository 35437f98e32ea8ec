"""A metric as MetricFlow's own documents write it needs nothing of the platform's."""

from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS
from candid_assets_tests.contracts.small_catalog import write

ORDERS_SQL = """\
select order_id, outlet_id, order_date, net_amount_idr from clean.sales_master__orders
"""
ORDERS_YAML = """\
name: fct_orders
description: Orders.
customProperties: [{property: owner, value: "team:sales-ops"}]
properties:
  - {name: order_id, logicalType: string, description: Order.}
  - {name: outlet_id, logicalType: string, description: Outlet.}
  - {name: order_date, logicalType: date, description: Day.}
  - name: net_amount_idr
    logicalType: number
    customProperties: [{property: unit, value: IDR}]
    description: Net value.
"""
PLAIN = """\
semantic_models:
  - name: sales
    model: ref('fct_orders')
    defaults:
      agg_time_dimension: order_date
    entities:
      - name: sale
        type: primary
        expr: order_id
      - name: outlet
        type: foreign
        expr: outlet_id
    dimensions:
      - name: order_date
        type: time
        type_params:
          time_granularity: day
      - name: outlet_code
        type: categorical
        expr: outlet_id
    measures:
      - name: order_total
        agg: sum
        expr: net_amount_idr
      - name: order_count
        agg: count
        expr: order_id
metrics:
  - name: order_total
    type: simple
    label: Order total
    type_params:
      measure:
        name: order_total
        fill_nulls_with: 0
        join_to_timespine: true
  - name: orders_of_one_outlet
    type: simple
    type_params:
      measure: order_count
    filter: |
      {{ Dimension('sale__outlet_code') }} = 'O1' and {{ Dimension('outlet__code') }} <> 'O2'
  - name: value_per_order
    type: ratio
    type_params:
      numerator: order_total
      denominator: order_count
  - name: growth
    type: derived
    type_params:
      expr: now / nullif(before, 0) - 1
      metrics:
        - name: order_total
          alias: now
        - name: order_total
          alias: before
          offset_window: 1 month
  - name: running_total
    type: cumulative
    type_params:
      measure: order_total
      cumulative_type_params:
        window: 7 days
"""


@pytest.fixture
def catalog(root: Path) -> Catalog:
    write(root, "models/sales/fct_orders.sql", ORDERS_SQL)
    write(root, "models/sales/fct_orders.yaml", ORDERS_YAML)
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, "metrics/sales.yaml", PLAIN)
    return load_catalog(root)


def test_it_validates_at_the_first_try(catalog: Catalog) -> None:
    assert [str(problem) for problem in catalog.problems] == []
    assert len(catalog.registry.metrics) == 5


def test_what_it_leaves_out_is_filled_in(catalog: Catalog) -> None:
    metrics = {metric.name: metric for metric in catalog.registry.metrics}
    total, counted = metrics["order_total"], metrics["orders_of_one_outlet"]
    assert (total.label, total.label_id, total.description) == ("Order total",) * 3
    assert (counted.label, counted.unit) == ("Orders of one outlet", "count")
    assert (total.unit, total.direction, total.owner) == ("IDR", "none", "team:sales")
    assert total.grains == ("month", "quarter", "year")
    assert metrics["growth"].grains == ("month",)
    assert metrics["value_per_order"].unit == "IDR"


def test_a_filter_in_its_words_is_sql_over_dimensions(catalog: Catalog) -> None:
    counted = next(m for m in catalog.registry.metrics if m.name == "orders_of_one_outlet")
    assert counted.inputs["value"].filter == "outlet_code = 'O1' and outlet__code <> 'O2'"
