"""`candid docs`: writes the generated pages, or says which are stale."""

from pathlib import Path

import click

from candid_assets.contracts.load import load_catalog
from candid_assets.documents.build import (
    build_documents,
    stale_documents,
    write_documents,
    written_documents,
)
from candid_assets.settings import Settings, project_dir


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
def build(into: Path, check: bool) -> None:
    """Write a page for each workbook and spoke, the metrics, diagrams and the glossary.

    \b
    candid docs build
    candid docs build --check
    candid docs build --into /tmp/docs
    """
    settings = Settings()
    catalog = load_catalog(settings.catalog_dir)
    if catalog.problems:
        click.echo(f"{len(catalog.problems)} problems; see `candid contracts validate`", err=True)
        raise SystemExit(1)
    words = project_dir() / "docs" / "architecture.md"
    written = written_documents(into)
    # The reference belongs to the platform's own pages, not to those of any catalog.
    root = click.get_current_context().find_root().command if words.name in written else None
    commands = root if isinstance(root, click.Group) else None
    pages = build_documents(catalog, words, written, commands)
    if check:
        stale = [name for name, text in pages.items() if _text(into / name) != text]
        stale += [str(path.relative_to(into)) for path in stale_documents(pages, into)]
        for name in stale:
            click.echo(f"{into / name} is stale; run `candid docs build`")
        raise SystemExit(1 if stale else 0)
    changed = write_documents(pages, into)
    click.echo(f"{len(pages)} pages in {into}, {len(changed)} changed")


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
