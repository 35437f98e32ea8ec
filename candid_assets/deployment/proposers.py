"""Who proposed a plan, and what that leaves for others to approve."""

from candid_assets.gate.content import RECORDS, Installation
from candid_assets.gate.deployments import PLANS, Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git
from candid_assets.gate.plans import DeploymentPlan, HoldPlan, Plan
from candid_assets.gate.separation import approvals_needed, counting


def proposers(installation: Installation, plan: Plan) -> tuple[str, ...]:
    """Return who proposed a plan, as git's authors; a hold is proposed by the platform itself."""
    match plan:
        case DeploymentPlan():
            return plan.proposers
        case HoldPlan():
            return ()
        case _:
            path = f"{RECORDS}/{PLANS}/{plan.digest}.json"
            return tuple(Git(installation.root).author_of(path))


def approvals_in_words(installation: Installation, plan: Plan) -> str:
    """Return a sentence on who proposed a plan, who approved it and how many it takes."""
    listed, by = approvers_of(installation), proposers(installation, plan)
    decisions = Records(installation).decisions(plan)
    approved = [d.principal for d in decisions if d.decision == "approve"]
    return (
        f"proposed by {', '.join(by) or 'the platform'}; takes {approvals_needed(plan, listed)}"
        f" approval(s), has {len(counting(approved, by, listed))}"
        + (f" ({', '.join(approved)})" if approved else "")
    )


def require_another(installation: Installation, plan: Plan, principal: str) -> None:
    """Return if a person's approval of a plan would count.

    Raises:
        GateError: The person proposed it, and the list has others.
    """
    by = proposers(installation, plan)
    if not counting([principal], by, approvers_of(installation)):
        raise GateError(
            f"{principal} proposed plan {plan.digest[:12]} ({', '.join(by)}), and the list of"
            " approvers has others",
            f"have another person run `candid approve {plan.digest[:12]}`",
        )
