"""A table of many rows in a file and a model of it, which a cluster may compute or this machine."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from candid_assets.atomic_files import replacing
from candid_assets.sql import literal
from candid_assets_tests.bench.processes import Ended, watched
from candid_assets_tests.bench.ten_million import BOOK, SELECT
from candid_assets_tests.bench.workloads import candid, plain_environment

MODEL = """name: fct_movements
description: One row per movement of stock, with its value.
dataGranularityDescription: One row per movement.
customProperties:
  - {property: kind, value: fact}
  - {property: owner, value: team:data}
properties:
  - {name: id, logicalType: integer, primaryKey: true, description: Id.}
  - {name: outlet, logicalType: string, required: true, description: Outlet.}
  - {name: moved_on, logicalType: date, required: true, description: Day.}
  - {name: quantity, logicalType: integer, description: Pieces.}
  - {name: value_idr, logicalType: number, physicalType: "decimal(38,2)", description: Value.}
"""
SQL = f"""select
    id,
    outlet,
    moved_on,
    quantity,
    cast(quantity * price_idr as decimal(38, 2)) as value_idr
from clean.{BOOK}__movements
"""


def described(folder: Path) -> None:
    """Describe the table by a few of its rows, and add the model to the catalog."""
    models = folder / "catalog" / "models" / "sales"
    (folder / "catalog").mkdir()
    write_rows(folder, 3_000)
    environment = plain_environment() | variables(folder, folder / "described")
    command = candid("discover", str(folder / "ekspor"), "--workbook", BOOK)
    _ended_well(watched(command, environment, folder))
    models.mkdir(parents=True)
    (models / "fct_movements.sql").write_text(SQL)
    (models / "fct_movements.yaml").write_text(MODEL)


def write_rows(folder: Path, rows: int) -> None:
    """Write so many rows into the file that is refreshed."""
    file = folder / "ekspor" / "movements.parquet"
    file.parent.mkdir(exist_ok=True)
    with replacing(file) as part, duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        connection.execute(
            f"copy ({SELECT.format(rows=rows)}) to {literal(str(part))} (format parquet)"
        )


def variables(folder: Path, data: Path) -> dict[str, str]:
    """Return what tells a command where the catalog and its data are."""
    return {
        "CANDID_ENV": "staging",
        "CANDID_CATALOG_DIR": str(folder / "catalog"),
        "CANDID_DATA_DIR": str(data),
    }


def refreshed(environment: Mapping[str, str], folder: Path) -> Ended:
    """Refresh everything and return what that took.

    Raises:
        SystemExit: Something failed.
    """
    return _ended_well(watched(candid("run", "--json"), environment, folder))


def _ended_well(ended: Ended) -> Ended:
    if ended.code:
        raise SystemExit(ended.out[-3000:] + ended.errors)
    return ended
