"""The chain of deployments, and whether people on the list approved each of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from candid_assets.gate.content import Content, Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.records import canonical, digest_of, find_record, is_digest, read_record
from candid_assets.gate.signatures import verify

PLANS: Final = "plans"
DECISIONS: Final = "decisions"
APPLIED: Final = "applied"
APPROVE: Final = "approve"
REFUSE: Final = "refuse"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it is recorded."""

    digest: str
    told: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`deployment`, `publication` or `hold`."""
        return str(self.told.get("kind"))

    @property
    def content(self) -> Content:
        """What a plan of a deployment deploys."""
        return Content.from_dict(self.told["content"])


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment as it was recorded when it was applied."""

    digest: str
    number: int
    previous: str | None
    plan: str
    commit: str
    by: str
    at: str
    approvers: str
    """The list of approvers that it deployed, as text."""

    def __str__(self) -> str:
        """Return its number and commit."""
        return f"deployment {self.number} (commit {self.commit[:12]})"


class Records:
    """What an installation's folder of records holds."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.folder = installation.records

    def plan(self, named: str) -> Plan:
        """Return a plan by its digest or the beginning of one, as it was written."""
        path = find_record(self.folder / PLANS, named)
        return Plan(path.stem, read_record(path))

    def plans(self) -> list[Plan]:
        """Return every plan."""
        files = sorted((self.folder / PLANS).glob("*.json"))
        return [Plan(path.stem, read_record(path)) for path in files]

    def decisions(self, plan: Plan) -> list[dict[str, Any]]:
        """Return what people decided of a plan, the oldest first."""
        files = (self.folder / DECISIONS / plan.digest).glob("*.json")
        return sorted((read_record(path) for path in files), key=lambda told: str(told.get("at")))

    def require_approved(self, plan: Plan, *lists: str) -> list[str]:
        """Return who approved a plan, each on every list of approvers given.

        Raises:
            GateError: Nobody did, somebody refused it, or a signature is not what it seems.
        """
        who: list[str] = []
        for told in self.decisions(plan):
            if told.get("plan") != plan.digest:
                raise GateError(
                    f"a decision on plan {str(told.get('plan'))[:12]} was put under"
                    f" {plan.digest[:12]}",
                    f"remove it and have a person run `candid approve {plan.digest[:12]}`",
                )
            if told.get("decision") != APPROVE:
                raise GateError(
                    f"plan {plan.digest[:12]} was refused by {told.get('principal')}"
                    f" ({told.get('reason') or 'no reason given'})",
                    "change what is wrong and make another plan: candid plan",
                )
            for approvers in lists:
                verify_decision(told, approvers)
            who.append(str(told["principal"]))
        if not who:
            raise GateError(
                f"plan {plan.digest[:12]} is not approved",
                f"have a person in deployments/allowed_approvers run"
                f" `candid approve {plan.digest[:12]}`",
            )
        return who

    def applied(self) -> list[Deployment]:
        """Return every deployment in order, each linked to the one before it.

        Raises:
            GateError: A record was edited, removed or put in between.
        """
        found: list[Deployment] = []
        for path in sorted((self.folder / APPLIED).glob("*.json")):
            told = read_record(path)
            before = found[-1].digest if found else None
            number = len(found) + 1
            if told.get("number") != number or told.get("previous") != before:
                raise GateError(
                    f"the deployments do not follow one another at {path.name}",
                    "restore the folder: git checkout -- deployments/applied",
                )
            found.append(_deployment(told, digest_of(told)))
        return found

    def verify_deployment(self, deployment: Deployment, before: Deployment | None) -> Plan:
        """Return the plan of a deployment if people approved it whom the one before it listed.

        Raises:
            GateError: They did not, or the record says otherwise than the plan.
        """
        plan = self.plan(deployment.plan)
        base = before.digest if before else None
        listed = _hash(deployment.approvers)
        if (
            plan.digest != deployment.plan
            or plan.kind != "deployment"
            or plan.told.get("base") != base
            or plan.told.get("commit") != deployment.commit
            or plan.content.approvers != listed
        ):
            raise GateError(
                f"{deployment} is not what plan {plan.digest[:12]} says",
                "restore the folder: git checkout -- deployments",
            )
        lists = [deployment.approvers] + ([before.approvers] if before else [])
        self.require_approved(plan, *lists)
        return plan


def verify_decision(told: Mapping[str, Any], approvers: str) -> None:
    """Return if the person that a decision names signed exactly it.

    Raises:
        GateError: The person did not, or is not on the list.
    """
    signed = {name: value for name, value in told.items() if name != "signature"}
    verify(canonical(signed), str(told.get("signature")), str(told.get("principal")), approvers)


def approvers_of(installation: Installation) -> str:
    """Return the list of approvers as it stands in the repository."""
    path: Path = installation.approvers
    if path.is_symlink() or not path.is_file():
        raise GateError(
            "there is no deployments/allowed_approvers",
            "write one line per person, `name ssh-ed25519 AAAA…`, and commit it",
        )
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _deployment(told: Mapping[str, Any], digest: str) -> Deployment:
    plan = told.get("plan")
    if not is_digest(plan):
        raise GateError(f"deployment {told.get('number')} names no plan", "git checkout")
    return Deployment(
        digest=digest,
        number=int(told["number"]),
        previous=told.get("previous"),
        plan=str(plan),
        commit=str(told.get("commit")),
        by=str(told.get("by")),
        at=str(told.get("at")),
        approvers=str(told.get("approvers")),
    )
