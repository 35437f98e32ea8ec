"""`candid heartbeat`."""

import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from candid_assets.agent.heartbeat.beat import Beat, Heart
from candid_assets.agent.tasks.tasks_file import TasksFile
from candid_assets.errors import CandidError
from candid_assets.settings import Settings


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
@click.option("--json", "as_json", is_flag=True, help="One JSON object a beat on stdout.")
def heartbeat(
    *,
    tasks: Path,
    agent: str,
    once: bool,
    interval: float | None,
    dry_run: bool,
    creates: bool,
    as_json: bool,
) -> None:
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
    settings = Settings()
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(f"candid · environment {settings.env} · {agent} on {tasks}")
    heart = Heart(settings, TasksFile(tasks, agent, settings.locks_dir), console.print, creates)
    stopped = threading.Event()
    if interval is not None:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stopped.set())
    while True:
        code = _beat(heart, console, dry_run=dry_run, as_json=as_json)
        if interval is None or stopped.wait(interval):
            sys.exit(code)


def _beat(heart: Heart, console: Console, *, dry_run: bool, as_json: bool) -> int:
    try:
        beat = heart.beat(dry_run=dry_run)
    except CandidError as error:
        console.print(str(error), style="red")
        if as_json:
            click.echo(json.dumps({"env": heart.settings.env, "error": str(error)}))
        return error.exit_code
    if as_json:
        click.echo(json.dumps(asdict(beat), ensure_ascii=False))
    else:
        _show(beat)
    return 0 if beat.succeeded else 1


def _show(beat: Beat) -> None:
    for said in beat.tasks:
        click.echo(f"{said.verdict:10} {said.task}  {said.title}")
        if said.reason:
            click.echo(f"           {said.reason}")
        if said.report:
            click.echo(f"           {said.report}")
    for number in beat.created:
        click.echo(f"created    {number}  for a source that breaks its contract")
    if not beat.tasks and not beat.created:
        click.echo(f"nothing to do for {beat.agent}")
