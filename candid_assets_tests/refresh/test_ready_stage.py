"""Ready tables are built each after what it reads, and an audit that crashes fails one of them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.contracts.catalog import Model
from candid_assets.engines.embedded import Embedded
from candid_assets.engines.errors import EngineError
from candid_assets.engines.protocol import StagedRows, States
from candid_assets.quality.audit import SuiteAudit
from candid_assets_tests.engines.cluster import free_port
from candid_assets_tests.refresh.shop import Shop

TAB = """name: sales
physicalName: Sales
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: Nota, logicalType: string, primaryKey: true, description: No.}
"""
MODEL = """name: {name}
description: Receipts.
dataGranularityDescription: One row per receipt.
customProperties:
  - {{property: kind, value: fact}}
  - {{property: owner, value: team:data}}
properties:
  - {{name: receipt_id, logicalType: string, primaryKey: true, description: No.}}
"""
MARKED = "  - {property: engine, value: spark}"
READS = {
    "fct_first": "clean.toko__sales",
    "fct_second": "clean.toko__sales",
    "fct_of_first": "ready.fct_first",
    "fct_third": "clean.toko__sales",
    "fct_of_both": "ready.fct_of_first",
}


@pytest.fixture
def receipts(shop: Shop) -> Shop:
    """A shop with five ready tables."""
    shop.contract("sales", TAB)
    shop.sheet(Sales=[["Nota"], ["A-1"], ["A-2"]])
    hub = shop.root / "catalog" / "models" / "hub"
    hub.mkdir(parents=True)
    for name, read in READS.items():
        (hub / f"{name}.sql").write_text(f"select receipt_id\nfrom {read}\n")
        (hub / f"{name}.yaml").write_text(MODEL.format(name=name))
    return shop


def test_every_table_is_built_after_what_it_reads(receipts: Shop) -> None:
    built = [b.table for b in receipts.run().built if b.layer == "ready"]
    assert sorted(built) == sorted(READS)
    for name, read in READS.items():
        if read.startswith("ready."):
            assert built.index(read.removeprefix("ready.")) < built.index(name)
        assert receipts.query(f"select count(*) from ready.{name}") == [(2,)]


def test_table_whose_audit_crashes_fails_with_its_downstream_tables_only(
    receipts: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = SuiteAudit.judge

    def crashing(self: SuiteAudit, subject: Any, *place: Any) -> Any:
        if subject.table == "fct_first":
            raise MemoryError("no room for the audit")
        return judge(self, subject, *place)

    monkeypatch.setattr(SuiteAudit, "judge", crashing)
    record = receipts.run()
    assert {f.table for f in record.failures} == {"fct_first", "fct_of_first", "fct_of_both"}
    assert {b.table for b in record.built if b.layer == "ready"} == {"fct_second", "fct_third"}


def stage_elsewhere(
    monkeypatch: pytest.MonkeyPatch, folder: Path, before: Callable[[Model], None] = lambda _: None
) -> None:
    """Let models be computed into files, and stand as views of them."""

    def build(
        _: Embedded, connection: duckdb.DuckDBPyConnection, model: Model, states: States, name: str
    ) -> StagedRows:
        before(model)
        rows, file = StagedRows(name, "view"), folder / f"{model.name}.parquet"
        connection.execute(f"copy ({model.sql}) to '{file}' (format parquet)")
        rows.make(connection, f"from '{file}'")
        return rows

    monkeypatch.setattr(Embedded, "build", build)


def refusing(model: Model) -> None:
    if model.name == "fct_first":
        raise EngineError("the cluster is away", "start it, then run again")


def test_table_that_an_engine_refuses_fails_by_name_and_keeps_its_last_good_rows(
    receipts: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipts.run()
    receipts.change("edit", tab="Sales", cells={"A4": "A-3"})
    stage_elsewhere(monkeypatch, receipts.root, refusing)
    record = receipts.run()
    message = "ready.fct_first cannot be computed: the cluster is away"
    assert [(f.table, f.cause, f.message, f.fix) for f in record.failures] == [
        ("fct_first", "engine_failed", message, "start it, then run again")
    ]
    assert receipts.query("select count(*) from ready.fct_first") == [(2,)]
    assert receipts.query("select count(*) from ready.fct_second") == [(3,)]


def test_rows_that_an_engine_left_in_files_are_swapped_in_as_any_others(
    receipts: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {b.table: b.version for b in receipts.run().built if b.layer == "ready"}
    shutil.rmtree(receipts.settings.data_dir)
    stage_elsewhere(monkeypatch, receipts.root)
    record = receipts.run()
    assert record.failures == []
    assert {b.table: b.version for b in record.built if b.layer == "ready"} == here
    assert receipts.query("from ready.fct_of_both") == [("A-1",), ("A-2",)]


def test_cluster_that_is_away_fails_the_tables_that_go_there_and_no_other(
    receipts: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipts.run()
    receipts.change("edit", tab="Sales", cells={"A4": "A-3"})
    written = MODEL.format(name="fct_first").replace("\nproperties", f"\n{MARKED}\nproperties")
    (receipts.root / "catalog/models/hub/fct_first.yaml").write_text(written)
    url = f"sc://127.0.0.1:{free_port()}"
    monkeypatch.setenv("CANDID_ENGINE_URL", url)
    record = receipts.run()
    assert [(f.table, f.cause) for f in record.failures] == [("fct_first", "engine_failed")]
    assert f"ready.fct_first cannot be computed: the cluster at {url} does not answer" in (
        record.failures[0].message
    )
    assert receipts.query("select count(*) from ready.fct_first") == [(2,)]
    assert receipts.query("select count(*) from ready.fct_third") == [(3,)]
    assert not any((receipts.settings.data_dir / "attempts").iterdir())
    monkeypatch.delenv("CANDID_ENGINE_URL")
    assert receipts.run().failures == []
    assert receipts.query("select count(*) from ready.fct_first") == [(3,)]
