"""A command of the gate that was ended by force stands in nobody's way, and is done once more."""

import pytest

from candid_assets.deployment.hold_plan import hold_plan
from candid_assets.gate.deployments import APPLIED, PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git
from candid_assets.gate.records import write_record
from candid_assets_tests.deployment.gated import Gated, git
from candid_assets_tests.gate.test_holds import HOLD

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"


class Killed(Exception):  # noqa: N818 - stands for the end of a process
    pass


def _kill(monkeypatch, command, *given):
    """End a command before its record is committed."""

    def dies(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Git, "commit", dies)
        with pytest.raises(Killed):
            command(*given)


def _approved(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    plan = gated.plan()
    gated.decide(plan)
    return plan


def _status(gated: Gated) -> str:
    return git(gated.root, "status", "--porcelain", "--untracked-files=all")


def test_half_a_record_is_removed_and_stops_no_run(gated: Gated):
    part = gated.root / "deployments" / PLANS / ".0123456789abcdef.part"
    part.write_bytes(b'{"format": 1')
    assert gated.check().number == 1
    assert not part.exists()


def test_a_run_does_not_mind_a_plan_that_is_about_to_be_committed(gated: Gated):
    plan = write_record(gated.root / "deployments" / PLANS, hold_plan(gated.installation, HOLD))
    assert gated.check().number == 1
    assert _status(gated) == f"?? deployments/plans/{plan.name}"


def test_a_plan_that_was_not_committed_is_committed_by_the_next_command(gated: Gated, monkeypatch):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    _kill(monkeypatch, gated.plan)
    plan = gated.plan()
    assert _status(gated) == ""
    gated.decide(plan)
    assert gated.apply(plan).number == 2


def test_an_approval_that_was_not_committed_counts_once_it_is(gated: Gated, monkeypatch):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    plan = gated.plan()
    _kill(monkeypatch, gated.decide, plan)
    assert gated.apply(plan).number == 2
    assert _status(gated) == ""


def test_a_killed_apply_is_the_same_deployment_when_it_is_done_once_more(gated: Gated, monkeypatch):
    plan = _approved(gated)
    _kill(monkeypatch, gated.apply, plan)
    assert gated.apply(plan).number == 2
    assert len(list((gated.root / "deployments" / APPLIED).glob("*.json"))) == 2
    assert _status(gated) == ""
    assert gated.check().number == 2


def test_a_file_among_the_records_that_is_not_what_its_name_says_is_dirt(gated: Gated):
    (gated.root / "deployments" / PLANS / f"{'a' * 64}.json").write_text("{}")
    with pytest.raises(GateError, match="dirty"):
        gated.check()
    with pytest.raises(GateError, match="dirty"):
        gated.plan()
