"""`candid run`."""

import atexit
import gc
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError
from candid_assets.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


@click.command()
@click.option("--workbook", "-w", "workbooks", multiple=True, metavar="W", help="Only this one.")
@click.option("--tab", "-t", "tabs", multiple=True, metavar="T", help="Only this workbook__tab.")
@click.option("--force", is_flag=True, help="Read and build everything again.")
@click.option("--read-all", is_flag=True, help="Read every workbook, build where cells changed.")
@click.option("--accept-loss", is_flag=True, help="Take tabs that lost most of their rows.")
@with_output()
def run(output: Output, workbooks: tuple[str, ...], tabs: tuple[str, ...], **how: bool) -> Result:
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

    from candid_assets.orchestration.run_refresh import How, refresh
    from candid_assets.orchestration.sample_evidence import watched
    from candid_assets.reports.run_screen import TerminalProgress, show

    output.header()
    settings = output.settings
    require_workbooks(settings)
    with watched(settings, whole=not workbooks and not tabs) as seen:
        with TerminalProgress(output.console) as progress:
            record = refresh(
                settings,
                workbooks,
                tabs,
                definitions=definitions,
                how=How(**how),
                progress=progress,
            )
        seen.record = record
    show(output.console, record)
    return record.summary and asdict(record.summary), 0 if record.succeeded else 1


def require_workbooks(settings: Settings) -> None:
    """Refuse to refresh a catalog in which nothing is described.

    Raises:
        CandidError: It has no folder of workbooks, or none in it.
    """
    if not any(settings.catalog_dir.glob("workbooks/*/contract.yaml")):
        raise CandidError(
            f"the catalog {settings.catalog_dir} describes no workbook: nothing to read",
            "describe one with `candid discover SOURCE --workbook NAME`, or unset"
            " CANDID_CATALOG_DIR for the sample company",
            exit_code=2,
        )


def definitions() -> "dg.Definitions":
    """Return the code location; a refresh that changes nothing does without this second."""
    from candid_assets.definitions import defs

    return defs
