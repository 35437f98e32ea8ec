"""Applying is serial, deployments applied apart are repaired, and a refusal is for good."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from candid_assets.deployment.apply import apply_deployment
from candid_assets.deployment.one_at_a_time import one_at_a_time
from candid_assets.deployment.repair_plan import plan_repair
from candid_assets.gate.deployments import APPLIED, PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.memory import refusals
from candid_assets.gate.production import applied_here
from candid_assets.gate.records import write_record
from candid_assets.maintenance.backup import back_up
from candid_assets.maintenance.restore import restore
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.deployment.gated import Gated, git

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"


def _planned(gated: Gated, least=50, was=0):
    gated.edit(MODEL, f"quantity > {was}", f"quantity > {least}")
    gated.green()
    return gated.plan()


def _approved(gated: Gated, least=50, was=0):
    plan = _planned(gated, least, was)
    gated.decide(plan)
    return plan


def _refused_on_a_laptop(gated: Gated, laptop):
    """Return a plan whose refusal production's data has not seen."""
    plan = _planned(gated)
    data, gated.data = gated.data, laptop
    gated.decide(plan, "budi", approve=False)
    gated.data = data
    return plan


def test_two_applies_at_once_write_one_deployment(gated: Gated):
    plan = _approved(gated)

    def apply(_):
        return apply_deployment(gated.settings(), gated.installation, plan)

    with ThreadPoolExecutor(2) as pool:
        numbers = [deployment.number for deployment in pool.map(apply, range(2))]
    assert numbers == [2, 2]
    assert len(list((gated.root / "deployments" / APPLIED).glob("*.json"))) == 2
    assert gated.check().number == 2


def test_an_apply_waits_for_another_and_then_says_so(gated: Gated, monkeypatch):
    plan = _approved(gated)
    monkeypatch.setattr("candid_assets.deployment.one_at_a_time._PATIENCE", 0.1)
    with (
        one_at_a_time(gated.settings(), gated.installation),
        pytest.raises(GateError, match="another process applies a plan"),
    ):
        gated.apply(plan)
    assert gated.apply(plan).number == 2


@pytest.fixture
def apart(gated: Gated, tmp_path) -> tuple[Gated, Gated]:
    """Two clones with data of their own that each applied a second deployment, then merged."""
    shutil.copytree(gated.root, tmp_path / "other")
    other = Gated(tmp_path / "other", tmp_path / "other" / "data", gated.keys, gated.variables)
    _approved(gated, 50)
    gated.apply(_newest(gated))
    _approved(other, 60)
    other.apply(_newest(other))
    git(gated.root, "fetch", "--quiet", str(other.root), "main")
    git(gated.root, "merge", "--quiet", "-X", "ours", "-m", "merge: both", "FETCH_HEAD")
    return gated, other


def _newest(gated: Gated):
    done = {deployment.plan for deployment in gated.records.all_applied()}
    (plan,) = [p for p in gated.records.plans() if p.digest not in done]
    return plan


def test_deployments_applied_apart_are_named_and_repaired_by_a_plan(apart):
    gated, other = apart
    ran = applied_here(gated.settings())
    with pytest.raises(GateError, match="applied apart"):
        gated.check()
    gated.green()
    with pytest.raises(GateError, match="applied apart"):
        gated.plan()
    repair = plan_repair(gated.settings(), gated.installation)
    assert (repair.keeps, len(repair.voids)) == (ran[-1], 1)
    with pytest.raises(GateError, match="not approved"):
        gated.apply(repair)
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        gated.decide(repair, "agent")
    gated.decide(repair)
    assert gated.apply(repair).digest == ran[-1]
    assert gated.check().number == 2
    gated.edit(MODEL, "quantity > 50", "quantity > 70")
    assert gated.deploy().number == 3
    # The other clone, whose production ran what was voided, takes the repaired line over.
    git(other.root, "pull", "--quiet", "--no-rebase", str(gated.root), "main")
    with pytest.raises(GateError, match="older history, or another"):
        other.check()
    other.apply(repair)
    assert other.check().number == 3


def test_a_repair_that_voids_another_line_than_it_says_is_not_signed(apart):
    gated, _ = apart
    repair = plan_repair(gated.settings(), gated.installation)
    for said in ({"voids": ()}, {"base": None}, {"voids": (repair.keeps,)}):
        lie = repair.model_copy(update=said)
        write_record(gated.root / "deployments" / PLANS, lie)
        gated.commit("chore: a plan")
        with pytest.raises(GateError):
            gated.decide(lie)


def test_nothing_is_repaired_where_deployments_follow_one_another(gated: Gated):
    with pytest.raises(GateError, match="follow one another"):
        plan_repair(gated.settings(), gated.installation)


# Refusals


def test_refusal_that_a_reset_took_out_still_ends_the_plan(gated: Gated):
    plan = _planned(gated)
    gated.decide(plan, "budi", approve=False)
    git(gated.root, "reset", "--quiet", "--hard", "HEAD~1")
    assert gated.records.decisions(plan) == []
    with pytest.raises(GateError, match="refused by budi, as production remembers"):
        gated.decide(plan)
    with pytest.raises(GateError, match="refused by budi, as production remembers"):
        gated.apply(plan)


def test_refusal_made_on_another_computer_is_remembered_once_it_was_seen(gated: Gated, tmp_path):
    plan = _refused_on_a_laptop(gated, tmp_path / "laptop")
    assert refusals(gated.settings()) == {}
    with pytest.raises(GateError, match="refused by budi"):
        gated.apply(plan)
    git(gated.root, "reset", "--quiet", "--hard", "HEAD~1")
    with pytest.raises(GateError, match="refused by budi, as production remembers"):
        gated.decide(plan)


def test_refusal_that_a_merge_commit_took_out_is_noticed(gated: Gated, tmp_path):
    plan = _refused_on_a_laptop(gated, tmp_path / "laptop")
    git(gated.root, "checkout", "--quiet", "-b", "side", "HEAD~1")
    (gated.root / "deployments" / "README.md").write_text("x\n")
    gated.commit("docs: x")
    git(gated.root, "checkout", "--quiet", "main")
    git(gated.root, "merge", "--quiet", "--no-commit", "--no-ff", "side")
    git(gated.root, "rm", "--quiet", "-r", "--force", f"deployments/decisions/{plan.digest}")
    (gated.root / "deployments" / "README.md").unlink()
    gated.commit("merge: side")
    with pytest.raises(GateError, match="changed or removed records"):
        gated.decide(plan)
    with pytest.raises(GateError, match="changed or removed records"):
        gated.apply(plan)


def test_refusal_that_another_sides_merge_leaves_out_is_noticed(gated: Gated, tmp_path):
    plan = _refused_on_a_laptop(gated, tmp_path / "laptop")
    refused = git(gated.root, "rev-parse", "HEAD")
    git(gated.root, "reset", "--quiet", "--hard", "HEAD~1")
    # A merge that takes nothing of the other side, as `-s ours` makes it.
    git(gated.root, "merge", "--quiet", "-s", "ours", "-m", "merge: nothing of it", refused)
    with pytest.raises(GateError, match="changed or removed records"):
        gated.decide(plan)


def test_an_older_history_than_production_has_seen_is_not_planned_approved_or_run(gated: Gated):
    before = git(gated.root, "rev-parse", "HEAD")
    gated.apply(_approved(gated))
    git(gated.root, "reset", "--quiet", "--hard", before)
    with pytest.raises(GateError, match="older history"):
        gated.check()
    plan = _planned(gated, 99)
    with pytest.raises(GateError, match="older history"):
        gated.decide(plan)
    with pytest.raises(GateError, match="older history"):
        gated.apply(plan)


def test_restored_backup_does_not_make_production_forget_a_refusal(gated: Gated, tmp_path):
    production = gated.settings()
    with duckdb.connect(str(production.warehouse_file)) as made:
        bootstrap(made, "production")
    kept = back_up(production.data_dir, "production", tmp_path / "before.tar.gz").file
    plan = _planned(gated)
    gated.decide(plan, "budi", approve=False)
    restore(kept, production.data_dir, "production", replace=True)
    assert refusals(production) == {plan.digest: "budi"}


def test_damaged_memory_of_refusals_stops_every_decision(gated: Gated):
    plan = _approved(gated)
    (gated.data / "production" / "gate" / "refused.json").write_text("[")
    with pytest.raises(GateError, match="is damaged"):
        gated.apply(plan)
