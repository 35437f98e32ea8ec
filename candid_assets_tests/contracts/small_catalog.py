"""A small good catalog that tests copy and then spoil in one place."""

# A column stands in one line of its file, however long.
# ruff: noqa: E501

from pathlib import Path
from typing import Final

HEAD: Final = """\
# The head of the workbook.
apiVersion: v3.2.0
kind: DataContract
id: sales_master
name: Sales_MASTER
version: 1.2.0
status: active
domain: sales
description: {purpose: Orders of the sales people.}
team: {name: sales-ops}
servers:
  - {server: sample, environment: sample, type: custom, location: Sales_MASTER}
  - {server: staging, environment: staging, type: custom, location: ""}
customProperties: [{property: volatile, value: true}]
"""

OUTLETS: Final = """\
name: outlets
physicalName: Outlet
description: One row per outlet.
properties:
  - {name: outlet_id, physicalName: Kode, logicalType: string, primaryKey: true, description: Code.}
  - {name: opened_date, physicalName: Buka, logicalType: date, description: Day of opening.}
"""

ORDERS: Final = """\
name: orders
physicalName: "Order Harian"
description: One row per order line.
dataGranularityDescription: One row per order line.
customProperties:
  - {property: headerRow, value: 3}
  - {property: totalWords, value: [total, jumlah]}
  - {property: duplicateKeys, value: keep_last}
quality:
  - {type: library, metric: rowCount, mustBeBetween: [100, 5000], severity: error}
properties:
  - {name: order_id, physicalName: "No Order", logicalType: string, primaryKey: true, primaryKeyPosition: 2, logicalTypeOptions: {pattern: "SO-[0-9]{6}"}, description: Order number.}
  - {name: line_no, physicalName: "No", logicalType: integer, primaryKey: true, primaryKeyPosition: 1, logicalTypeOptions: {minimum: 1, maximum: 99}, description: Line number.}
  - {name: outlet_id, physicalName: "Kode Outlet", logicalType: string, required: true, relationships: [{to: sales_master__outlets.outlet_id}], description: Outlet that ordered.}
  - {name: order_date, physicalName: "Tgl", logicalType: date, required: true, logicalTypeOptions: {minimum: 2024-01-01}, tags: [core], description: Day of the order.}
  - {name: net_amount_idr, physicalName: "Jumlah (Rp)", logicalType: number, physicalType: "DECIMAL(20, 4)", logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1.5}, customProperties: [{property: unit, value: IDR}, {property: notation, value: en}], description: Net value.}
  - {name: status, physicalName: "Status", logicalType: string, enum: [{value: lunas}, {value: tempo}], customProperties: [{property: synonyms, value: {paid: lunas}}], description: Payment status.}
"""

DIM_SQL: Final = """\
select outlet_id, opened_date
from clean.sales_master__outlets
"""

DIM_YAML: Final = """\
name: dim_outlet
description: One row per outlet.
dataGranularityDescription: One row per outlet.
customProperties:
  - {property: kind, value: dimension}
  - {property: owner, value: team:sales-ops}
properties:
  - {name: outlet_id, logicalType: string, primaryKey: true, description: Code.}
  - {name: opened_date, logicalType: date, description: Day of opening.}
"""

FACT_SQL: Final = """\
with lines as (
    select o.outlet_id, sum(o.net_amount_idr) as net_amount_idr
    from clean.sales_master__orders as o
    inner join ready.dim_outlet as d on o.outlet_id = d.outlet_id
    group by o.outlet_id
)
select * from lines
"""

FACT_YAML: Final = """\
name: fct_sales
description: Sales per outlet.
customProperties:
  - {property: kind, value: fact}
  - {property: owner, value: sales@example.com}
properties:
  - {name: outlet_id, logicalType: string, primaryKey: true, relationships: [{to: dim_outlet.outlet_id, customProperties: [{property: severity, value: error}]}], description: Outlet.}
  - {name: net_amount_idr, logicalType: number, description: Net value.}
"""

FILES: Final = {
    "workbooks/sales_master/contract.yaml": HEAD,
    "workbooks/sales_master/outlets.yaml": OUTLETS,
    "workbooks/sales_master/orders.yaml": ORDERS,
    "models/hub/dim_outlet.sql": DIM_SQL,
    "models/hub/dim_outlet.yaml": DIM_YAML,
    "models/sales/fct_sales.sql": FACT_SQL,
    "models/sales/fct_sales.yaml": FACT_YAML,
}


def write_catalog(root: Path) -> Path:
    """Write the good catalog."""
    for name, text in FILES.items():
        write(root, name, text)
    return root


def write(root: Path, name: str, text: str | None) -> None:
    """Write one file of the catalog, or take it away."""
    path = root / name
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def spoil(root: Path, name: str, old: str, new: str) -> Path:
    """Replace text that stands exactly once in one file of the catalog."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path
