"""`candid run`."""

import atexit
import gc
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from candid_assets.commands.complete_names import tab_names, workbook_names
from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError
from candid_assets.garbage_collection import expect_lasting_objects
from candid_assets.process_limits import require_room
from candid_assets.settings import Settings

if TYPE_CHECKING:
    from candid_assets.contracts.catalog import Severity
    from candid_assets.refresh.record import Record
    from candid_assets.warehouse.check_results import CheckResult


@click.command()
@click.option(
    "--workbook",
    "-w",
    "workbooks",
    multiple=True,
    metavar="W",
    shell_complete=workbook_names,
    help="Only this one.",
)
@click.option(
    "--tab",
    "-t",
    "tabs",
    multiple=True,
    metavar="T",
    shell_complete=tab_names,
    help="Only this workbook__tab.",
)
@click.option("--force", is_flag=True, help="Read and build everything again.")
@click.option("--read-all", is_flag=True, help="Read every workbook, build where cells changed.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning")),
    default="error",
    show_default=True,
    help="From which severity on a failed check makes the exit code 1.",
)
@click.option("--accept-loss", is_flag=True, help="Take tabs that lost most of their rows.")
@with_output()
def run(
    output: Output,
    workbooks: tuple[str, ...],
    tabs: tuple[str, ...],
    *,
    fail_on: "Severity",
    **how: bool,
) -> Result:
    """Refresh from Sheets to the published snapshot.

    Reads only the workbooks that changed and builds only what depends on them. Exits with 0 where
    nothing failed; with 1 where something could not be refreshed or a check of severity error
    failed, whether it holds its table back or not, of this run or, without -w and -t, of an
    earlier one that nothing corrected; with 2 for a name that is not known.

    \b
    candid run
    candid run --workbook sales_master --workbook skd_control
    candid run --tab coreos__products --json
    candid run --fail-on warning
    candid run --tab coreos__products --accept-loss
    """
    require_room()
    expect_lasting_objects()
    # Nor are they looked through once more at exit.
    atexit.register(gc.freeze)

    from candid_assets.orchestration.run_refresh import How, refresh
    from candid_assets.orchestration.sample_evidence import watched
    from candid_assets.reports.run_screen import TerminalProgress, show

    output.header()
    settings = output.settings
    require_workbooks(settings)
    with watched(settings, whole=not workbooks and not tabs) as seen:
        with TerminalProgress(output.progress) as progress:
            record = refresh(
                settings,
                workbooks,
                tabs,
                how=How(**how),
                progress=progress,
            )
        seen.record = record
    failed = {(c.relation, c.name): c for c in record.checks if not c.passed}
    if not workbooks and not tabs:
        judged = {(c.relation, c.name) for c in record.checks}
        earlier = _failing_before(settings, record)
        failed |= {key: c for c in earlier if (key := (c.relation, c.name)) not in judged}
    failing = list(failed.values())
    show(output.console, record, failing)
    decisive = {"error"} if fail_on == "error" else {"error", "warning"}
    is_good = record.succeeded and not any(check.severity in decisive for check in failing)
    return record.summary and asdict(record.summary), 0 if is_good else 1


def _failing_before(settings: Settings, record: "Record") -> "list[CheckResult]":
    """Return the checks that fail in what is published.

    A snapshot that cannot be read has none to tell where this run says why it could not replace it.
    """
    from candid_assets.warehouse.errors import WarehouseError
    from candid_assets.warehouse.read_published import standing_failures

    try:
        return standing_failures(settings.published_file)
    except WarehouseError:
        if record.succeeded:
            raise
        return []


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
