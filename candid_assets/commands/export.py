"""`candid export`."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from candid_assets.contracts.destination import Destination
from candid_assets.contracts.load import load_catalog
from candid_assets.environment import prepare_environment
from candid_assets.names import METRIC_VALUES, export_job
from candid_assets.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


@click.command()
@click.argument("names", nargs=-1, metavar="[DESTINATION]…")
@click.option("--list", "only_list", is_flag=True, help="Show the destinations; deliver nothing.")
@click.option("--json", "as_json", is_flag=True, help="One array of objects on stdout.")
def export(names: tuple[str, ...], *, only_list: bool, as_json: bool) -> None:
    """Deliver what is published to destinations, all of this environment or those named.

    Each table is staged, verified by count and checksum, and takes its place with the others; what
    fails leaves the tables of before. Exits with 1 if something was not delivered, with 2 for a
    name that the catalog does not have.

    \b
    candid export
    candid export parquet_folder --json
    candid export --list
    """
    settings = prepare_environment()
    click.echo(f"candid · environment {settings.env}", err=as_json)
    catalog = load_catalog(settings.catalog_dir)
    known = {d.name: d for d in catalog.destinations if settings.env in d.places}
    for name in names:
        if name not in known:
            listed = ", ".join(known) or "none"
            click.echo(f"no destination {name!r} in {settings.env}; there are: {listed}", err=True)
            sys.exit(2)
    chosen = [known[name] for name in names or known]
    if only_list:
        _show(settings, chosen, as_json)
        return
    told = [_delivered(settings, destination) for destination in chosen]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _print(told)
    sys.exit(0 if all(one["succeeded"] for one in told) else 1)


def _show(settings: Settings, chosen: list[Destination], as_json: bool) -> None:
    found: list[dict[str, Any]] = []
    for d in chosen:
        place = d.places[settings.env]
        where = place.location or f"{place.host}:{place.port}/{place.database} {place.schema}"
        tables = [*d.tables, *([METRIC_VALUES] if d.metrics else [])]
        one: dict[str, Any] = {
            "destination": d.name,
            "type": place.type,
            "place": where,
            "owner": d.owner,
        }
        found.append({**one, "tables": tables, "schedule": d.schedule})
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for told in found:
        click.echo(
            f"{told['destination']}  {told['type']} {told['place']}  {', '.join(told['tables'])}"
        )
    if not found:
        click.echo("no destinations; write catalog/destinations/<name>.yaml")


def _delivered(settings: Settings, destination: Destination) -> dict[str, Any]:
    """Run a destination's job in this process, so that Dagster's history knows of it."""
    import dagster as dg

    from candid_assets.definitions import defs

    job = defs.resolve_job_def(export_job(destination.name))
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"candid/env": settings.env, "candid/launched_by": "cli"},
            raise_on_error=False,
        )
    return {
        "destination": destination.name,
        "succeeded": result.success,
        "run_id": result.run_id,
        "reason": None if result.success else _reason(result),
        "tables": [_table(event) for event in result.get_asset_materialization_events()],
    }


def _table(event: "dg.DagsterEvent") -> dict[str, Any]:
    found = event.step_materialization_data.materialization
    told = {name: value.value for name, value in found.metadata.items()}
    return {
        "asset": found.asset_key.to_user_string(),
        "rows": told["dagster/row_count"],
        "checksum": told["checksum"],
        "snapshot": told["snapshot"],
    }


def _reason(result: "dg.ExecuteInProcessResult") -> str:
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            if data.error is not None:
                return str(data.error.message).strip()
    return "the run broke off"


def _print(told: list[dict[str, Any]]) -> None:
    if not told:
        click.echo("no destinations here; write catalog/destinations/<name>.yaml")
    for one in told:
        for table in one["tables"]:
            click.echo(f"{table['asset']}  {table['rows']:,} rows  checksum {table['checksum']}")
        verdict = "delivered" if one["succeeded"] else f"failed: {one['reason']}"
        click.echo(f"{one['destination']}  {verdict}")
