"""`candid backup`."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from candid_assets.settings import ZONE, Settings


@click.command()
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def backup(into: Path | None, as_json: bool) -> None:
    """Keep the whole environment in one file.

    Warehouse, published snapshot, landing, catalogs, reports and Dagster's history, as they stand
    at one moment between two refreshes; webserver and daemon may run. Readable by its owner only.

    \b
    candid backup
    candid backup --into /mnt/backups/monday.tar.gz
    """
    from candid_assets.maintenance.backup import BackupError, back_up

    settings = Settings()
    console = _opened(settings, as_json)
    now = datetime.now(ZONE)
    name = f"{settings.env}-{now:%Y%m%d-%H%M%S}.tar.gz"
    target = (into or settings.data_root / "backups" / name).resolve()
    try:
        with console.status("copying"):
            made = back_up(settings.data_dir, settings.env, target)
    except BackupError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    size = made.file.stat().st_size
    console.print(
        f"{made.files:,} files, {made.bytes / 1e6:,.0f} MB, in {size / 1e6:,.0f} MB: {made.file}\n"
        f"restore it with: candid restore {made.file}",
        soft_wrap=True,
    )
    if as_json:
        told = {"env": settings.env, "file": str(made.file), "files": made.files}
        click.echo(json.dumps(told | {"bytes": made.bytes, "compressed_bytes": size}))


def _opened(settings: Settings, as_json: bool) -> Console:
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    return console
