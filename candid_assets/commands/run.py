"""`candid run`."""

import atexit
import gc
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console

from candid_assets.environment import prepare_environment

if TYPE_CHECKING:
    import dagster as dg


@click.command()
@click.option("--workbook", "-w", "workbooks", multiple=True, metavar="W", help="Only this one.")
@click.option("--tab", "-t", "tabs", multiple=True, metavar="T", help="Only this workbook__tab.")
@click.option("--force", is_flag=True, help="Read and build everything again.")
@click.option("--read-all", is_flag=True, help="Read every workbook, build where cells changed.")
@click.option("--accept-loss", is_flag=True, help="Take tabs that lost most of their rows.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def run(workbooks: tuple[str, ...], tabs: tuple[str, ...], *, as_json: bool, **how: bool) -> None:
    """Refresh from Sheets to the published snapshot.

    Reads only the workbooks that changed, builds only what depends on them, and exits with 0 only
    if nothing blocking failed.

    \b
    candid run
    candid run --workbook sales_master --workbook skd_control
    candid run --tab coreos__products --json
    candid run --tab coreos__products --accept-loss
    """
    # Imports and a refresh make half a million objects that stay until the end; looking through
    # them again and again for cycles, and once more at exit, is a sixth of a small refresh.
    gc.set_threshold(100_000, 20, 50)
    atexit.register(gc.freeze)

    from candid_assets.commands.run_progress import TerminalProgress, show
    from candid_assets.orchestration.run_refresh import How, RefreshError, refresh
    from candid_assets.orchestration.sample_evidence import watched

    settings = prepare_environment()
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    try:
        with watched(settings, whole=not workbooks and not tabs) as seen:
            with TerminalProgress(console) as progress:
                record = refresh(
                    settings,
                    workbooks,
                    tabs,
                    definitions=definitions,
                    how=How(**how),
                    progress=progress,
                )
            seen.record = record
    except RefreshError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(error.exit_code)
    show(console, record)
    if as_json and record.summary:
        click.echo(json.dumps(asdict(record.summary), ensure_ascii=False))
    sys.exit(0 if record.succeeded else 1)


def definitions() -> "dg.Definitions":
    """Return the code location; loading it costs a second, which a refresh without news saves."""
    from candid_assets.definitions import defs

    return defs
