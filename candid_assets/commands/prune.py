"""`candid prune`."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime

import click
from rich.console import Console

from candid_assets.environment import prepare_environment
from candid_assets.settings import Settings


@click.command()
@click.option("--dry-run/--delete", default=True, show_default=True, help="Tell, or remove.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def prune(dry_run: bool, as_json: bool) -> None:
    """Tell what is past its time, or remove it: runs, logs and extracts.

    Runs, what they printed and their events go after CANDID_KEEP_RUNS_DAYS (180), but never the
    newest of a job, an asset or a check. Audit, activity and alert logs are rotated month by
    month and go after CANDID_KEEP_LOGS_DAYS (730). 0 keeps everything. Extracts go as the head of
    their workbook says (see `candid history prune`). Reports stay. The daemon does the same every
    hour, but for extracts.

    \b
    candid prune
    candid prune --delete
    """
    from datetime import UTC

    import dagster as dg
    import duckdb

    from candid_assets.errors import CandidError
    from candid_assets.maintenance.retention import Due, find_due, remove_due

    settings, now = prepare_environment(), datetime.now(UTC)
    console = Console(stderr=as_json, highlight=False, markup=False, soft_wrap=True)
    console.print(f"candid · environment {settings.env} · data in {settings.data_dir}")
    removed: Due = Due()
    extracts: Sequence[int] = ()
    problem = None
    try:
        with dg.DagsterInstance.get() as instance:
            removed = (
                find_due(settings, instance, now)
                if dry_run
                else remove_due(settings, instance, now)
            )
        extracts = _extracts(settings, now, dry_run=dry_run)
    except (CandidError, duckdb.Error) as error:
        problem = str(error)
    verb = "would go; --delete removes them" if dry_run else "removed"
    size = f"{len(extracts):,} extracts of {sum(extracts):,} bytes"
    console.print(f"{removed.summary}, {size} {verb}")
    if problem:
        Console(stderr=True, markup=False).print(problem, style="red", soft_wrap=True)
    if as_json:
        found = {
            "env": settings.env,
            "deleted": not dry_run,
            "runs": list(removed.runs),
            "files": [str(file) for file in removed.files],
            "extracts": len(extracts),
            "bytes": sum(extracts),
            "problem": problem,
        }
        click.echo(json.dumps(found))
    sys.exit(1 if problem else 0)


def _extracts(settings: Settings, now: datetime, *, dry_run: bool) -> list[int]:
    """Return the bytes of each extract that is past its time."""
    from candid_assets.contracts.load import load_catalog
    from candid_assets.maintenance import extract_retention
    from candid_assets.orchestration.resources import Warehouse

    if not settings.warehouse_file.exists():
        return []
    warehouse = Warehouse(database=str(settings.warehouse_file), env=settings.env)
    with warehouse.get_connection() as connection:
        found = extract_retention.prunable(
            settings, load_catalog(settings.catalog_dir), connection, now
        )
        if not dry_run:
            extract_retention.prune(connection, found, now)
    return [extract.bytes for extract in found]
