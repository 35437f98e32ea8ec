"""`candid explain`: the rows of the sheets behind a row or a metric's value, with their cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import click
import duckdb

from candid_assets.console import Output, Result, with_output
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.contracts.metrics.words import Grain
from candid_assets.garbage_collection import expect_lasting_objects
from candid_assets.lineage.addresses import parse_address, parse_table
from candid_assets.lineage.addresses import tables as known_tables
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.explain import explain as rows_behind
from candid_assets.lineage.explain import lines
from candid_assets.lineage.metric_cell_lines import cell_lines
from candid_assets.lineage.metric_cells import (
    MOST_ROWS,
    MetricCells,
    explain_metric,
    last_place,
)
from candid_assets.lineage.metric_rows import MetricPlace
from candid_assets.metrics.lookup import known
from candid_assets.names import METRIC_VALUES
from candid_assets.near_names import hint
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.versions import environment_of

SHOWN = 5
AT_LEAST_1 = click.IntRange(min=1)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which value of a metric is asked for; None takes the usual one."""

    grain: str | None
    period: datetime | None
    by: str
    member: str


@click.command()
@click.argument("table", metavar="TABLE|METRIC")
@click.option("--where", metavar="SQL", help="Which rows of TABLE, as a condition in SQL.")
@click.option("--column", "-c", "columns", multiple=True, metavar="C", help="Only this column.")
@click.option(
    "--limit",
    type=AT_LEAST_1,
    default=3,
    show_default=True,
    help="How many rows to explain at most.",
)
@click.option("--grain", help="Of METRIC: day, week, month, quarter or year.")
@click.option("--period", type=DAY, help="Of METRIC: first day of the period, as YYYY-MM-DD.")
@click.option("--by", default=TOTAL, help="Of METRIC: a dimension; without it the total.")
@click.option("--member", default=TOTAL, help="Of METRIC: a member of the dimension.")
@with_output()
def explain(
    output: Output,
    table: str,
    where: str | None,
    columns: tuple[str, ...],
    limit: int,
    **place: Any,
) -> Result:
    """Show the cells that a row of TABLE, or a value of METRIC, came from, with links to them.

    A value of a metric leads to exactly the rows of its period, member and filter, and it is said
    whether they add up to it; a ratio has those of its numerator and its denominator. Without
    --period the last complete period is taken.

    Rows are followed through joins, filters and groups of every model. What a table is reached by
    only as a whole is said: a subquery in a filter, a semi join, a window function.

    \b
    candid explain net_sales --grain month --period 2025-05-01
    candid explain discount_rate --by product__category --member Sampo
    candid explain ready.fct_invoices --where "invoice_id = 'INV-000001'"
    candid explain ready.mart_batch_yield --where "yield_pct < 0.8" --column yield_pct --json
    """
    expect_lasting_objects()
    graph = CatalogLineage(load_catalog(output.settings.catalog_dir))
    most = MOST_ROWS if output.as_json else SHOWN
    metrics = {metric.name: metric for metric in graph.catalog.registry.metrics}
    with open_published(output.settings.published_file) as connection:
        if table in metrics:
            output.header("published snapshot", environment_of(connection), always=False)
            asked = _place(connection, metrics[table], _Asked(**place))
            return _shown(output, [explain_metric(connection, graph, metrics[table], asked, most)])
        _refuse_unknown(graph, table, metrics)
        layer, name = parse_table(graph, table)
        if where is None:
            raise LineageError(f"which rows of {layer}.{name}?", 'add --where "column = value"')
        for column in columns:
            parse_address(graph, f"{layer}.{name}.{column}")
        output.header("published snapshot", environment_of(connection), always=False)
        if layer == "ready" and (
            name == METRIC_VALUES or name in {m.table for m in metrics.values()}
        ):
            places = _places(connection, name, where, limit)
            answers = [explain_metric(connection, graph, metrics[m], at, most) for m, at in places]
            return _shown(output, answers)
        answer = rows_behind(connection, graph, (layer, name), where, columns=columns, limit=limit)
    for line in lines(answer, SHOWN):
        output.show(line)
    if not answer["rows"]:
        output.print("no row matches")
    return answer, 0


def _refuse_unknown(graph: CatalogLineage, name: str, metrics: Iterable[str]) -> None:
    """Refuse a bare name that neither a metric nor a table has, with those that are like it."""
    tables = {table for _, table in known_tables(graph)}
    if not {".", "/"} & {*name} and name not in tables:
        raise LineageError(f"there is no metric or table {name!r}{hint(name, tables | {*metrics})}")


def _shown(output: Output, answers: Sequence[MetricCells]) -> Result:
    for answer in answers:
        for line in cell_lines(answer, SHOWN):
            output.show(line)
    if not answers:
        output.print("no row matches")
    if not output.as_json:
        return None, 0
    objects = [answer.as_dict() for answer in answers]
    return objects[0] if len(objects) == 1 else objects, 0


def _place(connection: duckdb.DuckDBPyConnection, metric: Metric, asked: _Asked) -> MetricPlace:
    """Return the value that is asked for, by default the last complete month or what there is."""
    usual = "month" if "month" in metric.grains else metric.grains[-1]
    grain = known(asked.grain or usual, metric.grains, f"{metric.name} has no grain")
    known(asked.by, (TOTAL, *metric.dimensions), f"{metric.name} has no dimension")
    chosen = cast("Grain", grain)
    if asked.period is None:
        return last_place(connection, metric, chosen, asked.by, asked.member)
    return MetricPlace(chosen, asked.period.date(), asked.by, asked.member)


def _places(
    connection: duckdb.DuckDBPyConnection, table: str, where: str, limit: int
) -> list[tuple[str, MetricPlace]]:
    """Return the metrics' values that meet a condition, as metric and place."""
    try:
        rows = connection.execute(
            "select metric, grain, period_start, dimension, member"
            f" from ready.{table} where (\n{where}\n) order by all limit ?",
            [limit],
        ).fetchall()
    except duckdb.Error as error:
        raise LineageError(f"--where cannot be evaluated: {str(error).splitlines()[0]}") from error
    return [(metric, MetricPlace(*place)) for metric, *place in rows]
