"""`candid lineage`: from a column to the sheets, or from a header to all that hangs on it."""

from collections.abc import Iterator
from typing import Any

import click

from candid_assets.commands.complete_names import table_names
from candid_assets.console import Output, Result, with_output
from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.addresses import parse_address
from candid_assets.lineage.answers import column_answer, column_tree, table_answer, table_tree
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.sheet_places import open_places
from candid_assets.source_kinds.registry import SOURCES


@click.command()
@click.argument("name", shell_complete=table_names)
@click.option("--up/--down", "up", default=None, help="To the sources, or to all that hangs on it.")
@with_output(anywhere=True)
def lineage(output: Output, name: str, up: bool | None) -> Result:
    """Follow NAME, a table or column, to the sheets it comes from or to what hangs on it.

    A ready or clean column is followed up by default, a sheet's header down: what a change of
    that header would reach. Needs no warehouse; with one, headers come with their letter.

    \b
    candid lineage ready.mart_sales_monthly.net_amount_idr
    candid lineage "sheets/coreos__products.Kode SKU"
    candid lineage ready.fct_invoices --down --json
    """
    settings = output.settings
    output.header(f"catalog {settings.catalog_dir}", always=False)
    graph = CatalogLineage(load_catalog(settings.catalog_dir))
    start = parse_address(graph, name)
    upwards = start[0] not in SOURCES if up is None else up
    if not isinstance(start, ColumnRef):
        output.show(table_tree(graph, start, up=upwards))
        return table_answer(graph, start, up=upwards), 0
    with open_places(settings.published_file, graph.tabs) as places:
        answer = column_answer(graph, start, up=upwards, places=places)
    output.show(column_tree(answer))
    for line in _notes(answer):
        output.show(line)
    return answer, 0


def _notes(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what the tree does not show: what decides rows, or whose rows are decided."""
    if answer["direction"] == "up":
        if answer["rows"]:
            yield f"rows are decided by {', '.join(answer['rows'])}"
        if not answer["exact"]:
            yield "a model's SQL could not be followed: all of its inputs' columns stand"
        return
    tables = {c.rpartition(".")[0] for c in answer["columns"]}
    yield f"{len(answer['columns'])} columns of {len(tables)} tables are computed from it"
    if answer["rows_of"]:
        yield f"it decides the rows of {', '.join(answer['rows_of'])}"
    yield f"{len(answer['reached'])} tables may change with it"
    if answer["metrics"]:
        yield f"{len(answer['metrics'])} metrics: {', '.join(answer['metrics'])}"
