"""`candid approve`: a person's decision on a plan, signed with the person's own SSH key."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from candid_assets.deployment.computed_plan import computed_plan
from candid_assets.deployment.plan import require_append_only
from candid_assets.deployment.proposers import require_another
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import (
    DECISIONS,
    Records,
    approvers_of,
    verify_decision,
)
from candid_assets.gate.errors import GateError
from candid_assets.gate.forks import Fork
from candid_assets.gate.git import require_clean
from candid_assets.gate.memory import remember_refusals, require_undecided_against
from candid_assets.gate.plans import Decision, Plan, RepairPlan
from candid_assets.gate.records import write_record
from candid_assets.gate.signatures import principal_of, sign
from candid_assets.gate.system_tools import system_tool
from candid_assets.settings import Settings


def decide(
    settings: Settings,
    installation: Installation,
    named: str,
    key: Path,
    *,
    approve: bool,
    reason: str = "",
    backup: Path | None = None,
) -> Decision:
    """Sign and record a decision on a plan, and return the record.

    What is approved is computed anew first; a refusal may be of anything.

    Args:
        settings: The settings of this computer.
        installation: The clone that holds the plan.
        named: The plan's digest, or the beginning of it.
        key: The person's key.
        approve: Whether to approve or to refuse.
        reason: A sentence for those who read the record.
        backup: The file of a restore.

    Raises:
        GateError: The plan is stale, says what is not so, or is decided already, or the key is
            not one of an approver.
    """
    require_append_only(require_clean(installation))
    plan = Records(installation).plan(named)
    if approve:
        require_undecided_against(settings, Records(installation), plan)
        computed_plan(settings, installation, plan, backup)
    return sign_decision(settings, installation, plan, key, approve=approve, reason=reason)


def sign_decision(
    settings: Settings,
    installation: Installation,
    plan: Plan,
    key: Path,
    *,
    approve: bool,
    reason: str,
) -> Decision:
    """Sign and record a decision on a plan that was computed here, and return the record.

    Raises:
        GateError: The plan is decided already, or the key is not one of an approver.
    """
    git = require_clean(installation)
    require_append_only(git)
    records = Records(installation)
    for earlier in records.decisions(plan):
        if earlier.decision == "refuse":
            raise GateError(
                f"plan {plan.digest[:12]} was refused by {earlier.principal}",
                "change what is wrong and make another plan: candid plan",
            )
    lists = _lists(records, installation, plan)
    principal = _principal(key, lists[0])
    if approve:
        require_another(installation, plan, principal)
    unsigned = Decision(
        format=1,
        kind="decision",
        decision="approve" if approve else "refuse",
        plan=plan.digest,
        principal=principal,
        reason=reason,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    decision = unsigned.model_copy(update={"signature": sign(unsigned.signed, key)})
    for approvers in lists:
        verify_decision(decision, approvers)
    path = write_record(installation.records / DECISIONS / plan.digest, decision)
    word = "approval" if approve else "refusal"
    git.commit([path], f"chore: {word} of plan {plan.digest[:12]} by {decision.principal}")
    remember_refusals(settings, records)
    return decision


def _lists(records: Records, installation: Installation, plan: Plan) -> list[str]:
    """Return the lists that must name an approver: today's, and the deployed one."""
    if isinstance(plan, RepairPlan):
        return [approvers_of(installation), *Fork(tuple(records.all_applied())).lists(plan)]
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
    # A program of the system, no shell.
    configured = subprocess.run(  # noqa: S603
        [system_tool("git"), "config", "user.signingkey"],
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
