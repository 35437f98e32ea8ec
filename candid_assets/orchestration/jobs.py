"""The jobs a person, a schedule or an agent launches; all run in one process."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.names import DESTINATIONS, REFRESH_ALL, group, refresh_job
from candid_assets.orchestration.asset_specs import tab_layers


def build_jobs(catalog: Catalog, env: str) -> list[UnresolvedAssetJobDefinition]:
    """Return `refresh_all` and one `refresh_<workbook>` for each workbook."""
    everything = dg.define_asset_job(
        REFRESH_ALL,
        dg.AssetSelection.all() - dg.AssetSelection.key_prefixes(DESTINATIONS),
        description=f"Every tab of every workbook, then the ready tables, then publish ({env}).",
        executor_def=dg.in_process_executor,
        tags={"candid/env": env},
    )
    return [everything, *(_workbook_job(w, env) for w in catalog.workbooks)]


def _workbook_job(workbook: Workbook, env: str) -> UnresolvedAssetJobDefinition:
    groups = [group(layer, workbook.name) for layer in tab_layers(workbook)]
    selection = dg.AssetSelection.groups(*groups)
    return dg.define_asset_job(
        refresh_job(workbook.name),
        (selection | selection.downstream()) - dg.AssetSelection.key_prefixes(DESTINATIONS),
        description=f"The tabs of {workbook.title} and every ready table that hangs on them "
        f"({env}).",
        executor_def=dg.in_process_executor,
        tags={"candid/env": env, "candid/workbook": workbook.name},
    )
