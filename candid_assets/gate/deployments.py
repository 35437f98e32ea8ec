"""The chain of deployments, and whether people on the list approved each of them."""

import hashlib
from collections.abc import Sequence
from typing import Final

from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.forks import Fork, without_voided
from candid_assets.gate.plans import (
    DECISION,
    DEPLOYMENT,
    PLAN,
    Decision,
    Deployment,
    DeploymentPlan,
    Plan,
    RepairPlan,
)
from candid_assets.gate.records import find_record, read_record
from candid_assets.gate.separation import require_enough
from candid_assets.gate.signatures import verify
from candid_assets.regular_files import read_text

PLANS: Final = "plans"
DECISIONS: Final = "decisions"
APPLIED: Final = "applied"


class Records:
    """What an installation's folder of records holds."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.folder = installation.records

    def plan(self, digest: str) -> Plan:
        """Return a plan by its digest or the beginning of one."""
        return read_record(find_record(self.folder / PLANS, digest), PLAN)

    def plans(self) -> list[Plan]:
        """Return every recorded plan."""
        return [read_record(path, PLAN) for path in sorted((self.folder / PLANS).glob("*.json"))]

    def decisions(self, plan: Plan) -> list[Decision]:
        """Return what people decided about a plan, the oldest first."""
        files = (self.folder / DECISIONS / plan.digest).glob("*.json")
        return sorted((read_record(path, DECISION) for path in files), key=lambda record: record.at)

    def require_approved(self, plan: Plan, *lists: str, proposers: Sequence[str] = ()) -> list[str]:
        """Return who approved a plan, each on every list of approvers given.

        Args:
            plan: The plan.
            lists: The lists; the first one says how many it takes.
            proposers: Who proposed it, beside those that the plan names.

        Raises:
            GateError: Too few did, only who proposed it did, somebody refused it, or a signature
                is not what it seems.
        """
        who: list[str] = []
        for decision in self.decisions(plan):
            if decision.plan != plan.digest:
                raise GateError(
                    f"a decision on plan {decision.plan[:12]} was put under {plan.digest[:12]}",
                    f"remove it and have a person run `candid approve {plan.digest[:12]}`",
                )
            if decision.decision == "refuse":
                raise GateError(
                    f"plan {plan.digest[:12]} was refused by {decision.principal}"
                    f" ({decision.reason or 'no reason given'})",
                    "change what is wrong and make another plan: candid plan",
                )
            for approvers in lists:
                verify_decision(decision, approvers)
            who.append(decision.principal)
        if not who:
            raise GateError(
                f"plan {plan.digest[:12]} is not approved",
                f"have a person in deployments/allowed_approvers run"
                f" `candid approve {plan.digest[:12]}`",
            )
        return require_enough(plan, who, (*plan.proposers, *proposers), lists[0])

    def applied(self) -> list[Deployment]:
        """Return every deployment in order, each linked to the one before it.

        Raises:
            GateError: A record was edited, removed or put in between, or some were applied apart.
        """
        if self.fork() is not None:
            raise GateError(
                "deployments were applied apart: several start from the same one",
                "candid plan --repair, candid approve, candid apply",
            )
        chain: list[Deployment] = []
        for deployment in self._in_force():
            before = chain[-1].digest if chain else None
            if (deployment.number, deployment.previous) != (len(chain) + 1, before):
                raise GateError(
                    f"the deployments do not follow one another at {deployment}",
                    "restore the folder: git checkout -- deployments/applied",
                )
            chain.append(deployment)
        return chain

    def fork(self) -> Fork | None:
        """Return the deployments in force if some of them were applied apart."""
        deployments = self._in_force()
        if len({deployment.previous for deployment in deployments}) == len(deployments):
            return None
        return Fork(tuple(deployments))

    def all_applied(self) -> list[Deployment]:
        """Return every deployment that is recorded, also those that a repair has voided."""
        files = sorted((self.folder / APPLIED).glob("*.json"))
        return [read_record(path, DEPLOYMENT) for path in files]

    def _in_force(self) -> list[Deployment]:
        deployments = self.all_applied()
        everything = Fork(tuple(deployments))
        if len({deployment.previous for deployment in deployments}) == len(deployments):
            return deployments
        for plan in self.plans():
            if not isinstance(plan, RepairPlan) or not self.decisions(plan):
                continue
            try:
                self.require_approved(plan, *everything.lists(plan))
            except GateError:
                continue
            deployments = without_voided(deployments, plan)
        return deployments

    def verify_deployment(
        self, deployment: Deployment, before: Deployment | None
    ) -> DeploymentPlan:
        """Return the plan of a deployment if people approved it whom the one before it listed.

        Raises:
            GateError: They did not, or the record says otherwise than the plan.
        """
        plan = as_deployment(self.plan(deployment.plan))
        base = before.digest if before else None
        listed = hashlib.sha256(deployment.approvers.encode()).hexdigest()
        if (
            plan.digest != deployment.plan
            or plan.base != base
            or plan.commit != deployment.commit
            or plan.content.approvers != listed
        ):
            raise GateError(
                f"{deployment} is not what plan {plan.digest[:12]} says",
                "restore the folder: git checkout -- deployments",
            )
        if before and not plan.proposers and self.plan(before.plan).proposers:
            raise GateError(
                f"plan {plan.digest[:12]} does not say who proposed it, as the one before does",
                "candid plan",
            )
        lists = [deployment.approvers] + ([before.approvers] if before else [])
        self.require_approved(plan, *lists)
        return plan


def as_deployment(plan: Plan) -> DeploymentPlan:
    """Return a plan if it is one of a deployment.

    Raises:
        GateError: It is of another kind.
    """
    if isinstance(plan, DeploymentPlan):
        return plan
    raise GateError(
        f"plan {plan.digest[:12]} is a {plan.kind}, no deployment", "candid plan --list"
    )


def verify_decision(decision: Decision, approvers: str) -> None:
    """Return if the person that a decision names signed exactly it.

    Raises:
        GateError: The person did not, or is not on the list.
    """
    verify(decision.signed, decision.signature, decision.principal, approvers)


def approvers_of(installation: Installation) -> str:
    """Return the list of approvers in the repository.

    Raises:
        GateError: There is none.
    """
    path = installation.approvers
    if path.is_symlink() or not path.is_file():
        raise GateError(
            "there is no deployments/allowed_approvers",
            "write one line per person, `name ssh-ed25519 AAAA…`, and commit it",
        )
    return read_text(path)
