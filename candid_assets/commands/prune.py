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
    head of their workbook says (see `candid history prune`), and with them the record of what was
    built from them. The daemon and `candid run` do the same by themselves. Time is counted up to
    two days after a source last agreed with the clock. What killed processes left goes at once, and
    what they and earlier refreshes left for a cluster (CANDID_ENGINE_URL).

    \b
    candid prune
    candid prune --delete
    """
    from datetime import UTC, datetime

    import dagster as dg

    from candid_assets.maintenance.leftovers import find_leftovers, remove_leftovers
    from candid_assets.maintenance.record_retention import Tidied, tidy
    from candid_assets.maintenance.retention import Due, find_due, remove_due
    from candid_assets.orchestration.open_warehouse import open_warehouse

    output.header()
    settings, now = output.settings, datetime.now(UTC)
    due, tidied, problem = Due(), Tidied(), None
    left = (find_leftovers if dry_run else remove_leftovers)(settings)
    try:
        with dg.DagsterInstance.get() as instance:
            due = (find_due if dry_run else remove_due)(settings, instance, now)
        if settings.warehouse_file.exists():
            with open_warehouse(settings) as connection:
                tidied = tidy(settings, connection, now, dry_run=dry_run)
    except CandidError as error:  # what was removed before it is reported all the same
        problem = str(error)
        output.print(problem, style="red")
    verb = "would go; --delete removes them" if dry_run else "removed"
    what = f"{due.summary}, {tidied.extracts:,} extracts of {tidied.bytes:,} bytes"
    what += f", {tidied.rows:,} rows of the record, {tidied.catalogs:,} catalogs"
    what += f", {tidied.engine_files:,} files of clusters"
    output.print(f"{what}, {len(left):,} leftovers of killed processes {verb}")
    facts = {
        "env": settings.env,
        "deleted": not dry_run,
        "runs": list(due.runs),
        "files": [str(file) for file in due.files],
        "extracts": tidied.extracts,
        "bytes": tidied.bytes,
        "rows": tidied.rows,
        "catalogs": tidied.catalogs,
        "engine_files": tidied.engine_files,
        "leftovers": [str(leftover.path) for leftover in left],
        "problem": problem,
    }
    return facts, 1 if problem else 0
