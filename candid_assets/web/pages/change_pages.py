"""Changes that wait for a person: holds, structure, plans; read only, decided by the command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.open_holds import ACCEPTABLE
from candid_assets.gate.plans import (
    Decision,
    DeploymentPlan,
    HoldPlan,
    Plan,
    PublicationPlan,
    RepairPlan,
    RestorePlan,
)
from candid_assets.refresh.undescribed import still_undescribed
from candid_assets.settings import Settings
from candid_assets.warehouse.tab_changes import open_changes, open_holds, undescribed_tables

MOST_PLANS: Final = 30
MOST_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan, what it changes and what was decided about it."""

    digest: str
    kind: str
    commit: str
    lines: tuple[str, ...]
    """What it changes, a line each."""
    more: int
    decisions: tuple[Decision, ...]
    is_applied: bool

    @property
    def state(self) -> str:
        """Return `applied`, `refused`, `approved` or `open`."""
        if self.is_applied:
            return "applied"
        words = {decision.decision for decision in self.decisions}
        return "refused" if "refuse" in words else "approved" if words else "open"


def change_facts(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, settings: Settings
) -> dict[str, Any]:
    """Return what the page of changes shows."""
    owners = {tab.table: tab.owner for tab in catalog.tabs}
    plans, problem = _plans(settings)
    return {
        "holds": open_holds(connection),
        "acceptable": ACCEPTABLE,
        "changes": open_changes(connection),
        "undescribed": still_undescribed(catalog, undescribed_tables(connection)),
        "owners": owners,
        "plans": plans,
        "plan_problem": problem,
    }


def _plans(settings: Settings) -> tuple[list[PlanEntry], str]:
    """Return the recorded plans, open ones first, or why they cannot be read."""
    try:
        records = Records(Installation.of(settings))
        applied = {deployment.plan for deployment in records.all_applied()}
        listed = [
            _entry(plan, records.decisions(plan), plan.digest in applied)
            for plan in records.plans()
        ]
    except GateError as error:
        return [], f"{error.message}; {error.fix}"
    order = ("open", "approved", "refused", "applied")
    return sorted(listed, key=lambda plan: order.index(plan.state))[:MOST_PLANS], ""


def _entry(plan: Plan, decisions: Sequence[Decision], is_applied: bool) -> PlanEntry:
    lines = _lines(plan)
    return PlanEntry(
        plan.digest,
        plan.kind,
        plan.commit or "",
        tuple(lines[:MOST_LINES]),
        max(0, len(lines) - MOST_LINES),
        tuple(decisions),
        is_applied,
    )


def _lines(plan: Plan) -> list[str]:
    """Return what a plan changes, a line each."""
    match plan:
        case DeploymentPlan():
            changes = [
                f"{c.kind} {c.name} ({c.change}): {'; '.join(c.what)}"
                + (f" → {len(c.downstream)} tables made from it" if c.downstream else "")
                for c in plan.changes
            ]
            return [*changes, *(f"{f.file} {f.what} ({f.change})" for f in plan.code)]
        case PublicationPlan():
            head = f"{plan.source or 'an undo'} into {plan.workbook}, tab {plan.title}"
            return [
                head,
                *(f"{cell}: {old!r} → {new!r}" for cell, (old, new) in plan.cells.items()),
            ]
        case HoldPlan():
            return [f"{plan.workbook} {plan.tab}: {plan.message}"]
        case RestorePlan():
            return [f"puts the data back as {plan.file} has it"]
        case RepairPlan():
            return [f"keeps deployment {plan.keeps[:12]}, voids {len(plan.voids)}"]
