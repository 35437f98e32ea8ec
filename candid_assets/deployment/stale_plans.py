"""Whether a plan still starts from what production runs, and says what is computed now."""

from candid_assets.deployment.plan import verified_chain
from candid_assets.gate.content import Installation, content_of
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git
from candid_assets.gate.plans import Deployment, DeploymentPlan, Plan


def require_fresh(installation: Installation, records: Records, plan: Plan) -> Deployment | None:
    """Return the deployment that a plan starts from, if nothing has moved since it was made.

    Raises:
        GateError: Production was deployed to since, or the tree is not the one planned.
    """
    chain = verified_chain(records)
    current = chain[-1] if chain else None
    stale = f"plan {plan.digest[:12]} is stale"
    if plan.base != (current.digest if current else None):
        raise GateError(f"{stale}: production has moved to {current}", "candid plan")
    if not isinstance(plan, DeploymentPlan):
        return current
    now = content_of(installation)
    if plan.rollback_of is not None:
        if plan.content.approvers != now.approvers:
            raise GateError(f"{stale}: the list of approvers is another", "candid plan --rollback")
        return current
    differing = plan.content.differing(now)
    if differing:
        raise GateError(
            f"{stale}: {' and '.join(differing)} differ from what was planned",
            f"candid plan, or git checkout {plan.commit[:12]}",
        )
    if not Git(installation.root).same_tree(plan.commit):
        raise GateError(
            f"{stale}: the commit holds other files than the one planned", "candid plan"
        )
    return current


def require_same(plan: Plan, computed: Plan, fix: str = "candid plan") -> None:
    """Return if a plan says exactly what was computed anew.

    Raises:
        GateError: It says otherwise: it was written by hand, or what it is about has changed.
    """
    said, is_so = plan.as_json(), computed.as_json()
    # How many are asked to approve is a wish, nothing that could be otherwise.
    said.pop("approvals", None)
    is_so.pop("approvals", None)
    differing = sorted(name for name in said.keys() | is_so if said.get(name) != is_so.get(name))
    if differing:
        raise GateError(
            f"plan {plan.digest[:12]} says otherwise than what is computed here"
            f" ({', '.join(differing)})",
            f"whoever proposed it makes another: {fix}",
        )
