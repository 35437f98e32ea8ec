"""Ready tables are built each after what it reads, and an audit that crashes fails one of them."""

from typing import Any

import pytest

from candid_assets.quality.audit import SuiteAudit
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
