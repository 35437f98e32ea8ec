"""Ready tables are computed while others are audited, and each only after what it reads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from candid_assets.quality.audit import Audit
from candid_assets.refresh.ready_stage import MODELS_IN_AUDIT
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


@dataclass
class SlowAudit:
    """The real audits; each is done only when its result is waited for."""

    shop: Shop
    broken: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)

    def start(self) -> None:
        self.shop.audits.start()

    def close(self) -> None:
        """Leave the shop's own running."""

    def submit(self, subject: Any, connection: Any, relation: str, cells: Any) -> Audit:
        audit = _Waiting(self, subject.table)
        self.steps.append(("handed over", subject.table))
        audit.real = self.shop.audits.submit(subject, connection, relation, cells).result
        return audit


@dataclass
class _Waiting:
    slow: SlowAudit
    name: str
    real: Callable[[], Any] = list

    def done(self) -> bool:
        return False

    def result(self) -> Any:
        self.slow.steps.append(("judged", self.name))
        if self.name == self.slow.broken:
            raise MemoryError("no room for the audit")
        return self.real()


@pytest.fixture
def audited(shop: Shop) -> Callable[..., SlowAudit]:
    """Refresh a shop with five ready tables and return how their audits went."""
    shop.contract("sales", TAB)
    shop.sheet(Sales=[["Nota"], ["A-1"], ["A-2"]])
    hub = shop.root / "catalog" / "models" / "hub"
    hub.mkdir(parents=True)
    for name, read in READS.items():
        (hub / f"{name}.sql").write_text(f"select receipt_id\nfrom {read}\n")
        (hub / f"{name}.yaml").write_text(MODEL.format(name=name))

    def audit(broken: str = "") -> SlowAudit:
        slow = SlowAudit(shop, broken)
        shop.audits, kept = slow, shop.audits  # type: ignore[assignment]
        slow.shop = Shop(shop.root, shop.server, kept)
        shop.run()
        return slow

    return audit


def test_a_table_is_computed_while_another_is_audited_but_never_before_what_it_reads(
    shop: Shop, audited: Callable[..., SlowAudit]
) -> None:
    steps = audited().steps
    place = {step: number for number, step in enumerate(steps)}
    assert place["handed over", "fct_second"] < place["judged", "fct_first"]
    for name, read in READS.items():
        if read.startswith("ready."):
            assert place["judged", read.removeprefix("ready.")] < place["handed over", name]
    under_way, most = 0, 0
    for what, table in steps:
        under_way += (1 if what == "handed over" else -1) if table in READS else 0
        most = max(most, under_way)
    assert (under_way, most) == (0, MODELS_IN_AUDIT)
    assert not shop.failures()
    for name in READS:
        assert shop.query(f"select count(*) from ready.{name}") == [(2,)]


def test_table_whose_audit_crashes_fails_with_its_downstream_tables_only(
    shop: Shop, audited: Callable[..., SlowAudit]
) -> None:
    audited(broken="fct_first")
    failed = {f.table for f in shop.runs[-1].failures}
    assert failed == {"fct_first", "fct_of_first", "fct_of_both"}
    assert {b.table for b in shop.runs[-1].built if b.layer == "ready"} == {
        "fct_second",
        "fct_third",
    }
