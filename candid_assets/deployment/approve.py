"""`candid approve`: a person's decision on a plan, signed with the person's own SSH key."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from candid_assets.deployment.plan import require_append_only, verified_chain
from candid_assets.gate.content import Installation, content_of
from candid_assets.gate.deployments import (
    APPROVE,
    DECISIONS,
    REFUSE,
    Deployment,
    Plan,
    Records,
    approvers_of,
    verify_decision,
)
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git, require_clean
from candid_assets.gate.records import canonical, write_record
from candid_assets.gate.signatures import principal_of, sign

FORMAT: Final = 1


def decide(
    installation: Installation, named: str, key: Path, *, approve: bool, reason: str = ""
) -> dict[str, Any]:
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
    for told in records.decisions(plan):
        if told.get("decision") == REFUSE:
            raise GateError(
                f"plan {plan.digest[:12]} was refused by {told.get('principal')}",
                "change what is wrong and make another plan: candid plan",
            )
    lists = _lists(records, installation)
    told = {
        "format": FORMAT,
        "kind": "decision",
        "decision": APPROVE if approve else REFUSE,
        "plan": plan.digest,
        "principal": _principal(key, lists[0]),
        "reason": reason,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    told["signature"] = sign(canonical(told), key)
    for approvers in lists:
        verify_decision(told, approvers)
    path = write_record(installation.records / DECISIONS / plan.digest, told)
    word = "approval" if approve else "refusal"
    git.commit([path], f"chore: {word} of plan {plan.digest[:12]} by {told['principal']}")
    return told


def require_fresh(installation: Installation, records: Records, plan: Plan) -> Deployment | None:
    """Return the deployment that a plan starts from, if nothing has moved since it was made.

    Raises:
        GateError: Production was deployed to since, or the tree is not the one planned.
    """
    chain = verified_chain(records)
    current = chain[-1] if chain else None
    stale = f"plan {plan.digest[:12]} is stale"
    if plan.told.get("base") != (current.digest if current else None):
        raise GateError(f"{stale}: production has moved to {current}", "candid plan")
    if plan.kind != "deployment":
        return current
    now = content_of(installation)
    if plan.told.get("rollback_of") is not None:
        if plan.content.approvers != now.approvers:
            raise GateError(f"{stale}: the list of approvers is another", "candid plan --rollback")
        return current
    differing = plan.content.differing(now)
    if differing:
        raise GateError(
            f"{stale}: {' and '.join(differing)} differ from what was planned",
            f"candid plan, or git checkout {str(plan.told.get('commit'))[:12]}",
        )
    if not Git(installation.root).same_tree(str(plan.told.get("commit"))):
        raise GateError(
            f"{stale}: the commit holds other files than the one planned", "candid plan"
        )
    return current


def _lists(records: Records, installation: Installation) -> list[str]:
    """Return the lists that an approver must stand on: today's, and the deployed one."""
    chain = records.applied()
    return [approvers_of(installation)] + [d.approvers for d in chain[-1:]]


def _principal(key: Path, approvers: str) -> str:
    found = principal_of(sign(b"candid: who signs?\n", key), approvers)
    if found is None:
        raise GateError(
            f"the key {key} is not in deployments/allowed_approvers",
            "a person on the list has to decide; agents never are on it",
        )
    return found


def own_key() -> Path:
    """Return the key that git signs with, else the usual ones of OpenSSH."""
    # Fixed command, no shell.
    told = subprocess.run(
        ["git", "config", "user.signingkey"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    usual = ("id_ed25519_sk", "id_ed25519", "id_ecdsa", "id_rsa")
    candidates = [Path(told)] if told else []
    for path in (*candidates, *(Path("~/.ssh", name) for name in usual)):
        if path.expanduser().is_file():
            return path.expanduser()
    raise GateError("no SSH key of yours was found", "name it: candid approve DIGEST --key FILE")
