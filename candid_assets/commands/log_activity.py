"""`candid log-activity`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command("log-activity", context_settings={"ignore_unknown_options": True})
@click.argument("task")
@click.argument("status")
@click.argument("agent")
@click.argument("description")
@with_output(json="never")
def log_activity(output: Output, task: str, status: str, agent: str, description: str) -> Result:
    """Append one entry to the activity log.

    The log is data/<env>/activity.jsonl, one JSON object a line; CANDID_LOG_COMMAND names another
    command that gets the same four arguments.

    \b
    candid log-activity T-12 done data-eng "Refreshed Sales_MASTER"
    CANDID_LOG_COMMAND="python log_activity.py" candid log-activity T-12 done data-eng "…"
    """
    from candid_assets.agent.activity_log import Activity, log

    if not all(map(str.strip, (task, status, agent))):
        raise click.UsageError("TASK, STATUS and AGENT each say something")
    settings = output.settings
    log(
        settings,
        Activity(task, status, agent, description),
        progress=lambda text: output.note(text, "yellow"),
    )
    where = settings.log_command or settings.activity_file
    output.header(f"{task} logged with {where}")
    return None, 0
