"""`candid status`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@with_output()
def status(output: Output) -> Result:
    """Show on one screen what is fresh, what failed, what runs, and which cells to correct.

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

    now = datetime.now(UTC)
    facts = gather(output.settings, now)
    output.header(f"last refresh {facts['last_run'] or 'never'}", facts["env"], always=False)
    if not output.as_json:
        show(output.console, facts, now)
    return facts, 1 if facts["failures"] or facts["unread"] else 0
