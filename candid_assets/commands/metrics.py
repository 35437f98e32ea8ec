"""`candid metrics`: the registry from the catalog, the values from the published snapshot."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec

import click
import duckdb
from rich.console import Console
from rich.table import Table

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.errors import CandidError
from candid_assets.metrics.lookup import (
    MetricsError,
    Question,
    definition,
    find_metric,
    known,
    lineage,
    summary,
    values,
)
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.read_published import plain_value

LAST_VALUES = 6
_SHOWN = ("period_start", "member", "value", "unit", "target", "status")
P = ParamSpec("P")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def _answering(command: Callable[P, None]) -> Callable[P, None]:
    """Print what went wrong and exit: 2 where a name is unknown, 1 where nothing can be read."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        console = Console(stderr=True, highlight=False)
        try:
            command(*args, **kwargs)
        except MetricsError as error:
            console.print(f"[red]{error}[/]", soft_wrap=True)
            sys.exit(2)
        except (duckdb.Error, CandidError) as error:
            console.print(f"[red]{error}[/]", soft_wrap=True)
            sys.exit(1)

    return run


@click.group()
def metrics() -> None:
    """What is measured, how it is computed, and what it came to.

    \b
    candid metrics list --spoke sales
    candid metrics show net_sales
    candid metrics query net_sales --grain month --by product__category
    """


@metrics.command("list")
@click.option("--spoke", help="Only one spoke's metrics.")
@click.option("--json", "as_json", is_flag=True, help="One array of objects on stdout.")
@_answering
def list_metrics(spoke: str | None, as_json: bool) -> None:
    """List the metrics that the catalog declares.

    \b
    candid metrics list
    candid metrics list --spoke finance --json
    """
    settings = Settings()
    registry = load_catalog(settings.catalog_dir).registry
    if spoke is not None:
        known(spoke, registry.spokes, "there are no metrics of spoke")
    found = [summary(m) for m in registry.metrics if spoke in {None, m.spoke}]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    _head(settings, f"{len(found)} metrics")
    table = Table("metric", "spoke", "label", "label (id)", "unit", "grains", header_style="bold")
    for item in found:
        words = [item[key] for key in ("metric", "spoke", "label_en", "label_id", "unit")]
        table.add_row(*words, " ".join(item["grains"]))
    Console(highlight=False).print(table)


@metrics.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
@_answering
def show(name: str, as_json: bool) -> None:
    """Show one metric: definition, SQL, lineage down to clean tables, last values.

    The SQL is what builds the metric; it runs as it stands on the published snapshot.

    \b
    candid metrics show net_sales
    candid metrics show net_sales --json
    """
    settings = Settings()
    catalog = load_catalog(settings.catalog_dir)
    metric = find_metric(catalog.registry, name)
    told = {**definition(catalog, metric), "last_values": _last(settings, metric)}
    if as_json:
        click.echo(json.dumps(_json(told), ensure_ascii=False, default=str))
        return
    _head(settings, f"metric {name}")
    skipped = {"sql", "lineage", "last_values", "inputs"}
    for key, value in told.items():
        if key not in skipped and value not in (None, {}, []):
            click.echo(f"{key:12} {_words(value)}")
    for line in told["inputs"]:
        click.echo(f"{'':12} {line}")
    click.echo("\nlineage")
    for depth, table in lineage(catalog, metric):
        click.echo(f"{'  ' * (depth + 1)}{table}")
    click.echo(f"\nSQL\n{told['sql']}\n\nlast values")
    _values(told["last_values"])


@metrics.command()
@click.argument("name")
@click.option("--grain", required=True, help="day, week, month, quarter or year.")
@click.option("--by", default=TOTAL, help="A dimension of the metric; without it the total.")
@click.option("--from", "since", type=DAY, help="First period, as YYYY-MM-DD.")
@click.option("--to", "until", type=DAY, help="Last period, as YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="One array of objects on stdout.")
@_answering
def query(
    name: str,
    grain: str,
    by: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Print the published values of one metric.

    \b
    candid metrics query net_sales --grain month
    candid metrics query net_sales --grain week --by product__category --from 2025-06-01 --json
    """
    settings = Settings()
    metric = find_metric(load_catalog(settings.catalog_dir).registry, name)
    question = Question(grain, by, _day(since), _day(until))
    with open_published(settings.published_file) as connection:
        found = values(connection, metric, question)
    if as_json:
        click.echo(json.dumps(_json(found), ensure_ascii=False, default=str))
        return
    _head(settings, f"{metric.label} by {grain}")
    _values(found)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _head(settings: Settings, what: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · {what}")


def _last(settings: Settings, metric: Metric) -> list[dict[str, Any]]:
    """Return the latest values of the total at the coarsest grain below a quarter."""
    fine = [g for g in metric.grains if g in {"day", "week", "month"}]
    question = Question(fine[-1] if fine else metric.grains[0])
    try:
        with open_published(settings.published_file) as connection:
            return values(connection, metric, question)[-LAST_VALUES:]
    except WarehouseError:
        return []


def _values(found: Sequence[dict[str, Any]]) -> None:
    table = Table(*_SHOWN, header_style="bold")
    for item in found:
        table.add_row(*("" if item[key] is None else _number(item[key]) for key in _SHOWN))
    Console(highlight=False).print(table if found else "nothing is published yet")


def _number(value: Any) -> str:
    plain = plain_value(value)
    return f"{plain:,}" if isinstance(plain, int | float) else str(plain)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {level}" for key, level in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else plain_value(value)
