"""Models on a real cluster: the same tables as in this process, and a named failure without it."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.engines import spark_models
from candid_assets.engines.compare import compared
from candid_assets.engines.spark_models import SparkModels
from candid_assets.monitoring.doctor.clusters import check_cluster
from candid_assets.settings import Settings
from candid_assets.warehouse.builds import table_states
from candid_assets_tests.engines.cluster import Cluster, started_cluster
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.engines
TAB = """name: sales
physicalName: Sales
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: Nota, logicalType: string, primaryKey: true, description: No.}
  - {name: sold_on, physicalName: Tgl, logicalType: date, description: Day.}
  - {name: amount_idr, physicalName: Rp, logicalType: number, description: Amount.}
  - {name: is_paid, physicalName: Lunas, logicalType: boolean, description: Whether it is paid.}
"""
MODEL = """name: mart_days
description: Days.
dataGranularityDescription: One row per day.
customProperties:
  - {property: kind, value: mart}
  - {property: owner, value: team:data}
  - {property: engine, value: spark}
properties:
  - {name: sold_on, logicalType: date, primaryKey: true, description: Day.}
  - {name: receipts, logicalType: integer, description: Receipts.}
  - {name: amount_idr, logicalType: number, description: Amount.}
  - {name: each_idr, logicalType: number, physicalType: "decimal(38,2)", description: A receipt.}
  - {name: last_receipt, logicalType: string, description: The last one.}
  - {name: is_paid, logicalType: boolean, description: Whether all are paid.}
"""
SQL = """select
    sold_on,
    count(*) as receipts,
    cast(sum(amount_idr) as decimal(18, 2)) as amount_idr,
    exact_ratio(sum(amount_idr), count(amount_idr), 2) as each_idr,
    max(receipt_id) as last_receipt,
    bool_and(is_paid) as is_paid
from clean.toko__sales
group by sold_on
"""
ROWS = [
    ["Nota", "Tgl", "Rp", "Lunas"],
    ["A-1", "17/08/2025", "1.250.000,55", "ya"],
    ["A-2", "17/08/2025", "10", "tidak"],
    ["A-3", "18/08/2025", "0,05", "ya"],
    ["A-4", "18/08/2025", "", ""],
    ["A-5", "19/08/2025", "-7,5", "ya"],
]


@pytest.fixture
def days(shop: Shop) -> Shop:
    """A shop with a ready table that goes to the cluster where there is one."""
    shop.contract("sales", TAB)
    shop.sheet(Sales=ROWS)
    hub = shop.root / "catalog" / "models" / "sales"
    hub.mkdir(parents=True)
    (hub / "mart_days.sql").write_text(SQL)
    (hub / "mart_days.yaml").write_text(MODEL)
    return shop


def fingerprints(shop: Shop) -> dict[str, str]:
    return {b.table: b.version for b in shop.runs[-1].built if b.layer == "ready"}


def test_refresh_builds_the_same_table_on_the_cluster_and_leaves_no_attempt(
    days: Shop, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert days.run().failures == []
    here = fingerprints(days)
    shutil.rmtree(days.settings.data_dir)
    monkeypatch.setenv("CANDID_ENGINE_URL", cluster.url)
    assert days.run().failures == []
    assert fingerprints(days) == here != {}
    assert list((days.settings.data_dir / "attempts").iterdir()) == []


def test_both_engines_are_compared_cell_by_cell(
    days: Shop, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.run()
    monkeypatch.setenv("CANDID_ENGINE_URL", cluster.url)
    models = days.catalog().models
    with days.warehouse() as connection:
        states = table_states(connection)
        (table,) = compared(connection, models, states, SparkModels(days.settings))
        assert (table.is_equal, table.rows) == (True, 3)
        connection.execute("update clean.toko__sales set amount_idr = 11 where amount_idr = 10")
        (table,) = compared(connection, models, states, SparkModels(days.settings))
        cells = [(cell.row, cell.column) for cell in table.cells]
    assert cells == [("2025-08-17", "amount_idr"), ("2025-08-17", "each_idr")]


def test_doctor_lets_a_worker_leave_a_file_and_names_both_versions(
    tmp_path: Path, cluster: Cluster
) -> None:
    settings = Settings(CANDID_DATA_DIR=tmp_path, CANDID_ENGINE_URL=cluster.url)
    (finding,) = check_cluster(settings)
    assert finding.state == "ok", finding
    assert f"at {cluster.url}, with DuckDB {duckdb.__version__}" in finding.what
    assert list((settings.data_dir / "attempts").iterdir()) == []


def test_server_that_is_killed_fails_the_table_by_name_and_the_next_run_heals(
    days: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days.run()
    days.change("edit", tab="Sales", cells={"C3": "11"})
    with started_cluster(tmp_path / "cluster", (1,)) as cluster:
        monkeypatch.setenv("CANDID_ENGINE_URL", cluster.url)
        run = spark_models._run

        def killed(session: Any, sql: str, folder: Path) -> None:
            cluster.server.kill()
            cluster.server.wait()
            run(session, sql, folder)

        monkeypatch.setattr(spark_models, "_run", killed)
        days.run()
    ((cause, message),) = days.failures()
    assert cause == "engine_failed"
    assert message.startswith("ready.mart_days cannot be computed: a query failed on")
    assert f"on the cluster at {cluster.url}: " in message
    assert ("1250010.55",) in days.query("select amount_idr::text from ready.mart_days")
    assert list((days.settings.data_dir / "attempts").iterdir()) == []
    monkeypatch.delenv("CANDID_ENGINE_URL")
    assert days.run().failures == []
    assert ("1250011.55",) in days.query("select amount_idr::text from ready.mart_days")
