"""`candid apply`: deploys what was approved, to the byte, and records that it did."""

import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from candid_assets.atomic_files import write_whole
from candid_assets.deployment.computed_plan import ComputedPlan, computed_plan
from candid_assets.deployment.one_at_a_time import one_at_a_time
from candid_assets.deployment.plan import require_append_only, verified_chain
from candid_assets.deployment.proposers import proposers
from candid_assets.deployment.stale_plans import require_fresh
from candid_assets.gate.content import APPROVERS, Installation, content_of
from candid_assets.gate.deployments import APPLIED, Records, approvers_of, as_deployment
from candid_assets.gate.errors import GateError
from candid_assets.gate.forks import Fork
from candid_assets.gate.git import Git, require_clean
from candid_assets.gate.libraries import libraries_file
from candid_assets.gate.memory import require_newest, require_undecided_against
from candid_assets.gate.plans import Deployment, DeploymentPlan, Plan, RepairPlan
from candid_assets.gate.production import applied_file, applied_here
from candid_assets.gate.records import write_record
from candid_assets.settings import Settings


def apply_deployment(
    settings: Settings,
    installation: Installation,
    approved: Plan,
    show: Callable[[ComputedPlan], None] = lambda _: None,
) -> Deployment:
    """Deploy an approved plan, or take over one that the records say is deployed already.

    Args:
        settings: The settings of this computer.
        installation: The clone that is deployed.
        approved: The plan.
        show: Called with what the plan changes as it was computed here, before it is applied.

    Raises:
        GateError: It is not approved, stale, or the tree is not what was approved.
    """
    production = settings.for_env("production")
    with one_at_a_time(production, installation):
        # Read once the lock is held: another apply may have moved production in the meantime.
        git = require_clean(installation)
        require_append_only(git)
        records = Records(installation)
        require_undecided_against(settings, records, approved)
        if isinstance(approved, RepairPlan):
            return _repair(production, installation, approved)
        plan = as_deployment(approved)
        chain = verified_chain(records)
        require_newest(settings, chain)
        if not chain or chain[-1].plan != plan.digest:
            _deploy(settings, installation, plan, show)
            chain = verified_chain(records)
        else:
            _require_content(installation, plan)
        _write_applied(production, chain)
        return chain[-1]


def _repair(production: Settings, installation: Installation, plan: RepairPlan) -> Deployment:
    """Take the deployments that an approved repair keeps for those of production."""
    records = Records(installation)
    everything = Fork(tuple(records.all_applied()))
    by = proposers(installation, plan)
    records.require_approved(plan, *everything.lists(plan), proposers=by)
    chain = verified_chain(records)
    known = applied_here(production)
    if not {*known} <= {deployment.digest for deployment in everything.deployments}:
        raise GateError(
            f"production in {production.data_dir} ran deployments that these records do not have",
            "git pull",
        )
    _write_applied(production, chain)
    return chain[-1]


def _deploy(
    settings: Settings,
    installation: Installation,
    plan: DeploymentPlan,
    show: Callable[[ComputedPlan], None],
) -> None:
    git, records = Git(installation.root), Records(installation)
    chain = records.applied()
    base = require_fresh(installation, records, plan)
    lists = [approvers_of(installation)] + ([base.approvers] if base else [])
    records.require_approved(plan, *lists)
    show(computed_plan(settings, installation, plan))
    if plan.rollback_of is not None:
        _restore(git, plan.commit, plan.rollback_of)
    _require_content(installation, plan)
    deployment = Deployment(
        format=1,
        kind="applied",
        number=len(chain) + 1,
        previous=base.digest if base else None,
        plan=plan.digest,
        commit=plan.commit,
        by=_who(git),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        approvers=approvers_of(installation),
    )
    _record(git, installation, deployment)


def _record(git: Git, installation: Installation, deployment: Deployment) -> None:
    path = write_record(installation.records / APPLIED, deployment, f"{deployment.number:05d}-")
    try:
        git.commit([path], f"chore: deployment {deployment.number} of {deployment.commit[:12]}")
    except GateError:
        path.unlink()
        raise


def _require_content(installation: Installation, plan: DeploymentPlan) -> None:
    differing = plan.content.differing(content_of(installation))
    if differing:
        raise GateError(
            f"{' and '.join(differing)} differ from what plan {plan.digest[:12]} says",
            "candid plan",
        )


def _restore(git: Git, commit: str, number: int) -> None:
    """Bring every file but the gate's records back to an earlier commit, as a new commit."""
    all_but_approvers = (".", f":(exclude){Path(APPROVERS).parent}")
    git.output("restore", f"--source={commit}", "--staged", "--worktree", "--", *all_but_approvers)
    if git.dirty():
        git.output("commit", "--quiet", "--message", f"revert: back to deployment {number}")


def _write_applied(production: Settings, chain: list[Deployment]) -> None:
    write_whole(applied_file(production), json.dumps([d.digest for d in chain], indent=1))
    # The first run of a deployment remembers the libraries that it found.
    libraries_file(production).unlink(missing_ok=True)


def _who(git: Git) -> str:
    return git.output("var", "GIT_COMMITTER_IDENT").rpartition(">")[0] + ">" or getpass.getuser()
