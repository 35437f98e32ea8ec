"""`candid restore`; in production only what people signed for."""

from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Rename the data that is there, instead of refusing.")
@with_output()
def restore(output: Output, file: Path, replace: bool) -> Result:
    """Put the environment back as a backup holds it.

    Stop `candid serve` first. Every file is compared with the hash that was kept; nothing is
    touched where one differs. Data that stands there is renamed and never deleted.

    \b
    candid restore data/backups/sample-20261125-120000.tar.gz
    CANDID_ENV=production candid restore /mnt/backups/monday.tar.gz --replace
    """
    from candid_assets.deployment.restore_plan import require_restorable
    from candid_assets.gate.content import Installation
    from candid_assets.gate.production import PRODUCTION
    from candid_assets.maintenance.restore import restore as restore_backup
    from candid_assets.monitoring.history_place import shared_place

    output.header()
    settings = output.settings
    if settings.env == PRODUCTION:
        require_restorable(Installation.of(settings), file)
    with output.console.status("comparing and unpacking"):
        done = restore_backup(file.resolve(), settings.data_dir, settings.env, replace=replace)
    output.print(f"{done.backup.files:,} files of {done.made_at} are in {settings.data_dir}")
    if done.former:
        output.print(f"what was there is now {done.former}")
    if (place := shared_place(settings)) is not None:
        output.note(f"Dagster's history in {place} stays as it is")
    facts = {"env": settings.env, "made_at": done.made_at, "files": done.backup.files}
    return facts | {"former": str(done.former) if done.former else None}, 0
