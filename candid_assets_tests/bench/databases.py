"""A million rows from PostgreSQL to the clean table and out: time, memory, every row."""

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from candid_assets_tests.bench.figure import Figure, report
from candid_assets_tests.bench.runs import Done, measured
from candid_assets_tests.postgres import PASSWORD, started
from candid_assets_tests.sources.installation import HEAD

ROWS = 1_000_000
MAKE = """
create table movements as select
    n as id, 'SKU-' || lpad((n %% 5000)::text, 5, '0') as sku, 'G' || n %% 40 as outlet,
    date '2024-01-01' + n %% 700 as moved_on, (n %% 997) - 400 as quantity,
    (n * 7 %% 9000000)::numeric(14, 2) / 100 as price_idr,
    timestamptz '2025-01-01 00:00+07' + n * interval '7 seconds' as changed_at,
    case when n %% 11 = 0 then null else 'catatan ' || md5(n::text) end as note
from generate_series(1, %s) as n
"""
CONTRACT = """name: movements
physicalName: movements
description: One row per movement of stock.
dataGranularityDescription: One row per movement.
properties:
  - {name: movement_id, physicalName: id, logicalType: integer, primaryKey: true, description: Id.}
  - {name: sku, physicalName: sku, logicalType: string, required: true, description: Product.}
  - {name: outlet, physicalName: outlet, logicalType: string, required: true, description: Outlet.}
  - {name: moved_on, physicalName: moved_on, logicalType: date, required: true, description: Day.}
  - {name: quantity, physicalName: quantity, logicalType: integer, description: Pieces.}
  - {name: price_idr, physicalName: price_idr, logicalType: number, description: Price.}
  - {name: changed_at, physicalName: changed_at, logicalType: timestamp, description: Changed.}
  - {name: note, physicalName: note, logicalType: string, description: Note.}
"""
MODEL = """name: fct_movements
description: One row per movement of stock.
dataGranularityDescription: One row per movement.
customProperties:
  - {property: kind, value: fact}
  - {property: owner, value: team:data}
properties:
  - {name: movement_id, logicalType: integer, primaryKey: true, description: Id.}
  - {name: sku, logicalType: string, required: true, description: Product.}
  - {name: outlet, logicalType: string, required: true, description: Outlet.}
  - {name: moved_on, logicalType: date, required: true, description: Day.}
  - {name: quantity, logicalType: integer, description: Pieces.}
  - {name: price_idr, logicalType: number, description: Price.}
  - {name: changed_at, logicalType: timestamp, description: Changed.}
  - {name: note, logicalType: string, description: Note.}
"""
DESTINATION = """apiVersion: v3.2.0
kind: DataContract
id: bi
name: bi
version: 1.0.0
status: active
description: {{purpose: All movements.}}
team: {{name: data}}
servers:
  - {{server: bi, environment: staging, type: postgresql, host: 127.0.0.1, port: {port},
     database: {database}, schema: candid}}
schema:
  - {{name: fct_movements}}
"""

GROWING = """customProperties:
  - {property: cursor, value: changed_at}
  - {property: overlap, value: 9000 days}
properties:
"""


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures of one reading of everything."""
    with started() as server, server.database() as url, server.database() as there:
        with psycopg.connect(url) as connection:
            connection.execute(MAKE, [ROWS])
            connection.execute("alter table movements add primary key (id)")
        head = (
            f"type: postgresql, host: 127.0.0.1, port: {server.port}, database:"
            f" {url.rsplit('/', 1)[1]}, customProperties: [{{property: user, value: candid}}]"
        )
        book = folder / "catalog" / "workbooks" / "gudang"
        book.mkdir(parents=True)
        (book / "contract.yaml").write_text(HEAD.format(name="gudang", server=head))
        (book / "movements.yaml").write_text(CONTRACT)
        done = _run(folder)
        # Every row comes again, by the cursor: none of the last extract stays.
        (book / "movements.yaml").write_text(CONTRACT.replace("properties:\n", GROWING))
        with psycopg.connect(url) as connection:
            connection.execute("update movements set quantity = quantity + 1")
        again = _run(folder)
        _destination(folder / "catalog", server.port, there.rsplit("/", 1)[1])
        _run(folder)
        out = _run(folder, "export", "bi")
        with psycopg.connect(there) as connection:
            rows = connection.execute("select count(*) from candid.fct_movements").fetchone()
    summary = done.summary
    kept = summary["rows_clean"] + summary["rows_quarantined"] + summary["rows_dropped"]
    yield Figure("1,000,000 PostgreSQL rows to clean", done.seconds, 60, "s")
    yield Figure("its memory, all processes", done.peak_bytes / 1e9, 1.5, "GB")
    # The header is a row of the extract, too.
    yield Figure("rows not accounted for", abs(ROWS + 1 - kept), 0, "rows")
    yield Figure("rows not clean", ROWS - summary["rows_clean"], 0, "rows")
    yield Figure("1,000,000 rows that came again by the cursor", again.seconds, 90, "s")
    yield Figure("their memory, all processes", again.peak_bytes / 1e9, 1.5, "GB")
    yield Figure("of them not clean", ROWS - again.summary["rows_clean"], 0, "rows")
    yield Figure("1,000,000 rows out to PostgreSQL, verified", out.seconds, 60, "s")
    yield Figure("its memory, all processes", out.peak_bytes / 1e9, 1.5, "GB")
    yield Figure("rows not delivered", ROWS - (rows[0] if rows else 0), 0, "rows")


def _run(folder: Path, *command: str) -> Done:
    return measured(
        folder / "data",
        *("-m", "candid_assets.cli", *(command or ("run",)), "--json"),
        variables={
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(folder / "catalog"),
            "CANDID_PASSWORD_GUDANG": PASSWORD,
            "CANDID_DESTINATION_BI_USER": "candid",
            "CANDID_DESTINATION_BI_PASSWORD": PASSWORD,
        },
    )


def _destination(catalog: Path, port: int, database: str) -> None:
    """Write a ready table of every row and the database that it is delivered to."""
    hub = catalog / "models" / "hub"
    hub.mkdir(parents=True)
    (hub / "fct_movements.sql").write_text(
        "select movement_id, sku, outlet, moved_on, quantity, price_idr, changed_at, note\n"
        "from clean.gudang__movements\n"
    )
    (hub / "fct_movements.yaml").write_text(MODEL)
    (catalog / "destinations").mkdir()
    written = DESTINATION.format(port=port, database=database)
    (catalog / "destinations" / "bi.yaml").write_text(written)


if __name__ == "__main__":
    sys.exit(report(figures))
