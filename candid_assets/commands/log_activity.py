"""`candid log-activity`."""

import sys

import click
from rich.console import Console

from candid_assets.agent.activity_log import Activity, ActivityError, log
from candid_assets.settings import Settings


@click.command("log-activity", context_settings={"ignore_unknown_options": True})
@click.argument("task")
@click.argument("status")
@click.argument("agent")
@click.argument("description")
def log_activity(task: str, status: str, agent: str, description: str) -> None:
    """Append one entry to the activity log.

    The log is data/<env>/activity.jsonl, one JSON object a line; CANDID_LOG_COMMAND names another
    command that gets the same four arguments.

    \b
    candid log-activity T-12 done data-eng "Refreshed Sales_MASTER"
    CANDID_LOG_COMMAND="python log_activity.py" candid log-activity T-12 done data-eng "…"
    """
    settings = Settings()
    console = Console(stderr=True, highlight=False)
    try:
        log(
            settings,
            Activity(task, status, agent, description),
            progress=lambda text: console.print(text, style="yellow", markup=False, soft_wrap=True),
        )
    except ActivityError as error:
        console.print(f"not logged: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    where = settings.log_command or settings.activity_file
    click.echo(f"candid · environment {settings.env} · {task} logged with {where}")
