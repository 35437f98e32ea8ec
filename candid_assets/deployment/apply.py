"""`candid apply`: deploys what was approved, to the byte, and records that it did."""

import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from candid_assets.atomic_files import write_whole
from candid_assets.deployment.computed_plan import ComputedPlan, computed_plan
from candid_assets.deployment.plan import require_append_only, verified_chain
from candid_assets.deployment.stale_plans import require_fresh
from candid_assets.gate.content import APPROVERS, Installation, content_of
from candid_assets.gate.deployments import APPLIED, Records, approvers_of, as_deployment
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git, require_clean
from candid_assets.gate.plans import Deployment, DeploymentPlan, Plan
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
    plan = as_deployment(approved)
    git = require_clean(installation)
    require_append_only(git)
    records = Records(installation)
    chain = verified_chain(records)
    production = settings.for_env("production")
    known = applied_here(production)
    if known != [d.digest for d in chain][: len(known)]:
        raise GateError(
            f"production in {production.data_dir} ran deployments that these records do not have",
            "git pull",
        )
    if chain and chain[-1].plan == plan.digest:
        _require_content(installation, plan)
        _write_applied(production, chain)
        return chain[-1]
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
    chain = verified_chain(records)
    _write_applied(production, chain)
    return chain[-1]


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


def _who(git: Git) -> str:
    return git.output("var", "GIT_COMMITTER_IDENT").rpartition(">")[0] + ">" or getpass.getuser()
