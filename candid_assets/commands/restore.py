"""`candid restore`; in production only what people signed for."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from candid_assets.deployment.restore_plan import require_restorable
from candid_assets.environment import prepare_environment
from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION
from candid_assets.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put data that stands there aside, beside it.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Put the environment back as a backup holds it.

    Stop `candid serve` first. Every file is compared with the hash that was kept; nothing is
    touched where one differs. Data that stands there is renamed and never deleted.

    \b
    candid restore data/backups/sample-20261125-120000.tar.gz
    CANDID_ENV=production candid restore /mnt/backups/monday.tar.gz --replace
    """
    from candid_assets.maintenance.backup import BackupError
    from candid_assets.maintenance.restore import restore as take_back

    settings = prepare_environment()
    if settings.env == PRODUCTION:
        try:
            require_restorable(Installation.of(settings), file)
        except GateError as error:
            raise click.ClickException(f"refused: {error.message}\n  next: {error.fix}") from error
    console = _opened(settings, as_json)
    try:
        with console.status("comparing and unpacking"):
            done = take_back(file.resolve(), settings.data_dir, settings.env, replace=replace)
    except BackupError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    console.print(
        f"{done.backup.files:,} files of {done.made_at} stand in {settings.data_dir}",
        soft_wrap=True,
    )
    if done.former:
        console.print(f"what stood there is now {done.former}", soft_wrap=True)
    if as_json:
        told = {"env": settings.env, "made_at": done.made_at, "files": done.backup.files}
        click.echo(json.dumps(told | {"former": str(done.former) if done.former else None}))


def _opened(settings: Settings, as_json: bool) -> Console:
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    return console
