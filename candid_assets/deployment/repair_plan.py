"""Ends a state in which deployments were applied apart: one line of them is kept, by a plan."""

from candid_assets.deployment.plan import record_plan, require_append_only
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.plans import RepairPlan
from candid_assets.gate.production import applied_here
from candid_assets.settings import Settings


def plan_repair(settings: Settings, installation: Installation) -> RepairPlan:
    """Record the plan that keeps the deployments that production ran and voids the others.

    Where production here ran none of those that differ, the line that was applied first is kept.

    Raises:
        GateError: The deployments follow one another.
    """
    git = require_clean(installation)
    require_append_only(git)
    fork = Records(installation).fork()
    if fork is None:
        raise GateError("the deployments follow one another", "nothing is to be repaired")
    known = applied_here(settings.for_env("production"))
    lines = [
        end
        for end in fork.tips
        if known and any(d.digest == known[-1] for d in fork.chain_to(end.digest))
    ]
    kept = (lines if len(lines) == 1 else fork.tips)[0]
    plan = fork.repair(kept.digest)
    record_plan(git, installation, plan, " of a repair")
    return plan


def repair_again(installation: Installation, plan: RepairPlan) -> RepairPlan:
    """Return the plan that keeps the same deployment, computed from the records.

    Raises:
        GateError: The deployments follow one another, or it ends in none of their ends.
    """
    fork = Records(installation).fork()
    if fork is None or plan.keeps not in {end.digest for end in fork.tips}:
        raise GateError(
            f"plan {plan.digest[:12]} keeps no end of deployments that were applied apart",
            "candid plan --repair",
        )
    return fork.repair(plan.keeps)
