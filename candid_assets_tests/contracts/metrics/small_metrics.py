"""A small good metric file over the small catalog, which tests copy and then spoil."""

# A metric's meta stands in one line of its file, however long.
# ruff: noqa: E501

from typing import Final

HUB_METRICS: Final = """\
semantic_models:
  - name: outlets
    description: Outlets.
    model: ready.dim_outlet
    entities:
      - {name: outlet, type: primary, expr: outlet_id}
    dimensions:
      - {name: opened, type: time, expr: opened_date}
      - {name: code, type: categorical, expr: outlet_id}
"""

SALES_METRICS: Final = """\
owner: team:sales-ops
semantic_models:
  - name: orders
    description: Order lines.
    model: clean.sales_master__orders
    defaults: {agg_time_dimension: order_date}
    entities:
      - {name: outlet, type: foreign, expr: outlet_id}
    dimensions:
      - {name: order_date, type: time}
      - {name: status, type: categorical}
    measures:
      - {name: amount, agg: sum, expr: net_amount_idr}
      - {name: lines, agg: count, expr: order_id}
      - {name: buyers, agg: count_distinct, expr: outlet_id}
      - {name: dear, agg: sum_boolean, expr: net_amount_idr > 100}
      - {name: stock, agg: sum, expr: line_no, non_additive_dimension: {name: order_date}}
  - name: deliveries
    description: Order lines by the day that they are promised for.
    model: clean.sales_master__orders
    defaults: {agg_time_dimension: promised}
    dimensions:
      - {name: promised, type: time, expr: "order_date + 20", config: {meta: {recorded_by: order_date}}}
    measures:
      - {name: promised_lines, agg: count, expr: order_id}
metrics:
  - name: promised
    label: Promised
    description: Order lines by the day that they are promised for.
    type: simple
    type_params: {measure: promised_lines}
    config:
      meta: {label_id: Dijanjikan, unit: count, direction: up, target: {month: 20}, grains: [month]}
  - name: sales
    label: Sales
    description: Value of order lines.
    type: simple
    type_params: {measure: amount}
    config:
      meta: {label_id: Penjualan, unit: IDR, direction: up, target: {month: 1000}, warning: {month: 900}, grains: [day, week, month, quarter, year], dimensions: [status, outlet__code], minimum: 0, jump: {grain: month, limit: 0.5}}
  - name: paid_sales
    label: Paid sales
    description: Value of paid lines.
    type: simple
    type_params: {measure: {name: amount, fill_nulls_with: 0}}
    filter: status = 'lunas'
    config:
      meta: {label_id: Penjualan lunas, unit: IDR, direction: up, grains: [day, month], dimensions: [status]}
  - name: line_value
    label: Value of a line
    description: Value for each line.
    type: ratio
    type_params: {numerator: sales, denominator: lines}
    config:
      meta: {label_id: Nilai baris, unit: IDR, direction: up, target: 100, grains: [month], dimensions: [status]}
  - name: growth
    label: Growth
    description: Change against the month before.
    type: derived
    type_params: {expr: "now / nullif(before, 0) - 1", metrics: [{name: sales, alias: now}, {name: sales, alias: before, offset_window: 1 month}]}
    config:
      meta: {label_id: Pertumbuhan, unit: ratio, direction: up, grains: [month], minimum: -1}
  - name: running
    label: Sales of the year
    description: Sales from 1 January.
    type: cumulative
    type_params: {measure: amount, cumulative_type_params: {grain_to_date: year}}
    config:
      meta: {label_id: Penjualan tahun ini, unit: IDR, direction: up, grains: [day, week, month]}
  - name: three_days
    label: Sales of three days
    description: Sales of the last three days.
    type: cumulative
    type_params: {measure: amount, cumulative_type_params: {window: 3 days}}
    config:
      meta: {label_id: Penjualan tiga hari, unit: IDR, direction: up, grains: [day]}
  - name: closing
    label: Closing
    description: Stock on the last day.
    type: simple
    type_params: {measure: stock}
    config:
      meta: {label_id: Stok akhir, unit: pcs, direction: none, grains: [day, month, year], dimensions: [status]}
"""
