"""The OpenLineage events of one refresh, one JSON object a line, made with the standard's client.

The refresh itself starts and completes (or fails); below it stands one run for each table that was
built, one that failed, and one for the checks of each. A table that stands as it was has none.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    error_message_run,
    job_type_job,
    parent_run,
    processing_engine_run,
    sql_job,
)
from openlineage.client.generated.base import set_producer
from openlineage.client.serde import Serde

from candid_assets.atomic_files import write_whole
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_cache import LineageCache
from candid_assets.names import Layer, relation
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Failed
from candid_assets.refresh.record import Record
from candid_assets.reports.openlineage_datasets import Datasets
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.warehouse.check_results import CheckResult

PRODUCER = f"urn:candid-assets:{version('candid-assets')}"
REFRESH = "refresh"


def write_events(refresh: Refresh, record: Record) -> Path | None:
    """Write the events of a finished refresh; one that changed nothing has none."""
    if not record.changed:
        return None
    path = refresh.settings.openlineage_dir / f"{Path(record.report).stem}.ndjson"
    lines = (orjson.dumps(Serde.to_dict(event)) for event in run_events(refresh, record))
    write_whole(path, b"\n".join(lines) + b"\n")
    return path


def run_events(refresh: Refresh, record: Record) -> Iterator[RunEvent]:
    """Yield the events of a refresh in the order: start, tables, failures, checks, end."""
    set_producer(PRODUCER)
    events = _RefreshEvents(refresh, record)
    yield events.refresh(RunState.START)
    yield from events.tables()
    yield from events.failures()
    yield from events.checks()
    yield events.refresh(RunState.COMPLETE if record.succeeded else RunState.FAIL)


class _RefreshEvents:
    """What all events of one refresh share."""

    def __init__(self, refresh: Refresh, record: Record) -> None:
        self.record = record
        self.run_id = _as_uuid(refresh.run_id)
        self.namespace = f"candid/{refresh.settings.env}"
        self.started = refresh.started_at.isoformat()
        self.finished = (record.finished_at or refresh.started_at).isoformat()
        kept = LineageCache(refresh.settings.lineage_dir)
        self.lineage = CatalogLineage(refresh.catalog, kept)
        self.datasets = Datasets(self.lineage, refresh.settings.env)
        self.parent = parent_run.ParentRunFacet(
            parent_run.Run(self.run_id), parent_run.Job(self.namespace, REFRESH)
        )
        self.kind = job_type_job.JobTypeJobFacet("BATCH", "CANDID", "JOB")

    def refresh(self, state: RunState) -> RunEvent:
        """Return the start or the end of the whole refresh."""
        engine = processing_engine_run.ProcessingEngineRunFacet(version("duckdb"), "DuckDB")
        facets: dict[str, Any] = {"processing_engine": engine}
        if state == RunState.FAIL:
            message = (
                "; ".join(str(cause) for cause in self.record.distinct_failures())
                or "a check failed"
            )
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message, "SQL")
        return RunEvent(
            eventTime=self.started if state == RunState.START else self.finished,
            eventType=state,
            run=Run(self.run_id, facets=facets),
            job=Job(self.namespace, REFRESH, facets={"jobType": self.kind}),
        )

    def tables(self) -> Iterator[RunEvent]:
        """Yield one event for each tab or model of which something was built."""
        built: dict[Table, list[Built]] = defaultdict(list)
        for item in self.record.built:
            layer: Layer = "ready" if item.layer == "ready" else "clean"
            built[layer, item.table].append(item)
        for table, items in built.items():
            outputs = [self.datasets.written(item) for item in items if item.layer not in SOURCES]
            if outputs:
                yield self._event(table, outputs)

    def _event(self, table: Table, outputs: list[OutputDataset]) -> RunEvent:
        layer, name = table
        facets: dict[str, Any] = {"jobType": self.kind}
        model = self.lineage.models.get(name) if layer == "ready" else None
        if model is not None:
            facets["sql"] = sql_job.SQLJobFacet(model.sql, "duckdb")
        return RunEvent(
            eventTime=self.finished,
            eventType=RunState.COMPLETE,
            run=self._run(relation(layer, name)),
            job=Job(self.namespace, relation(layer, name), facets=facets),
            inputs=[self.datasets.read(source) for source in self.lineage.inputs(table)],
            outputs=outputs,
        )

    def failures(self) -> Iterator[RunEvent]:
        """Yield one event for each table that could not be refreshed."""
        for failed in self.record.failures:
            name = relation(failed.layer, failed.table)
            yield RunEvent(
                eventTime=self.finished,
                eventType=RunState.FAIL,
                run=self._run(f"{name} {failed.cause}", failed),
                job=Job(self.namespace, name, facets={"jobType": self.kind}),
            )

    def checks(self) -> Iterator[RunEvent]:
        """Yield one event for the checks of each tab or model, its tables as what they read."""
        results: dict[Table, dict[Table, list[CheckResult]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for check in self.record.checks:
            layer: Layer = "ready" if check.layer == "ready" else "clean"
            results[layer, check.table][check.layer, check.table].append(check)
        for (layer, name), by_table in results.items():
            job = f"checks of {relation(layer, name)}"
            yield RunEvent(
                eventTime=self.finished,
                eventType=RunState.COMPLETE,
                run=self._run(job),
                job=Job(self.namespace, job, facets={"jobType": self.kind}),
                inputs=[self.datasets.read(t, checks) for t, checks in by_table.items()],
            )

    def _run(self, job: str, failed: Failed | None = None) -> Run:
        facets: dict[str, Any] = {"parent": self.parent}
        if failed is not None:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(str(failed), "SQL")
        return Run(str(uuid.uuid5(uuid.UUID(self.run_id), job)), facets=facets)


def _as_uuid(run_id: str) -> str:
    """Return a run's id as the standard wants it; Dagster's are UUIDs already."""
    try:
        return str(uuid.UUID(run_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, run_id))
