"""`candid report`: where the page of a run stands, or the newest one written again."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from candid_assets.errors import CandidError
from candid_assets.settings import Settings


@click.command()
@click.option("--run", "run_id", metavar="ID", help="The page of that run; its first letters do.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def report(run_id: str | None, *, opens: bool, as_json: bool) -> None:
    r"""Write the page of the last refresh again from what is published, or find an earlier one.

    The page is one HTML file that opens without network: metrics with targets and trends, quality
    over time, rows, freshness, the cells to mend.

    \b
    candid report
    candid report --open
    candid report --run 8f14e45f
    """
    settings = Settings()
    console = Console(stderr=True, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · report")
    try:
        path = _earlier(settings, run_id) if run_id else _again(settings)
    except (CandidError, LookupError, OSError) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    click.echo(json.dumps({"env": settings.env, "page": str(path)}) if as_json else str(path))
    if opens:
        click.launch(path.as_uri())


def _again(settings: Settings) -> Path:
    """Write the page of the last refresh with news from the published snapshot."""
    # What draws and what reads the catalog costs half a second; `--help` does without.
    from candid_assets.contracts.load import load_catalog
    from candid_assets.reports.page import RunTold, page_path, write_page
    from candid_assets.warehouse.database import open_published
    from candid_assets.warehouse.refresh_record import recent_runs

    with open_published(settings.published_file) as connection:
        run = next(iter(recent_runs(connection)), None)
        if run is None:
            raise LookupError("no refresh is recorded; run `candid run` first")
        summary = json.loads(run.summary)
        path = page_path(settings.reports_dir / Path(summary["report"]).name)
        catalog = load_catalog(settings.catalog_dir)
        write_page(connection, catalog, RunTold(run.started_at, summary), path)
    return path


def _earlier(settings: Settings, run_id: str) -> Path:
    """Return the page that a run left behind.

    Raises:
        LookupError: There is none; the message names the newest.
    """
    if not run_id.replace("-", "").isalnum():
        raise LookupError(f"{run_id!r} is no run's id; candid run --json and the report show it")
    pages = sorted(settings.reports_dir.glob("*.html"))
    short = run_id[:8]
    found = [p for p in pages if p.stem.rpartition("_")[2].startswith(short)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LookupError(f"{len(found)} runs begin with {run_id!r}; give more of the id")
    newest = ", ".join(p.stem.rpartition("_")[2] for p in pages[-5:]) or "none"
    raise LookupError(
        f"run {run_id!r} left no page in {settings.reports_dir}; the newest: {newest}."
        " `candid report` writes that of the last refresh"
    )
