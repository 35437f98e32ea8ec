"""`candid prune`."""

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError


@click.command()
@click.option("--dry-run/--delete", default=True, show_default=True, help="Tell, or remove.")
@with_output()
def prune(output: Output, dry_run: bool) -> Result:
    """List what is past its retention, or remove it: runs, logs and extracts.

    Runs, what they printed, their events and reports go after CANDID_KEEP_RUNS_DAYS (180), but
    never the newest of a job, an asset or a check. Audit, activity and alert logs are rotated
    month by month and go after CANDID_KEEP_LOGS_DAYS (730). 0 keeps everything. Extracts go as the
    head of their workbook says (see `candid history prune`). The daemon does the same every hour,
    but for extracts. What killed processes left goes at once.

    \b
    candid prune
    candid prune --delete
    """
    from datetime import UTC, datetime

    import dagster as dg

    from candid_assets.maintenance.extract_retention import prune_extracts
    from candid_assets.maintenance.leftovers import find_leftovers, remove_leftovers
    from candid_assets.maintenance.retention import Due, find_due, remove_due
    from candid_assets.orchestration.resources import open_warehouse

    output.header()
    settings, now = output.settings, datetime.now(UTC)
    due, sizes, problem = Due(), list[int](), None
    left = (find_leftovers if dry_run else remove_leftovers)(settings)
    try:
        with dg.DagsterInstance.get() as instance:
            due = (find_due if dry_run else remove_due)(settings, instance, now)
        if settings.warehouse_file.exists():
            with open_warehouse(settings) as connection:
                extracts = prune_extracts(settings, connection, now, dry_run=dry_run)
            sizes = [extract.bytes for extract in extracts]
    except CandidError as error:  # what was removed before it is reported all the same
        problem = str(error)
        output.print(problem, style="red")
    verb = "would go; --delete removes them" if dry_run else "removed"
    what = f"{due.summary}, {len(sizes):,} extracts of {sum(sizes):,} bytes"
    output.print(f"{what}, {len(left):,} leftovers of killed processes {verb}")
    facts = {
        "env": settings.env,
        "deleted": not dry_run,
        "runs": list(due.runs),
        "files": [str(file) for file in due.files],
        "extracts": len(sizes),
        "bytes": sum(sizes),
        "leftovers": [str(leftover.path) for leftover in left],
        "problem": problem,
    }
    return facts, 1 if problem else 0
