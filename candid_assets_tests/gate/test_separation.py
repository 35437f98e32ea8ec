"""Who proposed a plan does not approve it alone, and a plan may ask for two people."""

import pytest

from candid_assets.deployment.plan import plan_deployment
from candid_assets.deployment.proposers import approvals_in_words
from candid_assets.deployment.restore_plan import plan_restore, require_restorable
from candid_assets.gate import signatures
from candid_assets.gate.deployments import PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.records import write_record
from candid_assets.gate.separation import counting
from candid_assets_tests.deployment.gated import Gated, approval, approver_line, put_decision

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
LIST = "deployments/allowed_approvers"


def _by(monkeypatch, name, mail):
    monkeypatch.setenv("GIT_AUTHOR_NAME", name)
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", mail)


def _planned(gated: Gated, approvals=1):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    return plan_deployment(gated.settings(), gated.installation, "", approvals)


def _signed(gated: Gated, plan, who):
    unsigned = approval(plan, who)
    signature = signatures.sign(unsigned.signed, gated.keys[who])
    put_decision(gated, plan, unsigned.model_copy(update={"signature": signature}))
    gated.commit("chore: signed by hand")


@pytest.mark.parametrize("identity_of", [("Ani", "ani@candid.example"), ("A. W.", "ANI@x.example")])
def test_who_wrote_a_change_does_not_approve_it_alone(gated: Gated, monkeypatch, identity_of):
    _by(monkeypatch, *identity_of)
    plan = _planned(gated)
    _by(monkeypatch, "Test", "test@candid.example")
    with pytest.raises(GateError, match="ani proposed plan"):
        gated.decide(plan, "ani")
    _signed(gated, plan, "ani")
    with pytest.raises(GateError, match=r"has 0 of 1 approvals .* ani proposed it"):
        gated.apply(plan)
    gated.decide(plan, "budi")
    assert gated.apply(plan).number == 2
    assert gated.check().number == 2


def test_who_only_planned_what_others_wrote_proposed_it_too(gated: Gated, monkeypatch):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    _by(monkeypatch, "Ani", "ani@candid.example")
    plan = gated.plan()
    assert "Test <test@candid.example>" in plan.proposers
    with pytest.raises(GateError, match="ani proposed plan"):
        gated.decide(plan, "ani")


def test_a_plan_that_hides_its_proposer_is_refused(gated: Gated, monkeypatch):
    _by(monkeypatch, "Ani", "ani@candid.example")
    plan = _planned(gated)
    for said in ((), ("Somebody <else@candid.example>",)):
        lie = plan.model_copy(update={"proposers": said})
        write_record(gated.root / "deployments" / PLANS, lie)
        gated.commit("chore: a plan")
        with pytest.raises(GateError, match=r"says otherwise .*proposers"):
            gated.decide(lie, "ani")
        _signed(gated, lie, "ani")
        with pytest.raises(GateError, match=r"says otherwise|has 0 of 1"):
            gated.apply(lie)


def test_a_list_that_says_self_approval_allows_it(gated: Gated, monkeypatch):
    path = gated.root / LIST
    path.write_text("# candid: self-approval\n" + path.read_text())
    gated.commit()
    gated.green()
    first = gated.plan()
    gated.decide(first, "budi")
    gated.apply(first)
    _by(monkeypatch, "Ani", "ani@candid.example")
    plan = _planned(gated)
    gated.decide(plan, "ani")
    assert gated.apply(plan).number == 3


def test_the_only_approver_approves_what_nobody_else_could(gated: Gated):
    listed = approver_line(gated.keys["ani"], "ani")
    assert counting(["ani"], ["Ani <ani@candid.example>"], listed) == ["ani"]


def test_a_plan_that_asks_for_two_takes_two_people(gated: Gated):
    plan = _planned(gated, approvals=2)
    gated.decide(plan, "ani")
    assert "takes 2 approval(s), has 1 (ani)" in approvals_in_words(gated.installation, plan)
    with pytest.raises(GateError, match="has 1 of 2 approvals"):
        gated.apply(plan)
    gated.decide(plan, "ani")
    with pytest.raises(GateError, match="has 1 of 2 approvals"):
        gated.apply(plan)
    gated.decide(plan, "budi")
    assert gated.apply(plan).number == 2


def test_a_list_that_asks_for_two_asks_for_every_plan(gated: Gated, tmp_path):
    path = gated.root / LIST
    path.write_text("# candid: approvals=2\n" + path.read_text())
    gated.commit()
    gated.green()
    plan = gated.plan()
    gated.decide(plan, "ani")
    with pytest.raises(GateError, match="has 1 of 2 approvals"):
        gated.apply(plan)
    gated.decide(plan, "budi")
    gated.apply(plan)
    file = tmp_path / "monday.tar.gz"
    file.write_bytes(b"a backup")
    restore = plan_restore(gated.installation, file)
    gated.decide(restore, "ani", backup=file)
    with pytest.raises(GateError, match="has 1 of 2 approvals"):
        require_restorable(gated.installation, file)


def test_one_person_under_two_names_counts_once(gated: Gated):
    listed = approver_line(gated.keys["ani"], "ani,ani.w") + approver_line(
        gated.keys["ani"], "other"
    )
    listed += approver_line(gated.keys["budi"], "budi")
    assert counting(["ani", "ani.w", "other"], [], listed) == ["ani"]
    assert counting(["other", "budi"], ["ani.w <x@y.z>"], listed) == ["budi"]


def test_who_planned_a_restore_does_not_approve_it(gated: Gated, monkeypatch, tmp_path):
    file = tmp_path / "monday.tar.gz"
    file.write_bytes(b"a backup")
    _by(monkeypatch, "Ani", "ani@candid.example")
    plan = plan_restore(gated.installation, file)
    with pytest.raises(GateError, match="ani proposed plan"):
        gated.decide(plan, "ani", backup=file)
    gated.decide(plan, "budi", backup=file)
    require_restorable(gated.installation, file)
