"""`candid docs`: writes the generated pages, or says which are stale."""

from pathlib import Path

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.settings import project_dir


@click.group()
def docs() -> None:
    """Pages about workbooks, spokes, metrics, entities and lineage, from the catalog."""


@docs.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: project_dir() / "docs",
    help="Folder to write to; docs/ of the project by default.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page is stale.")
@with_output(json="never", anywhere=True)
def build(output: Output, into: Path, check: bool) -> Result:
    """Write a page for each workbook and spoke, the metrics, diagrams and the glossary.

    \b
    candid docs build
    candid docs build --check
    candid docs build --into /tmp/docs
    """
    from candid_assets.documents.build import folder_pages, stale_pages, write_documents

    root = click.get_current_context().find_root().command
    commands = root if isinstance(root, click.Group) else None
    pages = folder_pages(output.settings.catalog_dir, into, commands)
    if check:
        stale = stale_pages(pages, into)
        for path in stale:
            output.print(f"{path} is stale; run `candid docs build`")
        return None, 1 if stale else 0
    changed = write_documents(pages, into)
    output.print(f"{len(pages)} pages in {into}, {len(changed)} changed")
    return None, 0
