"""`candid init`."""

from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.project_files import write_project


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@with_output(json="never", anywhere=True)
def init(output: Output, folder: Path) -> Result:
    r"""Make a project folder: catalog, Dagster's configuration, an example of `.env`.

    Files that are there already stay as they are. Data, history and reports go to DIR/data.

    \b
    candid init candid-data && cd candid-data
    candid run                                    # on the sample company
    candid discover 1AbC…xyz --workbook sales_2025
    """
    written = write_project(folder)
    for path in written:
        output.print(f"wrote {path}")
    if not written:
        output.print(f"{folder} is a project already; nothing was written")
    output.print(f"next:  cd {folder} && candid run")
    return None, 0
