"""`candid rebuild`: an earlier publication again, in a file of its own."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
from rich.console import Console

from candid_assets.layers.timemachine.moments import JAKARTA, MomentError
from candid_assets.settings import Settings

SHOWN = 20


@click.command()
@click.option("--as-of", "as_of", required=True, metavar="WHEN", help="A moment or a run id.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def rebuild(as_of: str, into: Path | None, as_json: bool) -> None:
    r"""Build what was published at a moment again, in a separate DuckDB file.

    The extracts and the catalog that were recorded then are used, whatever changed since, and
    every table is compared with the one published then. WHEN is in Asia/Jakarta unless it has an
    offset; a date means the end of that day. Exits with 0 only if every table is identical.

    \b
    candid rebuild --as-of 2026-11-24
    candid rebuild --as-of "2 hours ago" --into /tmp/then.duckdb
    candid rebuild --as-of ac4a546c --json
    """
    from candid_assets.layers.timemachine.rebuild import RebuildError
    from candid_assets.layers.timemachine.rebuild import rebuild as build_again

    settings = Settings()
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    try:
        done = build_again(settings, as_of, into, datetime.now(UTC), None)
    except (RebuildError, MomentError, FileNotFoundError, duckdb.Error) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(2 if isinstance(error, MomentError) else 1)
    published = done.publication
    when = f"{published.published_at.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S}"
    console.print(f"publication {published.publication} of {when}, run {published.run_id}")
    for difference in done.differences[:SHOWN]:
        console.print(f"[red]✗ {difference.table}: {difference.reason}[/]", soft_wrap=True)
    if len(done.differences) > SHOWN:
        console.print(f"  and {len(done.differences) - SHOWN} more; --json names all")
    verdict = "identical" if done.is_identical else f"{len(done.differences)} tables differ"
    console.print(f"{done.identical} of {done.tables} tables identical: {verdict}\n{done.file}")
    if as_json:
        told = {
            "env": published.env,
            "publication": published.publication,
            "published_at": published.published_at.astimezone(JAKARTA).isoformat(),
            "run_id": published.run_id,
            "file": str(done.file),
            "tables": done.tables,
            "identical": done.is_identical,
            "differences": [{"table": d.table, "reason": d.reason} for d in done.differences],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(0 if done.is_identical else 1)
