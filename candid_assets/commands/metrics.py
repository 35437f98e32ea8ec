"""`candid metrics`: the registry from the catalog, the values from the published snapshot."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from candid_assets.commands.complete_names import metric_names, spoke_names
from candid_assets.console import Output, Result, vertical_option, with_output
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.declarations import TOTAL
from candid_assets.metrics.lookup import (
    Question,
    definition,
    find_metric,
    known,
    last_values,
    lineage,
    summary,
    values,
)
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.read_published import plain_value

_SHOWN = ("period_start", "member", "value", "unit", "target", "status")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def metrics() -> None:
    """What is measured, how it is computed, and what it came to.

    \b
    candid metrics list --spoke sales
    candid metrics show net_sales
    candid metrics query net_sales --grain month --by product__category
    """


@metrics.command("list")
@click.option("--spoke", shell_complete=spoke_names, help="Only one spoke's metrics.")
@with_output(anywhere=True)
def list_metrics(output: Output, spoke: str | None) -> Result:
    """List the metrics that the catalog declares.

    \b
    candid metrics list
    candid metrics list --spoke finance --json
    """
    registry = load_catalog(output.settings.catalog_dir).registry
    if spoke is not None:
        known(spoke, registry.spokes, "there are no metrics of spoke")
    summaries = [summary(m) for m in registry.metrics if spoke in {None, m.spoke}]
    output.header(f"{len(summaries)} metrics", always=False)
    keys = ("metric", "spoke", "label_en", "label_id", "unit")
    rows = [(*(item[key] for key in keys), " ".join(item["grains"])) for item in summaries]
    output.table(("metric", "spoke", "label", "label (id)", "unit", "grains"), rows)
    return summaries, 0


@metrics.command()
@click.argument("name", shell_complete=metric_names)
@with_output(anywhere=True)
def show(output: Output, name: str) -> Result:
    """Show one metric: definition, SQL, lineage down to clean tables, last values.

    The SQL is what builds the metric; it runs as it stands on the published snapshot.

    \b
    candid metrics show net_sales
    candid metrics show net_sales --json
    """
    catalog = load_catalog(output.settings.catalog_dir)
    metric = find_metric(catalog.registry, name)
    output.header(f"metric {name}", always=False)
    last = last_values(output.settings.published_file, metric)
    facts = {**definition(catalog, metric), "last_values": last}
    shown_below = {"sql", "lineage", "last_values", "inputs"}
    for key, value in facts.items():
        if key not in shown_below and value not in (None, {}, []):
            output.show(f"{key:12} {_words(value)}")
    for line in facts["inputs"]:
        output.show(f"{'':12} {line}")
    output.show("\nlineage")
    for depth, table in lineage(catalog, metric):
        output.show(f"{'  ' * (depth + 1)}{table}")
    output.show(f"\nSQL\n{facts['sql']}\n\nlast values")
    _show_values(output, last)
    return plain_value(facts), 0


@metrics.command()
@click.argument("name", shell_complete=metric_names)
@click.option("--grain", required=True, help="day, week, month, quarter or year.")
@click.option("--by", default=TOTAL, help="A dimension of the metric; without it the total.")
@click.option("--from", "since", type=DAY, help="First period, as YYYY-MM-DD.")
@click.option("--to", "until", type=DAY, help="Last period, as YYYY-MM-DD.")
@vertical_option
@with_output()
def query(
    output: Output,
    name: str,
    grain: str,
    by: str,
    since: datetime | None,
    until: datetime | None,
    *,
    vertical: bool,
) -> Result:
    """Print the published values of one metric.

    \b
    candid metrics query net_sales --grain month
    candid metrics query net_sales --grain week --by product__category --from 2025-06-01 --json
    """
    metric = find_metric(load_catalog(output.settings.catalog_dir).registry, name)
    question = Question(grain, by, _day(since), _day(until))
    with open_published(output.settings.published_file) as connection:
        rows = values(connection, metric, question)
    output.header(f"{metric.label} by {grain}", always=False)
    _show_values(output, rows, vertical=vertical)
    return plain_value(rows), 0


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _show_values(
    output: Output, values: Sequence[dict[str, Any]], *, vertical: bool = False
) -> None:
    if not values:
        output.show("nothing is published yet")
        return
    rows = [[item[key] for key in _SHOWN] for item in values]
    output.table(_SHOWN, rows, vertical=vertical, grouped=True)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {level}" for key, level in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
