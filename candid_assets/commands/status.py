"""`candid status`."""

import json
import sys

import click
from rich.console import Console

from candid_assets.environment import prepare_environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def status(as_json: bool) -> None:
    """Show on one screen what is fresh, what failed, what runs, and which cells to mend.

    Workbooks against what their contracts promise, the newest runs, checks, quarantine, holds,
    alerts, what the daemon last did and, in production, what is deployed and who applied it.
    Needs neither webserver nor daemon. Exits with 1 if something failed in the last refresh, or
    nothing is published.

    \b
    candid status
    candid status --json
    """
    from datetime import UTC, datetime

    from candid_assets.monitoring.status import gather
    from candid_assets.monitoring.status_screen import show

    settings, now = prepare_environment(), datetime.now(UTC)
    found = gather(settings, now)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        show(Console(highlight=False), found, now)
    sys.exit(1 if found["failures"] or found["unread"] else 0)
