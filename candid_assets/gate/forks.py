"""Deployments that were applied apart, and the plans that end such a state."""

from collections.abc import Sequence
from dataclasses import dataclass

from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import Deployment, RepairPlan


@dataclass(frozen=True, slots=True)
class Fork:
    """Recorded deployments of which several start from the same one."""

    deployments: tuple[Deployment, ...]

    @property
    def tips(self) -> list[Deployment]:
        """The deployments that no other one starts from, the earliest first."""
        started_from = {deployment.previous for deployment in self.deployments}
        last = (d for d in self.deployments if d.digest not in started_from)
        return sorted(last, key=lambda deployment: (deployment.at, deployment.digest))

    def chain_to(self, end: str) -> list[Deployment]:
        """Return the deployments that lead to one, the first one first.

        Raises:
            GateError: One of them is not recorded.
        """
        by_digest = {deployment.digest: deployment for deployment in self.deployments}
        chain: list[Deployment] = []
        wanted: str | None = end
        while wanted is not None:
            if wanted not in by_digest:
                raise GateError(
                    f"the records lack deployment {wanted[:12]}", "git checkout -- deployments"
                )
            chain.insert(0, by_digest[wanted])
            wanted = by_digest[wanted].previous
        return chain

    def repair(self, end: str) -> RepairPlan:
        """Return the plan that keeps what leads to one end and voids the rest.

        Raises:
            GateError: The end is not recorded.
        """
        chain = self.chain_to(end)
        kept = {deployment.digest for deployment in chain}
        voided = [d for d in self.deployments if d.digest not in kept]
        shared = [d for d in chain if any(v.previous == d.digest for v in voided)]
        return RepairPlan(
            format=1,
            kind="repair",
            base=shared[0].digest if shared else None,
            keeps=end,
            voids=tuple(sorted(d.digest for d in voided)),
        )

    def lists(self, plan: RepairPlan) -> list[str]:
        """Return the lists of approvers that a repair takes: of the common deployment and the kept.

        Raises:
            GateError: The plan voids what leads to the deployment that it keeps.
        """
        chain = self.chain_to(plan.keeps)
        if {deployment.digest for deployment in chain} & {*plan.voids}:
            raise GateError(
                f"plan {plan.digest[:12]} voids a deployment that it builds on",
                "candid plan --repair",
            )
        return [d.approvers for d in chain if d.digest == plan.base] + [chain[-1].approvers]


def without_voided(deployments: Sequence[Deployment], repair: RepairPlan) -> list[Deployment]:
    """Return the deployments that a repair leaves in force."""
    return [deployment for deployment in deployments if deployment.digest not in repair.voids]
