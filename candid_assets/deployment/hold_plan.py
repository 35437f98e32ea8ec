"""The plan that lets a content that was held back take the place of the one before."""

from dataclasses import asdict

from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.plans import HeldContent, HoldPlan
from candid_assets.warehouse.tab_changes import Hold


def content_held(hold: Hold) -> HeldContent:
    """Return which content is held back, and after which."""
    return HeldContent(hold.workbook, hold.tab, hold.content_before, hold.content_hash)


def hold_plan(installation: Installation, hold: Hold) -> HoldPlan:
    """Return the plan that a held content takes its place; nothing is recorded."""
    chain = Records(installation).applied()
    return HoldPlan(
        format=1,
        kind="hold",
        base=chain[-1].digest if chain else None,
        **asdict(content_held(hold)),
        **{name: getattr(hold, name) for name in ("cause", "message", "rows_before", "rows_now")},
    )
