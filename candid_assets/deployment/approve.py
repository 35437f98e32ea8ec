"""`candid approve`: a person's decision on a plan, signed with the person's own SSH key."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from candid_assets.deployment.plan import require_append_only, verified_chain
from candid_assets.gate.content import Installation, content_of
from candid_assets.gate.deployments import (
    DECISIONS,
    Records,
    approvers_of,
    verify_decision,
)
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git, require_clean
from candid_assets.gate.plans import Decision, Deployment, DeploymentPlan, Plan
from candid_assets.gate.records import write_record
from candid_assets.gate.signatures import principal_of, sign


def decide(
    installation: Installation, named: str, key: Path, *, approve: bool, reason: str = ""
) -> Decision:
    """Sign and record a decision on a plan, and return the record.

    Raises:
        GateError: The plan is stale or decided already, or the key is not one of an approver.
    """
    git = require_clean(installation)
    require_append_only(git)
    records = Records(installation)
    plan = records.plan(named)
    if approve:
        require_fresh(installation, records, plan)
    for earlier in records.decisions(plan):
        if earlier.decision == "refuse":
            raise GateError(
                f"plan {plan.digest[:12]} was refused by {earlier.principal}",
                "change what is wrong and make another plan: candid plan",
            )
    lists = _lists(records, installation)
    unsigned = Decision(
        format=1,
        kind="decision",
        decision="approve" if approve else "refuse",
        plan=plan.digest,
        principal=_principal(key, lists[0]),
        reason=reason,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    decision = unsigned.model_copy(update={"signature": sign(unsigned.signed, key)})
    for approvers in lists:
        verify_decision(decision, approvers)
    path = write_record(installation.records / DECISIONS / plan.digest, decision)
    word = "approval" if approve else "refusal"
    git.commit([path], f"chore: {word} of plan {plan.digest[:12]} by {decision.principal}")
    return decision


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


def _lists(records: Records, installation: Installation) -> list[str]:
    """Return the lists that must name an approver: today's, and the deployed one."""
    chain = records.applied()
    return [approvers_of(installation)] + [d.approvers for d in chain[-1:]]


def _principal(key: Path, approvers: str) -> str:
    principal = principal_of(sign(b"candid: who signs?\n", key), approvers)
    if principal is None:
        raise GateError(
            f"the key {key} is not in deployments/allowed_approvers",
            "a person on the list has to decide; agents never are on it",
        )
    return principal


def own_key() -> Path:
    """Return the key that git signs with, else the usual ones of OpenSSH."""
    # Fixed command, no shell.
    configured = subprocess.run(
        ["git", "config", "user.signingkey"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    usual = ("id_ed25519_sk", "id_ed25519", "id_ecdsa", "id_rsa")
    candidates = [Path(configured)] if configured else []
    for path in (*candidates, *(Path("~/.ssh", name) for name in usual)):
        if path.expanduser().is_file():
            return path.expanduser()
    raise GateError("no SSH key of yours was found", "name it: candid approve DIGEST --key FILE")
