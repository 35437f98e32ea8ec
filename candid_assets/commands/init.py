"""`candid init`."""

from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.contracts.file_schemas import FOLDER, write_schemas
from candid_assets.project_files import write_project

_LISTED = 20
"""How many files are named one by one."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--sample", is_flag=True, help="With the sample company's catalog, to change it.")
@with_output(json="never", anywhere=True)
def init(output: Output, folder: Path, sample: bool) -> Result:
    r"""Make a project folder: catalog, Dagster's configuration, an example of `.env`.

    Files that are there already stay as they are. Data, history and reports go to DIR/data.
    `--sample` copies the sample company's contracts, models and metrics into it, as something to
    try one's own models and metrics on.

    \b
    candid init candid-data && cd candid-data
    candid init --sample /tmp/trial
    candid run                                    # on the sample company
    candid discover 1AbC…xyz --workbook sales_2025
    """
    written = write_project(folder, sample=sample)
    written += write_schemas(folder / "catalog" / FOLDER)
    for path in written if len(written) <= _LISTED else ():
        output.print(f"wrote {path}")
    if len(written) > _LISTED:
        output.print(f"wrote {len(written)} files into {folder}")
    if not written:
        output.print(f"{folder} is a project already; nothing was written")
    output.print(f"next:  cd {folder} && candid run")
    return None, 0
