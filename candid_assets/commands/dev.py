"""`candid dev`."""

import threading
from typing import TYPE_CHECKING

import click

from candid_assets.commands.run import require_workbooks
from candid_assets.console import Output, Result, shown, with_output
from candid_assets.errors import CandidError

if TYPE_CHECKING:
    from candid_assets.orchestration.watch_catalog import BuiltChange


@click.command()
@click.option("--once", is_flag=True, help="Build what is stale now and end.")
@with_output(json="never")
def dev(output: Output, *, once: bool) -> Result:
    r"""Watch the catalog, and validate and rebuild in the sample what was saved.

    Whenever a contract, model or metric is saved, every problem is named as file:line with its fix;
    without one, the tables that it touches and those behind them are built from what `candid run`
    landed, checked and published. Nothing is read from a source, and Dagster's history has only
    the runs of `candid run`. Ends with Ctrl-C.

    \b
    candid dev
    candid dev --once
    """
    settings = output.settings
    if settings.env != "sample":
        raise CandidError(
            f"candid dev builds in the sample only, and this is {settings.env}",
            "unset CANDID_ENV, or validate with `candid contracts validate` and run `candid run`",
            exit_code=2,
        )
    require_workbooks(settings)
    # What builds tables takes seconds to load; `--help` does without.
    from candid_assets.orchestration.watch_catalog import read_ahead, rebuild, saved_changes

    output.header(f"catalog {shown(settings.catalog_dir)}")
    rebuilt = rebuild(settings)
    _show(output, rebuilt)
    if once:
        return None, 1 if rebuilt.failed else 0
    read_ahead(settings)
    output.note("watching; save a file, or end with Ctrl-C")
    for files in saved_changes(settings.catalog_dir, threading.Event()):
        output.print(", ".join(files), style="bold")
        try:
            _show(output, rebuild(settings))
        except CandidError as error:
            output.print(f"  not built: {error}", style="red")
    return None, 0


def _show(output: Output, rebuilt: "BuiltChange") -> None:
    for problem in rebuilt.problems:
        where = f"{shown(problem.path)}:{problem.line}"
        output.print(f"  {where}: {problem.message}; {problem.fix}", style="red")
    for line in rebuilt.lines():
        output.print(f"  {line}")
    output.print(f"  {rebuilt.outcome()} in {rebuilt.seconds:.1f} s", style="dim")
