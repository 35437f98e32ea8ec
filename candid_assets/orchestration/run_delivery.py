"""Runs a destination's job in this process, so that Dagster's history has the run."""

import uuid
from typing import Any

import dagster as dg

from candid_assets.contracts.destination import Destination
from candid_assets.names import COMMAND, LAUNCHED_BY, export_job
from candid_assets.orchestration.run_launcher import held_by_this_process
from candid_assets.settings import Settings


def run_delivery(
    settings: Settings, destination: Destination, definitions: dg.Definitions
) -> dict[str, Any]:
    """Deliver a destination's tables and return what `candid export --json` shows of it."""
    job = definitions.resolve_job_def(export_job(destination.name))
    run_id = str(uuid.uuid4())
    with dg.DagsterInstance.get() as instance, held_by_this_process(settings, run_id):
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"candid/env": settings.env, LAUNCHED_BY: COMMAND},
            raise_on_error=False,
        )
    return {
        "destination": destination.name,
        "succeeded": result.success,
        "run_id": result.run_id,
        "reason": None if result.success else _reason(result),
        "tables": [_table(event) for event in result.get_asset_materialization_events()],
    }


def _table(event: dg.DagsterEvent) -> dict[str, Any]:
    materialization = event.step_materialization_data.materialization
    values = {name: value.value for name, value in materialization.metadata.items()}
    return {
        "asset": materialization.asset_key.to_user_string(),
        "rows": values["dagster/row_count"],
        "checksum": values["checksum"],
        "snapshot": values["snapshot"],
    }


def _reason(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            if data.error is not None:
                return str(data.error.message).strip()
    return "the run broke off"
