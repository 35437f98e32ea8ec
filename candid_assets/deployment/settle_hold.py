"""Accepts or rejects a held content; in production by a signed decision on a plan."""

from pathlib import Path
from typing import Any

from candid_assets.deployment.approve import decide, own_key
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import PLANS, Plan, Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.holds import KIND, HeldContent, accept_freely
from candid_assets.gate.open_holds import ACCEPTABLE
from candid_assets.gate.production import PRODUCTION
from candid_assets.gate.records import write_record
from candid_assets.settings import Settings

FORMAT = 1


def settle_hold(
    settings: Settings,
    installation: Installation,
    told: dict[str, Any],
    key: Path | None,
    approve: bool,
    reason: str,
) -> dict[str, Any]:
    """Accept or reject a held content; in production by a signed decision on a plan.

    Raises:
        GateError: The cause is none that content alone can settle, or the key is no approver's.
    """
    if approve and told["cause"] not in ACCEPTABLE:
        raise GateError(
            f"{told['cause']} of {told['table']} is settled in the contract",
            "candid contracts diff",
        )
    content = HeldContent(
        told["workbook"], told["tab"], told["content_before"], told["content_hash"]
    )
    if settings.env != PRODUCTION:
        if approve:
            accept_freely(settings, content)
        return {"accepted": approve, **content.as_dict()}
    plan = plan_hold(installation, content, told)
    return decide(installation, plan.digest, key or own_key(), approve=approve, reason=reason)


def plan_hold(installation: Installation, content: HeldContent, told: dict[str, Any]) -> Plan:
    """Record the plan that a held content takes its place."""
    git = require_clean(installation)
    records = Records(installation)
    chain = records.applied()
    plan = {
        "format": FORMAT,
        "kind": KIND,
        "base": chain[-1].digest if chain else None,
        **content.as_dict(),
        **{name: told[name] for name in ("cause", "message", "rows_before", "rows_now")},
    }
    path = write_record(installation.records / PLANS, plan)
    git.commit([path], f"chore: plan {path.stem[:12]} of a hold")
    return records.plan(path.stem)
