"""Prints plans for a person to read."""

from typing import Final

from rich.console import Console

from candid_assets.deployment.computed_plan import ComputedPlan
from candid_assets.gate.plans import (
    ChangedRows,
    DeploymentPlan,
    HoldPlan,
    Plan,
    PublicationPlan,
    RepairPlan,
    RestorePlan,
)
from candid_assets.terminal_text import marked

_SHOWN: Final = 25


def show_plan(console: Console, plan: Plan) -> None:
    """Print what a plan changes."""
    match plan:
        case PublicationPlan():
            _show_publication(console, plan)
        case RestorePlan():
            what = "restore [bold]{}[/]: production is put back as {} holds it, {}"
            console.print(marked(what, plan.digest[:12], plan.file, plan.sha256))
        case RepairPlan():
            what = "plan [bold]{}[/] of a repair: deployments applied apart"
            console.print(marked(what, plan.digest[:12]))
            console.print(f"  kept, with those before it: {plan.keeps}")
            for digest in plan.voids:
                console.print(marked("  [red]voided[/]: {}", digest))
        case HoldPlan():
            console.print(marked("plan [bold]{}[/] of a hold", plan.digest[:12]))
            console.print(f"  {plan.workbook}.{plan.tab}: {plan.message}", soft_wrap=True)
            console.print(f"  {plan.rows_before} rows before, {plan.rows_now} now")
        case DeploymentPlan():
            _show_deployment(console, plan)


def show_computed(console: Console, computed: ComputedPlan) -> None:
    """Print what a plan changes as this computer computed it, and what it cannot tell."""
    show_plan(console, computed.plan)
    for note in computed.notes:
        console.print(f"  {note}", soft_wrap=True)


def _show_publication(console: Console, plan: PublicationPlan) -> None:
    where = f"'{plan.title}' in {plan.workbook} ({plan.env})"
    what = "publication [bold]{}[/]: {} cells of tab {}"
    console.print(marked(what, plan.digest[:12], len(plan.cells), where))
    for at, (before, after) in list(plan.cells.items())[:_SHOWN]:
        console.print(f"  {at}: {before!r} → {after!r}", soft_wrap=True)
    if len(plan.cells) > _SHOWN:
        more = f"and {len(plan.cells) - _SHOWN} more"
        console.print(f"  … {more}, in deployments/plans/{plan.digest}.json")


def _show_deployment(console: Console, plan: DeploymentPlan) -> None:
    console.print(marked("plan [bold]{}[/] of commit {}", plan.digest[:12], plan.commit[:12]))
    base = plan.base_commit
    console.print(f"production runs {base[:12] if base else 'nothing yet'}")
    for change in plan.changes[:_SHOWN]:
        colour = {"breaking": "red", "indirect": "dim"}.get(change.change, "green")
        console.print(f"  {change.change:12}", style=colour, end=" ")
        what = f"{change.kind} {change.name}: {'; '.join(change.what)}"
        console.print(what, soft_wrap=True)
        if change.downstream:
            console.print(f"{'':15}downstream: {', '.join(change.downstream)}", soft_wrap=True)
        _show_rows(console, change.rows)
    if len(plan.changes) > _SHOWN:
        more = len(plan.changes) - _SHOWN
        console.print(f"  … and {more} more, in deployments/plans/{plan.digest}")
    for file in plan.code:
        console.print(f"  {file.change:12} code {file.file} {file.what}")
    for held in plan.held:
        held_text = marked("  [yellow]held[/] {}: {}", held.table, held.message)
        console.print(held_text, soft_wrap=True)


def _show_rows(console: Console, rows: ChangedRows) -> None:
    for mark, side in (("-", rows.before), ("+", rows.after)):
        for row in side[:2]:
            cells = ", ".join(f"{name}={value}" for name, value in list(row.items())[:8])
            console.print(f"{'':15}{mark} {cells}", soft_wrap=True)
    if rows.not_computed:
        console.print(f"{'':15}rows not computed: {rows.not_computed}", soft_wrap=True)
    if rows.rows_only_before is not None:
        counts = f"{rows.rows_only_before} rows go, {rows.rows_only_after} come"
        console.print(f"{'':15}on the sample: {counts} of {rows.rows_after}")
