"""`candid explain`: the rows of the sheets behind a row of a table, with links to their cells."""

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.addresses import parse_address, parse_table
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.explain import explain as rows_behind
from candid_assets.lineage.explain import lines
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.versions import environment_of

SHOWN = 5


@click.command()
@click.argument("table")
@click.option("--where", required=True, metavar="SQL", help="Which rows, as a condition in SQL.")
@click.option("--column", "-c", "columns", multiple=True, metavar="C", help="Only this column.")
@click.option("--limit", default=3, show_default=True, help="How many rows to explain at most.")
@with_output()
def explain(output: Output, table: str, where: str, columns: tuple[str, ...], limit: int) -> Result:
    """Show the sheet rows that a row of TABLE came from, with links that open their cells.

    Rows are followed through joins, filters and groups of every model. What a table is reached by
    only as a whole is said: a subquery in a filter, a semi join, a window function.

    \b
    candid explain ready.fct_invoices --where "invoice_id = 'INV-2025-00001'"
    candid explain ready.mart_batch_yield --where "yield_pct < 0.8" --column yield_pct --json
    """
    graph = CatalogLineage(load_catalog(output.settings.catalog_dir))
    layer, name = parse_table(graph, table)
    for column in columns:
        parse_address(graph, f"{layer}.{name}.{column}")
    with open_published(output.settings.published_file) as connection:
        output.header("published snapshot", environment_of(connection), always=False)
        answer = rows_behind(connection, graph, (layer, name), where, columns=columns, limit=limit)
    for line in lines(answer, SHOWN):
        output.show(line)
    if not answer["rows"]:
        output.print("no row matches")
    return answer, 0
