"""What is held back stays out until a person accepts exactly it."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from candid_assets.deployment.hold_plan import hold_plan
from candid_assets.deployment.plan import record_plan
from candid_assets.deployment.settle_hold import settle_hold
from candid_assets.gate.deployments import PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.holds import accept_freely, is_accepted, is_signed
from candid_assets.gate.open_holds import held
from candid_assets.gate.plans import HeldContent
from candid_assets.gate.records import canonical
from candid_assets.gate.signatures import sign
from candid_assets.warehouse.tab_changes import Hold
from candid_assets_tests.deployment.gated import STOCK, Gated, approval, put_decision

CONTENT = HeldContent("toko", "stock", "a" * 64, "b" * 64)
HOLD = Hold(
    CONTENT.workbook,
    CONTENT.tab,
    table="toko__stock",
    title="Stok",
    cause="rows_vanished",
    content_before=CONTENT.content_before,
    content_hash=CONTENT.content_hash,
    rows_before=100,
    rows_now=10,
    message="tab 'Stok' has 10 rows, after 100",
    first_seen=datetime(2026, 1, 1, tzinfo=UTC),
)


def _rows(count):
    return [["Kode", "Jumlah"], *[[f"P{n:03d}", n] for n in range(count)]]


def _planned(gated: Gated):
    plan = hold_plan(gated.installation, HOLD)
    record_plan(require_clean(gated.installation), gated.installation, plan)
    return plan


def _settled(gated: Gated, who="ani", *, approve=True, hold=HOLD):
    return settle_hold(gated.settings(), gated.installation, hold, gated.keys[who], approve, "why")


def test_shrunken_tab_is_held_until_its_content_is_accepted(shop):
    shop.contract("stock", STOCK)
    shop.sheet(Stok=_rows(100))
    shop.run()
    shop.sheet(Stok=_rows(10))
    shop.change("touch")
    shop.run()
    assert shop.query("select count(*) from clean.toko__stock") == [(100,)]
    (hold,) = held(shop.settings)
    assert (hold.cause, hold.rows_before, hold.rows_now) == ("rows_vanished", 101, 11)
    assert (
        f"candid holds accept {hold.content_hash[:12]}" in shop.runs[-1].distinct_failures()[0].fix
    )
    settle_hold(shop.settings, None, hold, None, True, "")
    shop.sheet(Stok=_rows(11))
    shop.change("touch")
    shop.run()
    assert shop.query("select count(*) from clean.toko__stock") == [(100,)]
    shop.sheet(Stok=_rows(10))
    shop.change("touch")
    shop.run()
    assert shop.failures() == []
    assert shop.query("select count(*) from clean.toko__stock") == [(10,)]
    assert held(shop.settings) == []


def test_what_lies_in_the_contract_is_not_accepted_as_content(gated: Gated):
    with pytest.raises(GateError, match="settled in the contract"):
        _settled(gated, hold=replace(HOLD, cause="tab_emptied"))


def test_an_accepted_hold_lets_exactly_its_content_through(gated: Gated):
    assert not is_signed(gated.installation, CONTENT)
    _settled(gated)
    assert is_signed(gated.installation, CONTENT)
    for name in ("workbook", "tab", "content_before", "content_hash"):
        assert not is_signed(gated.installation, replace(CONTENT, **{name: "c" * 64}))


def test_a_hold_leaves_the_deployment_as_it_is(gated: Gated):
    _settled(gated)
    assert gated.check().number == 1


def test_rejected_content_stays_held_after_a_later_approval(gated: Gated):
    _settled(gated, approve=False)
    assert not is_signed(gated.installation, CONTENT)
    with pytest.raises(GateError, match="was refused by ani"):
        _settled(gated, "budi")
    assert not is_signed(gated.installation, CONTENT)


def test_an_agent_cannot_accept_a_hold(gated: Gated):
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        _settled(gated, "agent")
    assert not is_signed(gated.installation, CONTENT)


def test_acceptance_signed_by_an_agent_under_a_persons_name_is_refused(gated: Gated):
    plan = _planned(gated)
    forged = approval(plan)
    signature = sign(forged.signed, gated.keys["agent"])
    put_decision(gated, plan, forged.model_copy(update={"signature": signature}))
    gated.commit()
    assert not is_signed(gated.installation, CONTENT)


def test_acceptance_edited_to_another_content_hash_releases_nothing(gated: Gated):
    settled = _settled(gated)
    path = gated.root / "deployments" / PLANS / f"{settled['plan']}.json"
    path.chmod(0o644)
    path.write_bytes(canonical(json.loads(path.read_text()) | {"content_hash": "c" * 64}))
    with pytest.raises(GateError, match="edited after it was written"):
        is_signed(gated.installation, replace(CONTENT, content_hash="c" * 64))


def test_a_deployments_approval_does_not_accept_a_hold(gated: Gated):
    plan = _planned(gated)
    deployment = gated.records.plan(gated.records.applied()[0].plan)
    (decision,) = gated.records.decisions(deployment)
    put_decision(gated, plan, decision)
    gated.commit()
    assert not is_signed(gated.installation, CONTENT)


def test_in_production_nothing_is_accepted_without_a_signature(gated: Gated):
    settings = gated.settings()
    with pytest.raises(GateError, match="takes a signature"):
        accept_freely(settings, CONTENT)
    file = settings.data_dir / "gate" / "accepted.json"
    file.write_text(json.dumps([asdict(CONTENT)]))
    assert not is_accepted(settings, CONTENT)


def test_a_plan_of_a_hold_is_not_a_deployment(gated: Gated):
    settled = _settled(gated)
    with pytest.raises((GateError, KeyError)):
        gated.apply(gated.records.plan(settled["plan"]))
    assert gated.check().number == 1
