"""The command line for contracts."""

from pathlib import Path

import click
import orjson

from candid_assets.console import shown
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings


@click.group()
def contracts() -> None:
    """Check what the catalog declares."""


@contracts.command()
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def validate(as_json: bool) -> None:
    """Read every contract and model; exit 1 and name file and line of each problem.

    \b
    candid contracts validate
    CANDID_CATALOG_DIR=~/catalog candid contracts validate --json
    """
    catalog = load_catalog(Settings().catalog_dir)
    if as_json:
        click.echo(orjson.dumps(_as_json(catalog)).decode())
    else:
        _print(catalog)
    if catalog.problems:
        raise SystemExit(1)


@contracts.command()
@click.option("--odcs", is_flag=True, required=True, help="As ODCS v3.2 documents.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Folder to write them to."
)
def export(odcs: bool, into: Path | None) -> None:
    """Write the catalog as complete documents: one for each workbook and each ready spoke.

    Without --into they go to stdout, one after another. Other tools of the standard read them,
    such as `datacontract lint`.

    \b
    candid contracts export --odcs --into /tmp/contracts
    candid contracts export --odcs > all.yaml
    """
    from candid_assets.contracts.odcs_export import odcs_documents

    catalog = load_catalog(Settings().catalog_dir)
    if catalog.problems:
        _print(catalog)
        raise SystemExit(1)
    documents = odcs_documents(catalog)
    if into is None:
        click.echo("---\n".join(documents.values()), nl=False)
        return
    into.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (into / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(documents)} documents in {into}")


def _counts(catalog: Catalog) -> dict[str, int]:
    """Return how much the catalog declares."""
    return {
        "workbooks": len(catalog.workbooks),
        "tabs": len(catalog.tabs),
        "columns": sum(len(tab.columns) for tab in catalog.tabs),
        "models": len(catalog.models),
    }


def _as_json(catalog: Catalog) -> dict[str, object]:
    """Return counts and problems as plain values."""
    problems = [
        {"path": shown(p.path), "line": p.line, "message": p.message, "fix": p.fix}
        for p in catalog.problems
    ]
    return {**_counts(catalog), "problems": problems}


def _print(catalog: Catalog) -> None:
    """Print each problem in a line of its own, or the counts where there is none."""
    for problem in catalog.problems:
        click.echo(f"{shown(problem.path)}:{problem.line}: {problem.message}; {problem.fix}")
    if catalog.problems:
        click.echo(f"{len(catalog.problems)} problems in {shown(catalog.root)}", err=True)
        return
    click.echo(", ".join(f"{count} {what}" for what, count in _counts(catalog).items()))
