"""The job of a command's run: the refresh of what is stale and nothing else.

The code location has every asset, check, job, schedule and sensor of the catalog; making them takes
longer than refreshing a tab.
"""

import dagster as dg

from candid_assets.contracts.catalog import Catalog
from candid_assets.names import REFRESH_ALL
from candid_assets.orchestration.refresh_asset import RefreshFactory
from candid_assets.orchestration.resources import run_resources
from candid_assets.refresh.downstream import Table
from candid_assets.reports.after_refresh import end_run
from candid_assets.settings import Settings


def command_job(settings: Settings, catalog: Catalog, tables: frozenset[Table]) -> dg.JobDefinition:
    """Return `refresh_all` over some tables; as a part of it, it stands in Dagster's history.

    Without their checks: what is built is checked all the same, and Dagster neither plans nor asks
    again for the thousand verdicts that stand.
    """
    refresh = RefreshFactory(catalog, settings.env, end_run, tables)
    definitions = dg.Definitions(
        assets=[refresh.build(with_checks=False)],
        jobs=[dg.define_asset_job(REFRESH_ALL, executor_def=dg.in_process_executor)],
        resources=run_resources(settings),
    )
    return definitions.resolve_job_def(REFRESH_ALL).get_subset(
        asset_selection={dg.AssetKey(list(table)) for table in tables}
    )
