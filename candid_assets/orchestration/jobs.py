"""The jobs a person, a schedule or an agent launches; all run in one process."""

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from dagster._core.definitions.assets.job.asset_job import JobScopedAssetGraph, build_asset_job
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.names import DESTINATIONS, REFRESH_ALL, refresh_job, refresh_operation
from candid_assets.refresh.downstream import with_downstream

Table = tuple[str, str]
BuildRefresh = Callable[[frozenset[Table], str], dg.AssetsDefinition]
"""Returns the refresh of some of the tables as a multi-asset with an operation of that name."""


class WorkbookJob(UnresolvedAssetJobDefinition):
    """A job whose operation has the outputs of its own tables and no others.

    As a selection of the whole refresh each job would carry every table of the catalog: Dagster
    copies and hashes all outputs of a multi-asset once for every job that selects one of them, and
    2,160 tables in 60 workbooks took 50 seconds to load.
    """

    refresh: BuildRefresh
    tables: frozenset[Table]

    def resolve(
        self,
        asset_graph: AssetGraph,
        default_executor_def: dg.ExecutorDefinition | None = None,
        resource_defs: Mapping[str, dg.ResourceDefinition] | None = None,
    ) -> dg.JobDefinition:
        """Return the job over a refresh of its tables."""
        nodes = JobScopedAssetGraph.key_mappings_from_assets(
            [self.refresh(self.tables, refresh_operation(self.name))]
        )
        return build_asset_job(
            self.name,
            asset_graph=JobScopedAssetGraph(*nodes, asset_graph),
            description=self.description,
            tags=self.tags,
            executor_def=self.executor_def or default_executor_def,
            resource_defs=resource_defs,
            allow_different_partitions_defs=False,
        )


def build_jobs(
    catalog: Catalog, env: str, refresh: BuildRefresh
) -> list[UnresolvedAssetJobDefinition]:
    """Return `refresh_all` and one `refresh_<workbook>` for each workbook."""
    everything = dg.define_asset_job(
        REFRESH_ALL,
        dg.AssetSelection.all() - dg.AssetSelection.key_prefixes(DESTINATIONS),
        description=f"Every tab of every workbook, then the ready tables, then publish ({env}).",
        executor_def=dg.in_process_executor,
        tags={"candid/env": env},
    )
    return [everything, *(_workbook_job(catalog, w, env, refresh) for w in catalog.workbooks)]


def _workbook_job(
    catalog: Catalog, workbook: Workbook, env: str, refresh: BuildRefresh
) -> WorkbookJob:
    tables = with_downstream(catalog, {workbook.name}, set())
    options: dict[str, Any] = {
        "selection": dg.AssetSelection.assets(*(list(table) for table in sorted(tables))),
        "description": f"The tabs of {workbook.title} and every ready table that hangs on them "
        f"({env}).",
        "executor_def": dg.in_process_executor,
        "tags": {"candid/env": env, "candid/workbook": workbook.name},
    }
    job = WorkbookJob(refresh_job(workbook.name), **options)
    job.refresh, job.tables = refresh, tables
    return job
