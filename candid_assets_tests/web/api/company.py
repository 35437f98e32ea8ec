"""A catalog with a table of every type and metrics over it, and its published snapshot."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import duckdb

from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.publish import publish
from candid_assets_tests.end_to_end.faults.kit import write_company

TYPES_SQL = """select receipt_id, sold_date, amount_idr, pieces, is_paid, paid_at, opens_at, exact,
    "limit", remark
from clean.toko__segala
"""
TYPES_YAML = """name: fct_types
description: A column of every type.
dataGranularityDescription: One row per receipt.
customProperties:
  - {property: kind, value: fact}
  - {property: owner, value: "team:shop"}
properties:
  - {name: receipt_id, logicalType: string, primaryKey: true, description: Receipt.}
  - {name: sold_date, logicalType: date, required: true, description: Day.}
  - {name: amount_idr, logicalType: number, description: Amount.}
  - {name: pieces, logicalType: integer, description: Pieces.}
  - {name: is_paid, logicalType: boolean, description: Paid.}
  - {name: paid_at, logicalType: timestamp, description: When.}
  - {name: opens_at, logicalType: time, description: Opening.}
  - {name: exact, logicalType: number, physicalType: "DECIMAL(38,10)", description: Many digits.}
  - {name: limit, logicalType: integer, description: A column called as a parameter is.}
  - {name: remark, logicalType: string, description: Free text.}
"""
TAB = """name: segala
physicalName: Segala
description: A column of every type.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: A, logicalType: string, primaryKey: true, required: true,
     description: Receipt.}
  - {name: sold_date, physicalName: B, logicalType: date, required: true, description: Day.}
  - {name: amount_idr, physicalName: C, logicalType: number, description: Amount.}
  - {name: pieces, physicalName: D, logicalType: integer, description: Pieces.}
  - {name: is_paid, physicalName: E, logicalType: boolean, description: Paid.}
  - {name: paid_at, physicalName: F, logicalType: timestamp, description: When.}
  - {name: opens_at, physicalName: G, logicalType: time, description: Opening.}
  - {name: exact, physicalName: H, logicalType: number, physicalType: "DECIMAL(38,10)",
     description: Many digits.}
  - {name: limit, physicalName: I, logicalType: integer,
     description: A column called as a parameter is.}
  - {name: remark, physicalName: J, logicalType: string, description: Free text.}
"""
METRICS = """owner: team:shop
semantic_models:
  - name: receipts
    description: Receipts.
    model: ready.fct_types
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
      - {name: remark, type: categorical}
    measures:
      - {name: amount, agg: sum, expr: amount_idr}
metrics:
  - name: takings
    label: Takings
    description: Amount on receipts.
    type: simple
    type_params: {measure: amount}
    config: {meta: {label_id: Omzet, when_off: Call the shop., when_off_id: Telepon toko.,
                    unit: IDR, direction: up, grains: [day, month],
                    dimensions: [remark]}}
"""
MANY_DIGITS = Decimal("1234567890123456789012345678.0123456789")
ROWS = 300
MIDNIGHT = datetime.fromisoformat("2025-01-01")
ODD = ("tunai", "'; drop table ready.fct_types; --", 'kopi "susu"\n☕', "", "=1+1", "100%", "a,b")


def rows_of(count: int = ROWS, extra: int = 0):
    for n in range(count):
        yield (
            f"N{n:04d}",
            date(2025, n % 12 + 1, n % 28 + 1),
            Decimal(n * 1_000 + extra) + Decimal("0.05"),
            n,
            n % 3 == 0 if n % 7 else None,
            MIDNIGHT + timedelta(hours=n % 24, minutes=30, microseconds=n) if n % 5 else None,
            time(n % 24, 15),
            MANY_DIGITS if n == 0 else Decimal(n),
            n % 4,
            ODD[n % len(ODD)] if n % 11 else None,
        )


def write_catalog(root):
    write_company(root)
    catalog = root / "catalog"
    (catalog / "workbooks" / "toko" / "segala.yaml").write_text(TAB)
    (catalog / "models" / "sales" / "fct_types.sql").write_text(TYPES_SQL)
    (catalog / "models" / "sales" / "fct_types.yaml").write_text(TYPES_YAML)
    (catalog / "metrics").mkdir()
    (catalog / "metrics" / "sales.yaml").write_text(METRICS)
    loaded = load_catalog(catalog)
    assert not loaded.problems, loaded.problems
    return catalog


def publish_rows(settings: Settings, count: int = ROWS, extra: int = 0) -> None:
    """Publish the catalog's tables anew, as a refresh does, without Sheets and checks."""
    catalog = load_catalog(settings.catalog_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        bootstrap(connection, settings.env)
        for tab in catalog.tabs:
            columns = ", ".join(f'"{c.name}" {c.physical_type}' for c in tab.columns)
            connection.execute(f"create table clean.{tab.table} ({columns}, _row integer)")
        rows = list(rows_of(count, extra))
        marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"] * len(rows))
        values = [value for row in rows for value in row]
        connection.execute(f"insert into clean.toko__segala values {marks}", values)
        connection.execute("insert into clean.toko__harian values ('N1', '2025-01-01', 5.5, 2)")
        for model in catalog.models:
            names = ", ".join(f'"{c.name}" {c.physical_type}' for c in model.columns)
            connection.execute(f"create table ready.{model.table} ({names})")
            connection.execute(f"insert into ready.{model.table} {model.sql}")
        connection.execute(
            "insert into meta.runs values ('run-1', ?, now(), now(), true, '{}', 1)", [settings.env]
        )
        for n, name in enumerate(("rows_conserved", "keys_unique")):
            connection.execute(
                "insert into meta.checks values ('ready', 'fct_types', ?, ?, 'error', true,"
                " 'told', '{}', '[]', now(), 'run-1')",
                [name, n == 0],
            )
        connection.execute(
            "insert into meta.ledger values ('toko__segala', 'toko', 'segala', 'x', 4, 4, 3, 1, 0)"
        )
        connection.execute(
            'insert into meta.tables (layer, "table", inputs_key, fingerprint, row_count,'
            " built_at, run_id) values ('ready', 'fct_types', 'k', 'f', ?, now(), 'run-1')",
            [count],
        )
        publish(connection, settings.published_file)
