"""The daily refresh, and what owners hear on weekday mornings."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.names import REFRESH_ALL, REFRESH_OPERATION
from candid_assets.settings import TIME_ZONE, Settings

REFRESH_TIME = "0 5 * * *"
LETTERS_TIME = "30 7 * * 1-5"


def build_schedules(env: str) -> list[dg.ScheduleDefinition]:
    """Return the schedules, which are switched on outside the sample."""

    @dg.schedule(
        name="refresh_daily",
        job_name=REFRESH_ALL,
        cron_schedule=REFRESH_TIME,
        execution_timezone=TIME_ZONE,
        description="Reads every workbook at 05:00 Jakarta time, whatever a look says of it, "
        "and builds what changed.",
        tags={"candid/env": env},
        default_status=running_outside_sample(env),
    )
    def refresh_daily() -> dg.RunRequest | dg.SkipReason:
        return run_if_deployed(env, {"ops": {REFRESH_OPERATION: {"config": {"read_all": True}}}})

    @dg.schedule(
        name="owners_every_morning",
        job_name=REFRESH_ALL,
        cron_schedule=LETTERS_TIME,
        execution_timezone=TIME_ZONE,
        description="Tells each owner of CANDID_OWNERS_FILE which cells of their tabs are to be "
        "mended, on weekdays at 07:30 Jakarta time; nothing where there is nothing. It launches "
        "nothing.",
        tags={"candid/env": env},
        default_status=running_outside_sample(env),
    )
    def owners_every_morning() -> dg.SkipReason:
        return dg.SkipReason(_send_letters())

    return [refresh_daily, owners_every_morning]


def _send_letters() -> str:
    # DuckDB costs time to import; the graph loads without it.
    from datetime import UTC, datetime

    from candid_assets.contracts.load import load_catalog
    from candid_assets.monitoring.send_letters import send_letters

    settings = Settings()
    if settings.owners_file is None:
        return "CANDID_OWNERS_FILE names no file with the channels of owners"
    catalog = load_catalog(settings.catalog_dir)
    return send_letters(settings, catalog, datetime.now(UTC)).summary


def running_outside_sample(env: str) -> dg.DefaultScheduleStatus:
    """Return how a schedule of an environment starts: in the sample, a person switches it on."""
    if env == "sample":
        return dg.DefaultScheduleStatus.STOPPED
    return dg.DefaultScheduleStatus.RUNNING


def run_if_deployed(
    env: str, run_config: Mapping[str, Any] | None = None
) -> dg.RunRequest | dg.SkipReason:
    """Return a run of an environment's job, or in production why what is here may not run."""
    try:
        require_deployed(Settings())
    except GateError as refused:
        return dg.SkipReason(str(refused))
    return dg.RunRequest(run_config=run_config, tags={"candid/env": env})
