"""The one multi-asset that refreshes everything, and how its events become Dagster's.

One operation covers the whole chain on purpose (docs/decisions/0002): a tab that fails keeps its
last good table and everything else, the ready tables included, goes on in the same run; separate
steps would skip or abandon whatever hangs on it.
"""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any, cast

import dagster as dg

from candid_assets.contracts.model import Catalog
from candid_assets.layers.caller import LoggedProgress, current_caller
from candid_assets.layers.context import Refresh, Selection
from candid_assets.layers.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.layers.record import Record, Table, standing_checks
from candid_assets.layers.refresh import WriteReport, run_refresh
from candid_assets.layers.resources import Sheets, Warehouse
from candid_assets.layers.specs import asset_specs, check_specs
from candid_assets.names import WAREHOUSE_POOL, Layer
from candid_assets.quality.result import CheckResult
from candid_assets.settings import Settings
from candid_assets.warehouse.landing import Landing

DagsterEvent = dg.MaterializeResult[None] | dg.AssetCheckResult


class RefreshConfig(dg.Config):
    """What a person may set when launching a refresh."""

    force: bool = False
    """Read and build everything again although nothing changed."""


def build_refresh(catalog: Catalog, env: str, report: WriteReport) -> dg.AssetsDefinition:
    """Return the multi-asset over all tabs and models of the catalog."""

    @dg.multi_asset(
        name="refresh",
        specs=asset_specs(catalog, env),
        check_specs=check_specs(catalog),
        can_subset=True,
        pool=WAREHOUSE_POOL,
    )
    def refresh(
        context: dg.AssetExecutionContext,
        config: RefreshConfig,
        warehouse: Warehouse,
        sheets: Sheets,
    ) -> Iterator[DagsterEvent]:
        settings = Settings()
        caller = current_caller()
        record = caller.record if caller else Record()
        with warehouse.get_connection() as connection:
            work = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id=context.run_id,
                selection=_selection(context),
                force=config.force,
                progress=caller.progress if caller else LoggedProgress(context.log.info),
                looks=dict(caller.looks) if caller else {},
            )
            opened = nullcontext(caller.session) if caller else sheets.session(settings)
            known = standing_checks(connection)
            for event in run_refresh(work, opened, record, report):
                yield from _translated(context, event, known)
        context.log.info(_closing(record))
        if not record.succeeded:
            raise dg.Failure(description=_told(record), allow_retries=False)

    return refresh


def _selection(context: dg.AssetExecutionContext) -> Selection:
    chosen: set[tuple[Layer, str]] = set()
    for key in context.selected_asset_keys:
        layer, table = key.path
        chosen.add((cast("Layer", layer), table))
    return Selection(frozenset(chosen))


def _translated(
    context: dg.AssetExecutionContext, event: Event, known: Mapping[Table, list[CheckResult]]
) -> Iterator[DagsterEvent]:
    match event:
        case Built():
            if dg.AssetKey([event.layer, event.table]) in context.selected_asset_keys:
                yield _materialized(event)
        case Checked():
            key = dg.AssetCheckKey(
                dg.AssetKey([event.result.layer, event.result.table]), event.result.name
            )
            if key in context.selected_asset_check_keys:
                yield _evaluated(event.result)
        case Failed():
            context.log.error(str(event))
        case Unchanged():
            # The table is as it was, so what its checks found still stands.
            for result in known.get((event.layer, event.table), []):
                yield from _translated(context, Checked(result), known)


def _materialized(event: Built) -> dg.MaterializeResult[None]:
    metadata: dict[str, Any] = {
        "dagster/row_count": event.rows,
        "seconds": round(event.seconds, 3),
        **event.facts,
    }
    if event.columns:
        metadata["dagster/column_schema"] = dg.TableSchema(
            [dg.TableColumn(name, kind, description=text) for name, kind, text in event.columns]
        )
    return dg.MaterializeResult(
        asset_key=[event.layer, event.table],
        metadata=metadata,
        data_version=dg.DataVersion(event.version),
    )


def _evaluated(result: CheckResult) -> dg.AssetCheckResult:
    severity = (
        dg.AssetCheckSeverity.ERROR if result.severity == "error" else (dg.AssetCheckSeverity.WARN)
    )
    metadata: dict[str, Any] = dict(result.counts)
    if result.samples:
        metadata["samples"] = dg.MetadataValue.md(_sample_table(result))
    return dg.AssetCheckResult(
        asset_key=[result.layer, result.table],
        check_name=result.name,
        passed=result.passed,
        severity=severity,
        description=result.message,
        metadata=metadata,
    )


def _sample_table(result: CheckResult) -> str:
    lines = ["| cell | column | value | detail |", "|---|---|---|---|"]
    for sample in result.samples:
        cell = f"[{sample.cell}]({sample.link})" if sample.link else sample.cell or ""
        fields = (cell, sample.column, str(sample.value), sample.detail or "")
        lines.append("| " + " | ".join(f.replace("|", "\\|") for f in fields) + " |")
    return "\n".join(lines)


def _closing(record: Record) -> str:
    if not record.built:
        return "Nothing changed: no table was written."
    return f"{len(record.built)} built, {len(record.unchanged)} unchanged. Report: {record.report}"


def _told(record: Record) -> str:
    """Return every cause once, then the blocking checks that failed without one."""
    lines = [str(cause) for cause in record.causes()]
    if not lines:
        lines = [c.message for c in record.checks if c.blocking and not c.passed]
    return f"{len(lines)} cause(s):\n" + "\n".join(f"- {line}" for line in lines)
