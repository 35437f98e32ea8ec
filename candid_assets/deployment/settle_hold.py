"""Accepts or rejects a held content; in production by a signed decision on a plan."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from candid_assets.deployment.approve import decide, own_key
from candid_assets.deployment.plan import record_plan
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.holds import accept_freely
from candid_assets.gate.open_holds import ACCEPTABLE
from candid_assets.gate.plans import HeldContent, HoldPlan
from candid_assets.gate.production import PRODUCTION
from candid_assets.settings import Settings
from candid_assets.warehouse.tab_changes import Hold


def settle_hold(
    settings: Settings,
    installation: Installation,
    hold: Hold,
    key: Path | None,
    approve: bool,
    reason: str,
) -> dict[str, Any]:
    """Accept or reject a held content; in production by a signed decision on a plan.

    Returns:
        The decision's record, or in an environment without a gate the content and `accepted`.

    Raises:
        GateError: The cause is none that content alone can settle, or the key is no approver's.
    """
    if approve and hold.cause not in ACCEPTABLE:
        raise GateError(
            f"{hold.cause} of {hold.table} is settled in the contract",
            "candid contracts diff",
        )
    content = HeldContent(hold.workbook, hold.tab, hold.content_before, hold.content_hash)
    if settings.env != PRODUCTION:
        if approve:
            accept_freely(settings, content)
        return {"accepted": approve, **asdict(content)}
    plan = plan_hold(installation, content, hold)
    decision = decide(installation, plan.digest, key or own_key(), approve=approve, reason=reason)
    return decision.as_json()


def plan_hold(installation: Installation, content: HeldContent, hold: Hold) -> HoldPlan:
    """Record the plan that a held content takes its place."""
    git = require_clean(installation)
    chain = Records(installation).applied()
    plan = HoldPlan(
        format=1,
        kind="hold",
        base=chain[-1].digest if chain else None,
        **asdict(content),
        **{name: getattr(hold, name) for name in ("cause", "message", "rows_before", "rows_now")},
    )
    record_plan(git, installation, plan, " of a hold")
    return plan
