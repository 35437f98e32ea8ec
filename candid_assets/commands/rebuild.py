"""`candid rebuild`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output

SHOWN = 20


@click.command()
@click.option("--as-of", "as_of", required=True, metavar="WHEN", help="A moment or a run id.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@with_output()
def rebuild(output: Output, as_of: str, into: Path | None) -> Result:
    """Build what was published at a moment again, in a separate DuckDB file.

    The extracts and the catalog that were recorded then are used, whatever changed since, and
    every table is compared with the one published then. WHEN is in Asia/Jakarta unless it has an
    offset; a date means the end of that day. Exits with 0 only if every table is identical.

    \b
    candid rebuild --as-of 2026-11-24
    candid rebuild --as-of "2 hours ago" --into /tmp/then.duckdb
    candid rebuild --as-of ac4a546c --json
    """
    from candid_assets.history.moments import clock
    from candid_assets.history.rebuild import rebuild as build_again

    output.header()
    done = build_again(output.settings, as_of, into, datetime.now(UTC), None)
    published = done.publication
    when = clock(published.published_at)
    output.print(f"publication {published.publication} of {when}, run {published.run_id}")
    for difference in done.differences[:SHOWN]:
        output.print(f"✗ {difference.table}: {difference.reason}", style="red")
    if len(done.differences) > SHOWN:
        output.print(f"  and {len(done.differences) - SHOWN} more; --json names all")
    verdict = "identical" if done.is_identical else f"{len(done.differences)} tables differ"
    output.print(f"{done.identical} of {done.tables} tables identical: {verdict}\n{done.file}")
    return done.facts(), 0 if done.is_identical else 1
