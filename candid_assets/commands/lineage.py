"""`candid lineage`: from a column to the sheets, or from a header to all that hangs on it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import click
from rich.console import Console

from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.addresses import parse_address
from candid_assets.lineage.answers import (
    FindPlaces,
    column_answer,
    column_tree,
    table_answer,
    table_tree,
)
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.column_sources import ColumnRef
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.sheet_places import TabPlace, find_places
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError


@click.command()
@click.argument("name")
@click.option("--up/--down", "up", default=None, help="To the sources, or to all that hangs on it.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def lineage(name: str, up: bool | None, as_json: bool) -> None:
    """Follow NAME, a table or column, to the sheets it comes from or to what hangs on it.

    A ready or clean column is followed up by default, a sheet's header down: what a change of
    that header would reach. Needs no warehouse; with one, headers come with their letter.

    \b
    candid lineage ready.mart_sales_monthly.net_amount_idr
    candid lineage "sheets/coreos__products.Kode SKU"
    candid lineage ready.fct_invoices --down --json
    """
    settings = Settings()
    if not as_json:
        click.echo(f"candid · environment {settings.env} · catalog {settings.catalog_dir}")
    graph = CatalogLineage(load_catalog(settings.catalog_dir))
    try:
        found = parse_address(graph, name)
    except LineageError as error:
        Console(stderr=True, highlight=False).print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(2)
    upwards = found[0] not in SOURCES if up is None else up
    console = Console(highlight=False, soft_wrap=True)
    if not isinstance(found, ColumnRef):
        answer = table_answer(graph, found, up=upwards)
        _show(answer, as_json, console)
        if not as_json:
            console.print(table_tree(graph, found, up=upwards))
        return
    with open_places(settings, graph) as places:
        answer = column_answer(graph, found, up=upwards, places=places)
    _show(answer, as_json, console)
    if not as_json:
        console.print(column_tree(answer))
        _notes(console, answer)


def _show(answer: dict[str, Any], as_json: bool, console: Console) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))


def _notes(console: Console, answer: dict[str, Any]) -> None:
    """Print what the tree does not show: what decides rows, or whose rows are decided."""
    if answer["direction"] == "up":
        if answer["rows"]:
            console.print(f"rows are decided by {', '.join(answer['rows'])}", markup=False)
        if not answer["exact"]:
            console.print("a model's SQL could not be followed: all of its inputs' columns stand")
        return
    tables = {c.rpartition(".")[0] for c in answer["columns"]}
    console.print(f"{len(answer['columns'])} columns of {len(tables)} tables are computed from it")
    if answer["rows_of"]:
        console.print(f"it decides the rows of {', '.join(answer['rows_of'])}")
    console.print(f"{len(answer['reached'])} tables may change with it")
    if answer["metrics"]:
        console.print(f"{len(answer['metrics'])} metrics: {', '.join(answer['metrics'])}")


@contextmanager
def open_places(settings: Settings, graph: CatalogLineage) -> Iterator[FindPlaces]:
    """Open the published snapshot, where there is one, to tell where columns stand."""
    try:
        opened = open_published(settings.published_file)
        connection = opened.__enter__()
    except WarehouseError:
        yield lambda _: ()
        return
    try:

        @cache
        def places(table: str) -> tuple[TabPlace, ...]:
            return find_places(connection, graph.tabs[table])

        yield places
    finally:
        opened.__exit__(None, None, None)
