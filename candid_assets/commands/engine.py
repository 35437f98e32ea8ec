"""`candid engine`."""

from dataclasses import asdict

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError


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
    from candid_assets.near_names import nearest
    from candid_assets.orchestration.open_warehouse import open_warehouse
    from candid_assets.warehouse.builds import table_states

    settings = output.settings
    if settings.engine_url is None:
        message = "CANDID_ENGINE_URL names no cluster to compare with"
        raise CandidError(message, "set it, such as CANDID_ENGINE_URL=sc://host:15002")
    models = {model.name: model for model in load_catalog(settings.catalog_dir).models}
    names = [name.removeprefix("ready.") for name in tables]
    for name in names:
        if name not in models:
            fix = f"the nearest is {nearest(name, models)!r}"
            raise CandidError(f"no model makes ready.{name}", fix)
    output.header()
    results = []
    chosen = [models[name] for name in names] if names else list(models.values())
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
