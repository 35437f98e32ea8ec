"""Ways to change production without approval: none of them succeeds."""

import json
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.deployment.approve import decide
from candid_assets.deployment.restore_plan import plan_restore, require_restorable
from candid_assets.gate import signatures
from candid_assets.gate.deployments import APPLIED, DECISIONS, PLANS
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import Deployment
from candid_assets.gate.production import applied_file, require_deployed
from candid_assets.gate.records import canonical, write_record
from candid_assets_tests.deployment.gated import (
    Gated,
    approval,
    approver_line,
    git,
    put_decision,
)

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
CODE = "candid_assets/warehouse/builds.py"
LIST = "deployments/allowed_approvers"


def _changed(gated: Gated):
    """A plan of one change that nobody has decided on."""
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    return gated.plan()


def _only(folder):
    (path,) = folder.glob("*.json")
    return path


def _rewrite(path, **changed):
    record = json.loads(path.read_text()) | changed
    path.chmod(0o644)
    path.write_bytes(canonical(record))
    return record


def test_production_does_not_run_before_anything_is_deployed(fresh: Gated):
    with pytest.raises(GateError, match="nothing is deployed"):
        fresh.check()


def test_production_runs_what_is_deployed_without_another_approval(gated: Gated):
    assert gated.check().number == gated.check().number == 1


# Approving


def test_a_plan_that_nobody_approved_is_not_applied(gated: Gated):
    with pytest.raises(GateError, match="not approved"):
        gated.apply(_changed(gated))


def test_an_agents_key_cannot_approve(gated: Gated):
    plan = _changed(gated)
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        gated.decide(plan, "agent")
    with pytest.raises(GateError, match="not approved"):
        gated.apply(plan)


def test_agent_added_to_the_approvers_by_the_planned_commit_cannot_approve_it(gated: Gated):
    path = gated.root / LIST
    path.write_text(path.read_text() + approver_line(gated.keys["agent"], "agent"))
    plan = _changed(gated)
    with pytest.raises(GateError, match="signature is not one of agent"):
        gated.decide(plan, "agent")


def test_an_agent_that_lists_its_key_under_a_persons_name_cannot_approve(gated: Gated):
    path = gated.root / LIST
    path.write_text(path.read_text() + approver_line(gated.keys["agent"], "ani"))
    plan = _changed(gated)
    with pytest.raises(GateError, match="signature is not one of ani"):
        gated.decide(plan, "agent")


def test_a_decision_written_by_hand_with_an_agents_signature_does_not_count(gated: Gated):
    plan = _changed(gated)
    forged = approval(plan)
    signature = signatures.sign(forged.signed, gated.keys["agent"])
    put_decision(gated, plan, forged.model_copy(update={"signature": signature}))
    gated.commit()
    with pytest.raises(GateError, match="signature is not one of ani"):
        gated.apply(plan)


def test_a_signature_for_another_purpose_does_not_count(gated: Gated):
    plan = _changed(gated)
    forged = approval(plan)
    arguments = ["ssh-keygen", "-Y", "sign", "-q", "-f", gated.keys["ani"], "-n", "git"]
    signed = subprocess.run(arguments, input=forged.signed, capture_output=True, check=True)
    put_decision(gated, plan, forged.model_copy(update={"signature": signed.stdout.decode()}))
    gated.commit()
    with pytest.raises(GateError, match="signature is not one of ani"):
        gated.apply(plan)


def test_an_approval_of_one_plan_does_not_count_for_another(gated: Gated):
    first = _changed(gated)
    decision = gated.decide(first)
    gated.edit(MODEL, "quantity > 50", "quantity > 99")
    gated.green()
    second = gated.plan()
    put_decision(gated, second, decision)
    gated.commit()
    with pytest.raises(GateError, match="was put under"):
        gated.apply(second)
    forged = decision.model_copy(update={"plan": second.digest})
    shutil.rmtree(gated.root / "deployments" / DECISIONS / second.digest)
    gated.commit()
    put_decision(gated, second, forged)
    gated.commit()
    with pytest.raises(GateError):
        gated.apply(second)


def test_a_refusal_turned_into_an_approval_does_not_count(gated: Gated):
    plan = _changed(gated)
    refusal = gated.decide(plan, approve=False)
    folder = gated.root / "deployments" / DECISIONS / plan.digest
    _only(folder).unlink()
    put_decision(gated, plan, refusal.model_copy(update={"decision": "approve"}))
    git(gated.root, "add", "--all")
    git(gated.root, "commit", "--quiet", "--amend", "--no-edit")
    with pytest.raises(GateError, match="refused by ani, as production remembers"):
        gated.apply(plan)


def test_a_refused_plan_is_neither_approved_nor_applied_any_more(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan, "budi", approve=False)
    with pytest.raises(GateError, match="refused by budi"):
        gated.decide(plan)
    with pytest.raises(GateError, match="refused by budi"):
        gated.apply(plan)


def test_removed_refusal_in_the_records_stops_every_run(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan, "budi", approve=False)
    shutil.rmtree(gated.root / "deployments" / DECISIONS / plan.digest)
    gated.commit("chore: tidy up")
    with pytest.raises(GateError, match="changed or removed records"):
        gated.decide(plan)
    with pytest.raises(GateError, match="changed or removed records"):
        gated.apply(plan)


def test_person_removed_from_the_approvers_cannot_approve(gated: Gated):
    path = gated.root / LIST
    path.write_text(approver_line(gated.keys["budi"], "budi"))
    plan = _changed(gated)
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        gated.decide(plan, "ani")


def test_approval_is_void_when_its_approver_is_removed_from_the_list(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan, "ani")
    (gated.root / LIST).write_text(approver_line(gated.keys["budi"], "budi"))
    gated.commit()
    with pytest.raises(GateError, match=r"stale.*list of approvers"):
        gated.apply(plan)


# What was approved


def test_an_edited_plan_is_not_applied(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan)
    path = gated.root / "deployments" / PLANS / f"{plan.digest}.json"
    _rewrite(path, changes=[])
    git(gated.root, "add", "--all")
    git(gated.root, "commit", "--quiet", "--amend", "--no-edit")
    with pytest.raises(GateError, match="was edited after it was written"):
        gated.records.plan(plan.digest)


def test_an_edited_plan_under_its_new_digest_is_not_approved(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan)
    other = plan.model_copy(update={"changes": ()})
    write_record(gated.root / "deployments" / PLANS, other)
    gated.commit()
    with pytest.raises(GateError, match="not approved"):
        gated.apply(gated.records.plan(other.digest))


def test_a_model_that_changed_after_approval_is_not_deployed(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan)
    gated.edit(MODEL, "quantity > 50", "quantity > -1")
    with pytest.raises(GateError, match=r"stale.*catalog"):
        gated.apply(plan)


def test_a_commit_of_anything_else_after_approval_ends_the_approval(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan)
    (gated.root / "notes.txt").write_text("x")
    gated.commit()
    with pytest.raises(GateError, match="stale"):
        gated.apply(plan)


def test_an_approval_ends_when_production_moves(gated: Gated):
    first = _changed(gated)
    gated.decide(first)
    gated.edit(MODEL, "quantity > 50", "quantity > 60")
    gated.deploy()
    gated.edit(MODEL, "quantity > 60", "quantity > 50")
    with pytest.raises(GateError, match=r"stale: production has moved"):
        gated.apply(first)


def test_a_plan_is_applied_once(gated: Gated):
    plan = _changed(gated)
    gated.decide(plan)
    gated.apply(plan)
    gated.edit(MODEL, "quantity > 50", "quantity > 60")
    gated.deploy()
    with pytest.raises(GateError, match="stale"):
        gated.apply(plan)


def test_a_rollback_without_a_plan_does_not_run(gated: Gated):
    first = gated.records.applied()[0].commit
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    git(gated.root, "restore", f"--source={first}", "--staged", "--worktree", "--", MODEL)
    gated.commit("revert: by hand")
    with pytest.raises(GateError, match=r"catalog .* differ from deployment 2"):
        gated.check()


def test_a_rollback_that_nobody_approved_is_not_applied(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    with pytest.raises(GateError, match="not approved"):
        gated.apply(gated.plan(rollback="1"))
    assert "quantity > 50" in (gated.root / MODEL).read_text()


def test_a_rollback_does_not_bring_back_an_earlier_list_of_approvers(gated: Gated):
    (gated.root / LIST).write_text(approver_line(gated.keys["budi"], "budi"))
    gated.commit()
    gated.green()
    plan = gated.plan()
    gated.decide(plan, "budi")
    gated.apply(plan)
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.green()
    plan = gated.plan()
    gated.decide(plan, "budi")
    gated.apply(plan)
    back = gated.plan(rollback="1")
    gated.decide(back, "budi")
    gated.apply(back)
    assert "ani" not in (gated.root / LIST).read_text()
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        gated.decide(_changed(gated), "ani")


# What runs


@pytest.mark.parametrize("name", [MODEL, CODE])
def test_a_dirty_tree_does_not_run(gated: Gated, name):
    with (gated.root / name).open("a") as file:
        file.write("\n")
    with pytest.raises(GateError, match="differ from deployment 1"):
        gated.check()


def test_a_file_beside_the_code_makes_the_tree_dirty(gated: Gated):
    (gated.root / "sitecustomize.py").write_text("")
    with pytest.raises(GateError, match="dirty"):
        gated.check()


def test_an_untracked_model_does_not_run(gated: Gated):
    (gated.root / MODEL).with_name("dim_more.sql").write_text("select 1 as x\n")
    with pytest.raises(GateError, match="catalog"):
        gated.check()


def test_model_ignored_by_git_does_not_run(gated: Gated):
    (gated.root / ".git" / "info" / "exclude").write_text("dim_more.sql\n")
    (gated.root / MODEL).with_name("dim_more.sql").write_text("select 1 as x\n")
    assert git(gated.root, "status", "--porcelain") == ""
    with pytest.raises(GateError, match="catalog"):
        gated.check()
    gated.green()
    with pytest.raises(GateError, match=r"not those of the commit.*dim_more"):
        gated.plan()


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_change_hidden_from_git_does_not_run(gated: Gated, flag):
    git(gated.root, "update-index", flag, MODEL)
    gated.edit(MODEL, "quantity > 0", "quantity > 50", commit=False)
    assert git(gated.root, "status", "--porcelain") == ""
    with pytest.raises(GateError, match="catalog"):
        gated.check()
    gated.green()
    with pytest.raises(GateError, match="not those of the commit"):
        gated.plan()


def test_a_linked_catalog_does_not_run(gated: Gated, tmp_path):
    shutil.copytree(gated.catalog, tmp_path / "catalog")
    shutil.rmtree(gated.catalog)
    gated.catalog.symlink_to(tmp_path / "catalog")
    with pytest.raises(GateError, match="symbolic link"):
        gated.check()


def test_a_link_inside_the_catalog_does_not_run(gated: Gated, tmp_path):
    shutil.copy(gated.root / MODEL, tmp_path / "model.sql")
    (gated.root / MODEL).unlink()
    (gated.root / MODEL).symlink_to(tmp_path / "model.sql")
    with pytest.raises(GateError, match="symbolic link"):
        gated.check()


def test_catalog_in_another_folder_does_not_run_even_if_identical(gated: Gated, tmp_path):
    from candid_assets.gate.content import Installation
    from candid_assets.gate.production import deployed

    shutil.copytree(gated.catalog, tmp_path / "elsewhere")
    elsewhere = Installation(gated.root, tmp_path / "elsewhere")
    with pytest.raises(GateError, match="outside the repository"):
        deployed(gated.settings(), elsewhere)


def test_catalog_read_before_a_correction_does_not_run(gated: Gated):
    from candid_assets.gate.production import deployed

    with pytest.raises(GateError, match="this process has loaded"):
        deployed(gated.settings(), gated.installation, {"workbooks/x/contract.yaml": b"other"})


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CEILING"])
def test_variables_of_git_do_not_lead_the_check_astray(gated: Gated, monkeypatch, tmp_path, name):
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv(name, str(tmp_path / "other"))
    (gated.root / "stray.py").write_text("")
    with pytest.raises(GateError, match="dirty"):
        gated.check()


def test_without_git_the_content_still_has_to_be_what_is_deployed(gated: Gated):
    shutil.rmtree(gated.root / ".git")
    assert gated.check().number == 1
    gated.edit(MODEL, "quantity > 0", "quantity > 50", commit=False)
    with pytest.raises(GateError, match="differ from deployment 1"):
        gated.check()


def test_repository_that_git_cannot_read_is_not_taken_for_no_repository(gated: Gated):
    (gated.root / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(GateError, match="git cannot read"):
        gated.check()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-engines.lock", "dagster.yaml"])
def test_other_libraries_or_another_setup_do_not_run(gated: Gated, name):
    with (gated.root / name).open("a") as file:
        file.write("# other\n")
    gated.commit()
    with pytest.raises(GateError, match="setup"):
        gated.check()


# Records of deployments


def test_an_edited_deployment_does_not_run(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    _rewrite(
        _only(gated.root / "deployments" / APPLIED), commit=git(gated.root, "rev-parse", "HEAD")
    )
    gated.commit()
    with pytest.raises(GateError, match="edited after it was written"):
        gated.check()


def test_a_deployment_written_by_hand_does_not_run(gated: Gated):
    plan = _changed(gated)
    first = gated.records.applied()[0]
    forged = Deployment(
        format=1,
        kind="applied",
        number=2,
        previous=first.digest,
        plan=plan.digest,
        commit=plan.commit,
        by="agent",
        at="2026",
        approvers=first.approvers,
    )
    path = write_record(gated.root / "deployments" / APPLIED, forged, "00002-")
    gated.commit()
    applied_file(gated.settings()).write_text(json.dumps([first.digest, path.stem[6:]]))
    with pytest.raises(GateError, match="not approved"):
        gated.check()


def test_deployments_started_anew_by_an_agent_do_not_run_on_production(gated: Gated):
    shutil.rmtree(gated.root / "deployments")
    (gated.root / LIST).parent.mkdir()
    (gated.root / LIST).write_text(approver_line(gated.keys["agent"], "agent"))
    gated.commit()
    git(gated.root, "checkout", "--quiet", "--orphan", "anew")
    gated.commit()
    gated.green()
    plan = gated.plan()
    with pytest.raises(GateError, match="older history"):
        gated.decide(plan, "agent")
    # On another computer nothing is known of production.
    decide(
        gated.settings(data=gated.root.parent),
        gated.installation,
        plan.digest,
        gated.keys["agent"],
        approve=True,
    )
    with pytest.raises(GateError, match="ran deployments that these records do not have"):
        gated.apply(plan)
    with pytest.raises(GateError):
        gated.check()


def test_a_deployment_that_was_taken_out_of_the_chain_does_not_run(gated: Gated):
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    sorted((gated.root / "deployments" / APPLIED).glob("*.json"))[0].unlink()
    gated.commit()
    with pytest.raises(GateError, match="do not follow one another"):
        gated.check()


def test_data_of_another_folder_has_to_be_deployed_to_as_well(gated: Gated, tmp_path):
    gated.data = tmp_path / "other"
    with pytest.raises(GateError, match=r"0 of the 1 deployments.*candid apply"):
        gated.check()


def test_other_environments_are_asked_nothing(gated: Gated):
    (gated.root / MODEL).write_text("select 2 as sku\n")
    for env in ("sample", "staging"):
        require_deployed(gated.settings(env))


# Backups


def test_production_restores_only_the_backup_that_was_approved(gated: Gated, tmp_path):
    file = tmp_path / "monday.tar.gz"
    file.write_bytes(b"a backup")
    with pytest.raises(GateError, match=r"no approved plan restores .*candid plan --restore"):
        require_restorable(gated.installation, file)
    plan = plan_restore(gated.installation, file)
    with pytest.raises(GateError, match="not approved"):
        require_restorable(gated.installation, file)
    with pytest.raises(GateError, match="not in deployments/allowed_approvers"):
        gated.decide(plan, "agent", backup=file)
    gated.decide(plan, backup=file)
    require_restorable(gated.installation, file)
    file.write_bytes(b"another")
    with pytest.raises(GateError, match="no approved plan restores"):
        require_restorable(gated.installation, file)


def test_an_approval_of_a_restore_ends_with_the_next_deployment(gated: Gated, tmp_path):
    file = tmp_path / "monday.tar.gz"
    file.write_bytes(b"a backup")
    gated.decide(plan_restore(gated.installation, file), backup=file)
    gated.edit(MODEL, "quantity > 0", "quantity > 50")
    gated.deploy()
    with pytest.raises(GateError, match="no approved plan restores"):
        require_restorable(gated.installation, file)


def test_restore_in_production_is_refused_without_an_approval(tmp_path):
    file = tmp_path / "evil.tar.gz"
    file.write_bytes(b"x")
    variables = {"CANDID_ENV": "production", "CANDID_DATA_DIR": str(tmp_path / "data")}
    done = CliRunner().invoke(main, ["restore", str(file), "--replace"], env=variables)
    assert done.exit_code == 1
    assert "refused" in done.output
