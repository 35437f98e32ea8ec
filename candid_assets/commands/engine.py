"""`candid engine`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError

if TYPE_CHECKING:
    from candid_assets.contracts.catalog import Catalog, Model


@click.group()
def engine() -> None:
    """What computes tables: this process, or the cluster of CANDID_ENGINE_URL."""


@engine.command()
@click.option("--tables", multiple=True, metavar="NAME", help="Only this ready table; repeatable.")
@with_output()
def compare(output: Output, tables: tuple[str, ...]) -> Result:
    r"""Build ready tables here and on the cluster, and list the cells that differ.

    Nothing is replaced or published. Exits with 1 where a cell differs or a table cannot be
    built on the cluster.

    \b
    candid engine compare
    candid engine compare --tables fct_order_lines --json
    """
    from candid_assets.contracts.load import load_catalog
    from candid_assets.engines.compare import compared
    from candid_assets.engines.spark_models import SparkModels
    from candid_assets.orchestration.open_warehouse import open_warehouse
    from candid_assets.warehouse.builds import table_states

    settings = output.settings
    if settings.engine_url is None:
        message = "CANDID_ENGINE_URL names no cluster to compare with"
        raise CandidError(message, "set it, such as CANDID_ENGINE_URL=sc://host:15002")
    chosen = _chosen(load_catalog(settings.catalog_dir), tables)
    output.header()
    results = []
    with open_warehouse(settings) as connection:
        states = table_states(connection)
        for table in compared(connection, chosen, states, SparkModels(settings)):
            results.append(table)
            mark, style = ("✓", None) if table.is_equal else ("✗", "red")
            what = table.error or f"{table.rows:,} rows, {len(table.cells)} cells differ"
            output.print(f"{mark} {table.table}: {what}", style=style)
            for cell in table.cells:
                output.print(f"    {cell.row} {cell.column}: {cell.here} here, {cell.there} there")
    equal = sum(table.is_equal for table in results)
    output.print(f"{equal} of {len(results)} equal")
    facts = {"tables": [asdict(table) for table in results], "equal": equal}
    return facts, 0 if equal == len(results) else 1


@engine.command()
@click.option("--tables", multiple=True, metavar="NAME", help="Only this ready table; repeatable.")
@with_output(anywhere=True)
def check(output: Output, tables: tuple[str, ...]) -> Result:
    r"""List what the cluster could not compute in models, with what to write instead.

    Reads the models' files only and needs no cluster. Exits with 1 where a model could not go
    there; `candid contracts validate` refuses that of a model which declares `engine: spark`.

    \b
    candid engine check
    candid engine check --tables fct_order_lines --json
    """
    from candid_assets.commands.problem_lines import problem_facts, problem_line
    from candid_assets.contracts.load import load_catalog
    from candid_assets.engines.model_check import unfit_parts

    catalog = load_catalog(output.settings.catalog_dir)
    by_name = {model.name: unfit_parts(catalog, model) for model in _chosen(catalog, tables)}
    unfit = {name: problems for name, problems in by_name.items() if problems}
    for problem in (problem for problems in unfit.values() for problem in problems):
        output.print(problem_line(problem))
    fit = len(by_name) - len(unfit)
    output.print(f"{fit} of {len(by_name)} models can go to a cluster")
    facts = {
        "tables": [
            {"table": f"ready.{name}", "problems": [problem_facts(p) for p in problems]}
            for name, problems in by_name.items()
        ],
        "fit": fit,
    }
    return facts, 1 if unfit else 0


def _chosen(catalog: "Catalog", tables: Sequence[str]) -> "list[Model]":
    """Return the models of the named ready tables, of all where none is named.

    Raises:
        CandidError: No model makes a named table.
    """
    from candid_assets.near_names import hint

    models = {model.name: model for model in catalog.models}
    names = [name.removeprefix("ready.") for name in tables]
    for name in names:
        if name not in models:
            raise CandidError(f"no model makes ready.{name}{hint(name, models)}")
    return [models[name] for name in names] if names else list(models.values())
