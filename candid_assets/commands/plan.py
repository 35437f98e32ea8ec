"""`candid plan`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output

if TYPE_CHECKING:
    from candid_assets.gate.plans import Plan


@click.command()
@click.option("--rollback", metavar="DEPLOYMENT", default="", help="Back to an earlier deployment.")
@click.option("--publish", metavar="SOURCE", default="", help="ready.TABLE or metrics:SPOKE.")
@click.option("--into", metavar="WORKBOOK!TAB", default="", help="The tab to publish into.")
@click.option("--undo", metavar="DIGEST", default="", help="Take a publication back.")
@click.option("--restore", type=click.Path(path_type=Path), help="Take back a backup.")
@click.option(
    "--approvals",
    type=click.IntRange(1),
    default=1,
    help="How many people have to approve.",
)
@click.option("--repair", is_flag=True, help="End a state of deployments applied apart.")
@click.option("--list", "listed", is_flag=True, help="Every plan and deployment so far.")
@with_output()
def plan(  # noqa: PLR0913 - one for each option
    output: Output,
    *,
    rollback: str,
    publish: str,
    into: str,
    undo: str,
    restore: Path | None,
    approvals: int,
    repair: bool,
    listed: bool,
) -> Result:
    r"""Say what this commit would change in production, and give it a digest to approve.

    Compares contracts, models, metrics, jobs and code with the last deployment; each change is
    breaking, non-breaking or indirect. Needs a clean git tree, a green refresh of the whole sample
    and a green run of all tests with exactly this content. Commits the plan to deployments/plans.

    \b
    candid plan
    candid plan --approvals 2
    candid plan --rollback 3
    candid plan --publish ready.mart_sales_monthly --into "coreos!Penjualan"
    candid plan --publish metrics:sales --into "coreos!Papan Metrik"
    candid plan --undo 1f0c22aa91b3
    candid plan --restore /mnt/backups/monday.tar.gz
    candid plan --repair
    candid plan --list
    """
    from candid_assets.deployment.plan import plan_deployment, plan_facts
    from candid_assets.deployment.plan_text import show_plan
    from candid_assets.deployment.proposers import approvals_in_words
    from candid_assets.deployment.publications import plan_publication, plan_undo
    from candid_assets.deployment.repair_plan import plan_repair
    from candid_assets.deployment.restore_plan import plan_restore
    from candid_assets.gate.content import Installation
    from candid_assets.gate.deployments import Records

    settings = output.settings
    installation = Installation.of(settings)
    # A deployment is always about production; a publication is of the environment at work.
    about = settings if publish or undo else settings.for_env("production")
    output.header(f"plan · {about.data_dir}", about.env)
    if listed:
        plans = plan_facts(Records(installation))
        for line in plans:
            state = f"deployment {line['deployment']}" if line["deployment"] else "not applied"
            decided = ", ".join(line["decisions"]) or "undecided"
            output.print(f"{line['digest'][:12]}  {line['kind']:12} {state:14} {decided}")
        return plans, 0
    made: Plan
    if repair:
        made = plan_repair(settings, installation)
    elif restore is not None:
        made = plan_restore(installation, restore)
    elif undo:
        made = plan_undo(settings, installation, undo)
    elif publish:
        workbook, _, title = into.partition("!")
        made = plan_publication(settings, installation, publish, workbook, title)
    else:
        made = plan_deployment(settings, installation, rollback, approvals)
    show_plan(output.console, made)
    output.print(approvals_in_words(installation, made))
    output.print(f"\nto decide:  candid approve {made.digest[:12]}")
    return {"digest": made.digest, **made.as_json()}, 0
