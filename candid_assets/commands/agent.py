"""`candid agent …`: every command prints one JSON object on stdout; words go to stderr."""

import functools
from collections.abc import Callable
from typing import Any, Final

import click

from candid_assets.agent.graphql import answers, runs
from candid_assets.agent.graphql.client import (
    LOOK_SECONDS,
    PATIENCE_SECONDS,
    UnknownNameError,
    Webserver,
)
from candid_assets.agent.graphql.launch import LaunchOrder, launch_run
from candid_assets.agent.graphql.task_runs import run_of_task
from candid_assets.console import Output, Result, with_output

FAILED: Final = 1
UNFINISHED: Final = 5


@click.group()
def agent() -> None:
    r"""Work through the running webserver's GraphQL.

    The address is CANDID_WEB_URL (http://127.0.0.1:3000), the token CANDID_AGENT_TOKEN or the file
    CANDID_AGENT_TOKEN_FILE. Each command ends with one JSON object on stdout. Exit codes: 0 done,
    1 failed, 2 a name nobody knows, 3 no answer, 4 refused, 5 still running.

    \b
    candid agent launch refresh_sales_master --task T-12 --wait
    candid agent status
    candid agent checks --failed
    """


def _asks(patience: float) -> Callable[[Callable[..., Result]], Callable[..., None]]:
    """Give a command the webserver; it always prints its result as JSON."""

    def decorate(work: Callable[..., Result]) -> Callable[..., None]:
        @functools.wraps(work)
        @click.option(
            "--patience",
            type=click.FloatRange(0),
            default=patience,
            show_default=True,
            help="Seconds for which a lost connection is tried again.",
        )
        @with_output(json="always", anywhere=True)
        def command(output: Output, patience: float, **options: Any) -> Result:
            output.header(output.settings.web_url)
            return work(Webserver(output.settings, patience, output.print), **options)

        return command

    return decorate


@agent.command()
@click.argument("job", default="refresh_all")
@click.option("--asset", "-a", "assets", multiple=True, metavar="A", help="Only this layer.table.")
@click.option("--task", metavar="T", help="The task it is for; the same task runs once.")
@click.option("--requested-by", default="data-eng", show_default=True, help="Who asks for it.")
@click.option("--tag", "tags", multiple=True, metavar="K=V", help="A further tag of the run.")
@click.option("--again", is_flag=True, help="Run a task once more that already ran.")
@click.option("--wait", "waits", is_flag=True, help="Wait for the end, with progress.")
@click.option("--timeout", type=float, help="Wait for so many seconds at most.")
@_asks(PATIENCE_SECONDS)
def launch(  # noqa: PLR0913 - each option is one parameter
    web: Webserver,
    job: str,
    assets: tuple[str, ...],
    task: str | None,
    requested_by: str,
    tags: tuple[str, ...],
    again: bool,
    waits: bool,
    timeout: float | None,
) -> Result:
    r"""Launch JOB (refresh_all), or only some of its assets.

    \b
    candid agent launch
    candid agent launch refresh_skd_control --task T-12 --wait
    candid agent launch -a clean.coreos__products -a ready.dim_product --wait --timeout 300
    """
    for tag in tags:
        if "=" not in tag:
            raise click.BadParameter(f"{tag!r} is no key=value", param_hint="--tag")
    pairs = dict(tag.split("=", 1) for tag in tags)
    order = LaunchOrder(job, assets, task, requested_by, again, pairs)
    run = launch_run(web, order)
    if not waits:
        return run, 0
    ended, code = _wait(web, run["run_id"], timeout)
    return run | ended, code


@agent.command()
@click.argument("run_id", metavar="RUN", required=False)
@click.option("--task", metavar="T", help="The run of this task.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="So many of the newest runs.",
)
@_asks(LOOK_SECONDS)
def status(web: Webserver, run_id: str | None, task: str | None, limit: int) -> Result:
    """Show a run, the run of a task, or the webserver's health and newest runs.

    \b
    candid agent status --task T-12
    """
    if run_id:
        return runs.find_run(web, run_id), 0
    if task:
        run = run_of_task(runs.runs_of_task(web, task))
        if run is None:
            raise UnknownNameError(f"task {task} has no run at {web.url}")
        return runs.find_run(web, run["runId"]), 0
    return answers.status(web, limit), 0


@agent.command()
@click.argument("run_id", metavar="RUN")
@click.option("--timeout", type=float, help="Wait for so many seconds at most.")
@_asks(PATIENCE_SECONDS)
def wait(web: Webserver, run_id: str, timeout: float | None) -> Result:
    """Wait for the end of a run; exit 1 if it failed, 5 if it is still at work.

    \b
    candid agent wait ac4a546c-… --timeout 300
    """
    return _wait(web, run_id, timeout)


@agent.command()
@click.argument("run_id", metavar="RUN")
@_asks(LOOK_SECONDS)
def cancel(web: Webserver, run_id: str) -> Result:
    """Cancel a run that is queued or at work.

    \b
    candid agent cancel ac4a546c-…
    """
    return runs.cancel(web, run_id), 0


@agent.command()
@click.argument("assets", nargs=-1, metavar="[TABLE]…")
@click.option("--failed", is_flag=True, help="Only the checks that failed.")
@_asks(LOOK_SECONDS)
def checks(web: Webserver, assets: tuple[str, ...], failed: bool) -> Result:
    """Show the outcome of checks with links to the cells; exit 0 whatever it is.

    \b
    candid agent checks clean.coreos__products --failed
    """
    outcomes = answers.checks(web, assets, failed=failed)
    bad = sum(c["passed"] is False for c in outcomes)
    return {"env": web.settings.env, "failed": bad, "checks": outcomes}, 0


@agent.command()
@click.argument("names", nargs=-1, metavar="[TABLE]…")
@_asks(LOOK_SECONDS)
def assets(web: Webserver, names: tuple[str, ...]) -> Result:
    """Show when tables were built, their rows and whether they are stale.

    \b
    candid agent assets ready.fct_invoices clean.coreos__products
    """
    return {"env": web.settings.env, "assets": answers.assets(web, names)}, 0


@agent.command()
@click.argument("run_id", metavar="RUN")
@_asks(LOOK_SECONDS)
def report(web: Webserver, run_id: str) -> Result:
    """Show what a run did, what failed and why, and the text of its report.

    \b
    candid agent report ac4a546c-…
    """
    return answers.report(web, run_id), 0


@agent.command()
@click.argument("name")
@click.option("--up/--down", "up", default=True, help="What it is made of, or what hangs on it.")
@_asks(LOOK_SECONDS)
def lineage(web: Webserver, name: str, up: bool) -> Result:
    r"""Show the tables above or below NAME, or the columns a column is made of.

    \b
    candid agent lineage ready.mart_sales_monthly
    candid agent lineage clean.coreos__products --down
    candid agent lineage ready.mart_sales_monthly.net_amount_idr
    """
    return {"env": web.settings.env} | answers.lineage(web, name, up=up), 0


def _wait(web: Webserver, run_id: str, timeout: float | None) -> tuple[dict[str, Any], int]:
    said: list[str] = []

    def progress(run: dict[str, Any]) -> None:
        line = f"{run['job']} {run['run_id'][:8]} {run['status'].lower()}"
        if run["materializations"]:
            line += f", {run['materializations']} assets"
        if line not in said[-1:]:
            said.append(line)
            web.progress(line)

    run = runs.wait(web, run_id, seconds=timeout, progress=progress)
    if run["status"] not in runs.ENDED:
        return run, UNFINISHED
    if run["status"] == "SUCCESS":
        return run, 0
    return answers.report(web, run["run_id"]) | {"text": None}, FAILED
