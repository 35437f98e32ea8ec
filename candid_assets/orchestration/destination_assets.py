"""Each table of a destination as an asset below its ready table, with its checks and schedule."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from candid_assets.contracts.catalog import Catalog, Column
from candid_assets.contracts.destination import Destination
from candid_assets.names import (
    CHECKS,
    DELIVERY_CHECKS,
    DESTINATION_TAG,
    DESTINATIONS,
    CheckName,
    delivered_table,
    destination_group,
    export_job,
    export_schedule,
)
from candid_assets.orchestration.schedules import run_if_deployed, running_outside_sample
from candid_assets.settings import TIME_ZONE, Settings

_KINDS = {"postgresql": {"postgres"}, "local": {"parquet"}, "s3": {"parquet", "s3"}}


def build_exports(catalog: Catalog, env: str) -> list[dg.AssetsDefinition]:
    """Return the assets of every destination that this environment has."""
    return [_exporting(catalog, destination, env) for destination in _connected(catalog, env)]


def build_export_jobs(catalog: Catalog, env: str) -> list[UnresolvedAssetJobDefinition]:
    """Return `export_<destination>` for each destination."""
    return [
        dg.define_asset_job(
            export_job(destination.name),
            dg.AssetSelection.groups(destination_group(destination.name)),
            description=f"Delivers what is published to {destination.name} ({env}).",
            executor_def=dg.in_process_executor,
            tags={"candid/env": env, DESTINATION_TAG: destination.name},
        )
        for destination in _connected(catalog, env)
    ]


def build_export_schedules(catalog: Catalog, env: str) -> list[dg.ScheduleDefinition]:
    """Return the schedule of each destination that has one; switched on outside the sample."""
    scheduled = [d for d in _connected(catalog, env) if d.schedule]
    return [_on_time(destination, env) for destination in scheduled]


def _connected(catalog: Catalog, env: str) -> list[Destination]:
    return [destination for destination in catalog.destinations if env in destination.places]


def _exporting(catalog: Catalog, destination: Destination, env: str) -> dg.AssetsDefinition:
    tables = {_key(destination, table): table for table in destination.delivered}

    @dg.multi_asset(
        name=f"deliver_{destination.name}",
        specs=[_spec(catalog, destination, table, env) for table in destination.delivered],
        check_specs=[
            dg.AssetCheckSpec(name, asset=key, description=CHECKS[name], blocking=True)
            for key in tables
            for name in DELIVERY_CHECKS
        ],
        can_subset=True,
    )
    def export(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        # psycopg and Arrow are imported by who delivers, not by who loads the graph.
        from candid_assets.destinations.deliver import deliver
        from candid_assets.destinations.payload import DeliveryError

        chosen = [table for key, table in tables.items() if key in context.selected_asset_keys]
        try:
            delivered = deliver(Settings(), catalog, destination, chosen)
        except DeliveryError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        for one in delivered:
            row_counts = {"rows published": one.published.rows, "rows there": one.received.rows}
            sums = {"published": one.published.checksum, "there": one.received.checksum}
            key = _key(destination, one.table)
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "dagster/row_count": one.received.rows,
                    "checksum": one.received.checksum,
                    "snapshot": one.snapshot,
                    "dagster/column_lineage": _lineage(catalog, one.table),
                },
                check_results=[
                    _checked(key, "delivered_whole", one.whole, row_counts),
                    _checked(key, "delivered_equal", one.equal, sums),
                ],
            )

    return export


def _checked(
    key: dg.AssetKey, name: CheckName, passed: bool, metadata: Mapping[str, int | str]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(asset_key=key, check_name=name, passed=passed, metadata=metadata)


def _key(destination: Destination, table: str) -> dg.AssetKey:
    return dg.AssetKey([DESTINATIONS, delivered_table(destination.name, table)])


def _columns(catalog: Catalog, table: str) -> Sequence[Column]:
    return next((m.columns for m in catalog.models if m.table == table), ())


def _lineage(catalog: Catalog, table: str) -> dg.TableColumnLineage:
    """Return that each column comes from the one of its name in the ready table."""
    ready = dg.AssetKey(["ready", table])
    names = [column.name for column in _columns(catalog, table)]
    return dg.TableColumnLineage({n: [dg.TableColumnDep(ready, n)] for n in names})


def _spec(catalog: Catalog, destination: Destination, table: str, env: str) -> dg.AssetSpec:
    place = destination.places[env]
    where = place.location or f"{place.host}:{place.port}/{place.database}, schema {place.schema}"
    return dg.AssetSpec(
        _key(destination, table),
        deps=[["ready", table]],
        group_name=destination_group(destination.name),
        description=f"ready.{table} at {destination.name}: {destination.description}",
        owners=[destination.owner],
        kinds=_KINDS[place.type],
        tags={"destination": destination.name, "env": env},
        metadata={
            "destination": destination.name,
            "place": where,
            "dagster/column_schema": dg.TableSchema(
                [
                    dg.TableColumn(c.name, c.physical_type, c.description)
                    for c in _columns(catalog, table)
                ]
            ),
            "dagster/relation_identifier": f"{place.location or place.schema}.{table}",
        },
    )


def _on_time(destination: Destination, env: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=export_schedule(destination.name),
        job_name=export_job(destination.name),
        cron_schedule=str(destination.schedule),
        execution_timezone=TIME_ZONE,
        description=f"Delivers what is published to {destination.name}.",
        tags={"candid/env": env},
        default_status=running_outside_sample(env),
    )
    def on_time() -> dg.RunRequest | dg.SkipReason:
        return run_if_deployed(env)

    return on_time
