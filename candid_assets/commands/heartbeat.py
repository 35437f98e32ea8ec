"""`candid heartbeat`."""

import signal
import threading
from dataclasses import asdict
from pathlib import Path

import click

from candid_assets.agent.heartbeat.beat import Beat, Heart
from candid_assets.agent.tasks.tasks_file import TasksFile
from candid_assets.console import Output, Result, with_output
from candid_assets.error_output import show_error
from candid_assets.errors import CandidError


@click.command()
@click.option(
    "--tasks",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("tasks.md"),
    show_default=True,
    help="The Markdown file of tasks.",
)
@click.option("--agent", required=True, metavar="NAME", help="Whose tasks are taken.")
@click.option("--once", is_flag=True, help="Beat once; what happens without --interval.")
@click.option("--interval", type=click.FloatRange(min=1), metavar="S", help="Beat every S seconds.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and change nothing.")
@click.option(
    "--create-tasks/--no-create-tasks",
    "creates",
    default=True,
    help="A task for gas-dev when a source breaks its contract.",
)
@with_output()
def heartbeat(
    output: Output,
    *,
    tasks: Path,
    agent: str,
    once: bool,
    interval: float | None,
    dry_run: bool,
    creates: bool,
) -> Result:
    r"""Work the tasks of an agent that are pending or in progress.

    Takes what it understands whole: refresh, validate, discover, document, report, history,
    lineage of what the catalog names, and `job: NAME` in title or notes; leaves the rest with a
    reason. Marks a task in progress, works through the webserver's GraphQL or else in process,
    writes data/<env>/reports/tasks/<task>.md, logs, and marks it done; what failed is blocked.
    Exit codes: 0 all that was taken is done, 1 something is not, 4 the webserver refuses.

    \b
    candid heartbeat --tasks tasks.md --agent data-eng
    candid heartbeat --tasks tasks.md --agent data-eng --dry-run --json
    candid heartbeat --tasks tasks.md --agent data-eng --interval 300
    """
    if once and interval is not None:
        raise click.UsageError("--once and --interval exclude each other")
    if not agent.strip():
        raise click.BadParameter("name the agent", param_hint="--agent")
    settings = output.settings
    output.header(f"{agent} on {tasks}")
    heart = Heart(settings, TasksFile(tasks, agent, settings.locks_dir), output.note, creates)
    stopped = threading.Event()
    if interval is not None:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stopped.set())
    while True:
        try:
            beat = heart.beat(dry_run=dry_run)
        except CandidError as error:
            if interval is None:
                raise
            show_error(click.get_current_context(), error)
            exit_code = error.exit_code
        else:
            _show(output, beat)
            output.json(asdict(beat))
            exit_code = 0 if beat.succeeded else 1
        if interval is None or stopped.wait(interval):
            return None, exit_code


def _show(output: Output, beat: Beat) -> None:
    for done in beat.tasks:
        output.show(f"{done.verdict:10} {done.task}  {done.title}")
        for line in filter(None, (done.reason, done.report)):
            output.show(f"           {line}")
    for number in beat.created:
        output.show(f"created    {number}  for a source that breaks its contract")
    if beat.unread:
        lines = ", ".join(map(str, beat.unread))
        output.show(f"not read   line {lines}: {beat.agent} is named, in no form of a task")
        output.show(f"           write a task as `- [ ] … @{beat.agent}` or as a row of a table")
    elif not beat.tasks and not beat.created:
        output.show(f"nothing to do for {beat.agent}")
