"""`candid explain`: the rows of the sheets behind a row of a table, with links to their cells."""

import json
import sys

import click
from rich.console import Console

from candid_assets.contracts.load import load_catalog
from candid_assets.errors import CandidError
from candid_assets.lineage.addresses import parse_address, parse_table
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.explain import explain, lines
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.database import environment_of, open_published

SHOWN = 5


@click.command("explain")
@click.argument("table")
@click.option("--where", required=True, metavar="SQL", help="Which rows, as a condition in SQL.")
@click.option("--column", "-c", "columns", multiple=True, metavar="C", help="Only this column.")
@click.option("--limit", default=3, show_default=True, help="How many rows to explain at most.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout, with every cell.")
def explain_command(
    table: str, where: str, columns: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Show the sheet rows that a row of TABLE came from, with links that open their cells.

    Rows are followed through joins, filters and groups of every model. What a table is reached by
    only as a whole is said: a subquery in a filter, a semi join, a window function.

    \b
    candid explain ready.fct_invoices --where "invoice_id = 'INV-2025-00001'"
    candid explain ready.mart_batch_yield --where "yield_pct < 0.8" --column yield_pct --json
    """
    settings = Settings()
    console = Console(highlight=False, soft_wrap=True)
    graph = CatalogLineage(load_catalog(settings.catalog_dir))
    try:
        found = parse_table(graph, table)
        if found[0] in SOURCES:
            raise LineageError(f"{table!r} is a source; give a clean or ready table")
        for column in columns:
            parse_address(graph, f"{found[0]}.{found[1]}.{column}")
        with open_published(settings.published_file) as connection:
            if not as_json:
                env = environment_of(connection)
                console.print(f"candid · environment [bold]{env}[/] · published snapshot")
            answer = explain(connection, graph, found, where, columns=columns, limit=limit)
    except CandidError as error:
        _complain(error, error.exit_code)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
        return
    for line in lines(answer, SHOWN):
        console.print(line, markup=False)
    if not answer["rows"]:
        console.print("no row matches")


def _complain(error: Exception, code: int) -> None:
    Console(stderr=True, highlight=False).print(f"[red]{error}[/]", soft_wrap=True)
    sys.exit(code)
