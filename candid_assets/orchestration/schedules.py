"""The daily refresh."""

import dagster as dg

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.names import REFRESH_ALL
from candid_assets.settings import TIME_ZONE, Settings

REFRESH_TIME = "0 5 * * *"


def build_schedules(env: str) -> list[dg.ScheduleDefinition]:
    """Return the daily schedule: 05:00 in Jakarta, switched on outside the sample."""

    @dg.schedule(
        name="refresh_daily",
        job_name=REFRESH_ALL,
        cron_schedule=REFRESH_TIME,
        execution_timezone=TIME_ZONE,
        description="Reads every workbook at 05:00 Jakarta time, whatever a look says of it, "
        "and builds what changed.",
        tags={"candid/env": env},
        default_status=_running_outside_sample(env),
    )
    def refresh_daily() -> dg.RunRequest | dg.SkipReason:
        try:
            require_deployed(Settings())
        except GateError as refused:
            return dg.SkipReason(str(refused))
        return dg.RunRequest(
            run_config={"ops": {"refresh": {"config": {"read_all": True}}}},
            tags={"candid/env": env},
        )

    return [refresh_daily]


def _running_outside_sample(env: str) -> dg.DefaultScheduleStatus:
    if env == "sample":
        return dg.DefaultScheduleStatus.STOPPED
    return dg.DefaultScheduleStatus.RUNNING
