"""Accepts or rejects a held content; in production by a signed decision on a plan."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from candid_assets.deployment.approve import own_key, sign_decision
from candid_assets.deployment.hold_plan import content_held, hold_plan
from candid_assets.deployment.plan import record_plan
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.holds import accept_freely
from candid_assets.gate.memory import require_undecided_against
from candid_assets.gate.open_holds import ACCEPTABLE
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
    content = content_held(hold)
    if settings.env != PRODUCTION:
        if approve:
            accept_freely(settings, content)
        return {"accepted": approve, **asdict(content)}
    plan = hold_plan(installation, hold)
    record_plan(require_clean(installation), installation, plan, " of a hold")
    if approve:
        require_undecided_against(settings, Records(installation), plan)
    decision = sign_decision(
        settings, installation, plan, key or own_key(), approve=approve, reason=reason
    )
    return decision.as_json()
