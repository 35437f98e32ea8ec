"""`candid backup`."""

from datetime import datetime
from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.settings import ZONE


@click.command()
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@with_output()
def backup(output: Output, into: Path | None) -> Result:
    """Keep the whole environment in one file.

    Warehouse, published snapshot, landing, catalogs, reports and Dagster's history, as they are
    at one moment between two refreshes; webserver and daemon may run. Readable by its owner only.
    A history in PostgreSQL (CANDID_HISTORY_URL) is kept by PostgreSQL's own means.

    \b
    candid backup
    candid backup --into /mnt/backups/monday.tar.gz
    """
    from candid_assets.maintenance.backup import back_up
    from candid_assets.monitoring.history_place import shared_place

    output.header()
    settings = output.settings
    name = f"{settings.env}-{datetime.now(ZONE):%Y%m%d-%H%M%S}.tar.gz"
    target = (into or settings.data_root / "backups" / name).resolve()
    with output.console.status("copying"):
        made = back_up(settings.data_dir, settings.env, target)
    size = made.file.stat().st_size
    output.print(
        f"{made.files:,} files, {made.bytes / 1e6:,.0f} MB, in {size / 1e6:,.0f} MB: {made.file}"
    )
    output.print(f"restore it with: candid restore {made.file}")
    if (place := shared_place(settings)) is not None:
        output.note(f"Dagster's history in {place} is no part of it: keep that with pg_dump")
    facts = {"env": settings.env, "file": str(made.file), "files": made.files}
    return facts | {"bytes": made.bytes, "compressed_bytes": size}, 0
