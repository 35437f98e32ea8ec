"""Runs a refresh inside Dagster's operation and turns its events into Dagster's.

Checks are yielded as evaluations, not as outputs: an output that nothing reads costs Dagster three
more events and a search through every other output, and a refresh has more than a thousand.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from candid_assets.contracts.catalog import Catalog
from candid_assets.gate.errors import GateError
from candid_assets.history.earlier_versions import versions_before
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.lineage_cache import LineageCache
from candid_assets.logs import write_logs
from candid_assets.names import Layer
from candid_assets.orchestration.asset_pictures import Pictures
from candid_assets.orchestration.dagster_column_lineage import column_lineage
from candid_assets.orchestration.refresh_config import DagsterEvent, RefreshConfig
from candid_assets.orchestration.resources import SourcesResource, Warehouse
from candid_assets.orchestration.run_page import summary_lines, without_omitted
from candid_assets.process_limits import require_room
from candid_assets.refresh.closing import WriteReport
from candid_assets.refresh.context import Refresh, Selection
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.record import Record, Table, standing_checks
from candid_assets.refresh.run_in_thread import iterate_in_thread
from candid_assets.refresh.stages import run_refresh
from candid_assets.settings import Settings
from candid_assets.tracing import sending_traces
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.landing import Landing

log = logging.getLogger(__name__)
UNCHANGED: Final = "Unchanged: what it is made from is as before, so nothing was written."


def execute(
    context: dg.AssetExecutionContext,
    catalog: Catalog,
    warehouse: Warehouse,
    sources: SourcesResource,
    report: WriteReport,
    config: RefreshConfig,
) -> Iterator[DagsterEvent]:
    """Refresh what the run selects and yield what happened as it happens.

    Raises:
        dagster.Failure: Something blocking failed; the description names every cause once.
        ProcessLimitError: This process may have too little for a refresh.
    """
    require_room()
    settings = Settings()
    write_logs(settings.logs_dir)
    _require_own(warehouse, settings)
    context.log.addFilter(without_omitted)
    _ask_once(context)
    run = sources.for_run(settings, context.log.info)
    record = run.record
    with warehouse.get_connection() as connection, closing(connection.cursor()) as drawing:
        work = Refresh(
            settings=settings,
            catalog=catalog,
            connection=connection,
            landing=Landing(settings.landing_dir),
            run_id=context.run_id,
            earlier_versions=versions_before,
            selection=_selection(context),
            force=config.force,
            read_all=config.read_all,
            accept_loss=config.accept_loss,
            progress=run.progress,
            looks=dict(run.looks),
        )
        event_context = _EventContext(
            standing_checks(connection),
            CatalogLineage(catalog, LineageCache(settings.lineage_dir)),
            Pictures(drawing, catalog, work.started_at),
        )
        # DuckDB works while Dagster stores events: each takes half of the time.
        with sending_traces(settings.env):
            for event in iterate_in_thread(run_refresh(work, run.session, record, report)):
                yield from _shown(context, event, event_context)
    for level, line in summary_lines(record, catalog):
        context.log.log(level, line)
    context.log.info(_closing(record))
    if not record.succeeded:
        raise dg.Failure(description=_failure_description(record), allow_retries=False)


def _ask_once(context: dg.AssetExecutionContext) -> None:
    """Answer at once what Dagster asks for every table built: the keys of all tables of the step.

    It collects them from all outputs each time, a million look-ups for four hundred tables.
    """
    step = context.get_step_execution_context()
    keys = step.get_output_asset_keys()
    step.get_output_asset_keys = lambda: keys


def _require_own(warehouse: Warehouse, settings: Settings) -> None:
    """Refuse a run whose configuration names the warehouse of another environment."""
    own = (settings.env, settings.warehouse_file)
    if (warehouse.env, Path(warehouse.database)) != own:
        raise GateError(
            f"the run's configuration names the warehouse {warehouse.database} of environment"
            f" {warehouse.env}; this is {settings.env}",
            f"launch it without resources in its configuration, or with CANDID_ENV={warehouse.env}",
        )


def _selection(context: dg.AssetExecutionContext) -> Selection:
    chosen: set[tuple[Layer, str]] = set()
    for key in context.selected_asset_keys:
        layer, table = key.path
        chosen.add((cast("Layer", layer), table))
    return Selection(frozenset(chosen))


def _shown(
    context: dg.AssetExecutionContext, event: Event, event_context: "_EventContext"
) -> list[DagsterEvent]:
    """Return an event as Dagster's; where that fails, without what is said beside it.

    The table is built whatever Dagster shows of it: the refresh goes on.
    """
    try:
        return list(_translated(context, event, event_context))
    except Exception as error:
        log.exception("an event is shown in Dagster without its details: %s", event)
        context.log.error(f"shown without details, which failed with {error!r}: {event}")
    chosen = context.selected_asset_keys
    if isinstance(event, Built) and (key := dg.AssetKey([event.layer, event.table])) in chosen:
        return [dg.MaterializeResult(key, data_version=dg.DataVersion(event.version))]
    if isinstance(event, Checked):
        bare = replace(event.result, counts={}, samples=())
        with suppress(Exception):
            return [_evaluated(bare)] if _check_key(bare).asset_key in chosen else []
    return []


def _translated(
    context: dg.AssetExecutionContext,
    event: Event,
    event_context: "_EventContext",
) -> Iterator[DagsterEvent]:
    match event:
        case Built():
            if dg.AssetKey([event.layer, event.table]) in context.selected_asset_keys:
                yield _materialized(event, event_context)
        case Checked():
            if dg.AssetKey([event.result.layer, event.result.table]) in context.selected_asset_keys:
                yield _evaluated(event.result)
        case Failed():
            context.log.error(str(event))
        case Unchanged():
            key = dg.AssetKey([event.layer, event.table])
            if key in context.selected_asset_keys:
                yield dg.AssetObservation(key, UNCHANGED)
            # The results of its last checks still hold.
            for result in event_context.checks.get((event.layer, event.table), []):
                if _check_key(result) in context.selected_asset_check_keys:
                    yield _evaluated(result, event_context.materialization(context, result))


@dataclass(slots=True)
class _EventContext:
    """What Dagster's events need beside the event itself: earlier verdicts, lineage, pictures."""

    checks: Mapping[Table, list[CheckResult]]
    lineage: CatalogLineage
    pictures: Pictures
    materializations: Mapping[dg.AssetKey, AssetCheckEvaluationTargetMaterializationData] | None = (
        None
    )

    def materialization(
        self, context: dg.AssetExecutionContext, result: CheckResult
    ) -> AssetCheckEvaluationTargetMaterializationData | None:
        """Return the table's last materialization, beside which Dagster shows the verdict."""
        if self.materializations is None:
            records = context.instance.get_asset_records(list(context.selected_asset_keys))
            entries = [record.asset_entry for record in records]
            self.materializations = {
                entry.asset_key: AssetCheckEvaluationTargetMaterializationData(
                    storage_id=last.storage_id, run_id=last.run_id, timestamp=last.timestamp
                )
                for entry in entries
                if (last := entry.last_materialization_record) is not None
            }
        return self.materializations.get(dg.AssetKey([result.layer, result.table]))


def _check_key(result: CheckResult) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey([result.layer, result.table]), result.name)


def _materialized(event: Built, event_context: _EventContext) -> dg.MaterializeResult[None]:
    metadata: dict[str, Any] = {
        "dagster/row_count": event.rows,
        "seconds": round(event.seconds, 3),
        **column_lineage(event_context.lineage, event.layer, event.table),
        **event.facts,
        **event_context.pictures.of(event),
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


def _evaluated(
    result: CheckResult, about: AssetCheckEvaluationTargetMaterializationData | None = None
) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey([result.layer, result.table]),
        check_name=result.name,
        passed=result.passed,
        severity=_severity(result),
        description=result.message,
        metadata=_metadata(result),
        blocking=result.blocking,
        target_materialization_data=about,
    )


def _severity(result: CheckResult) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN


def _metadata(result: CheckResult) -> dict[str, Any]:
    metadata: dict[str, Any] = dict(result.counts)
    if result.samples:
        metadata["samples"] = dg.MetadataValue.md(_sample_table(result))
    return metadata


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


def _failure_description(record: Record) -> str:
    """Return every cause once, or the blocking checks that failed where there is none."""
    lines = [str(cause) for cause in record.distinct_failures()]
    if not lines:
        lines = [c.message for c in record.checks if c.blocking and not c.passed]
    return f"{len(lines)} cause(s):\n" + "\n".join(f"- {line}" for line in lines)
