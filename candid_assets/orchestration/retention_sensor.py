"""The sensor that keeps the history from growing for ever."""

import dagster as dg

from candid_assets.settings import Settings

EVERY_SECONDS = 3600
AT_MOST_SECONDS = 20
"""Of one tick: Dagster stops a tick that takes a minute."""


def build_retention_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return `retention_sensor`, which launches nothing."""

    @dg.sensor(
        name="retention_sensor",
        minimum_interval_seconds=EVERY_SECONDS,
        description=f"Removes runs, what they printed, their events and reports after "
        f"{settings.keep_runs_days} days, and logs after {settings.keep_logs_days}; never the "
        "newest of a job, an asset or a check.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def retention_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # SQLAlchemy and DuckDB cost time to import; the graph loads without them.
        from datetime import UTC, datetime

        from candid_assets.gate.errors import GateError
        from candid_assets.maintenance.backup import HeldError
        from candid_assets.maintenance.record_retention import tidy_daily
        from candid_assets.maintenance.retention import remove_due

        now = datetime.now(UTC)
        try:
            gone = remove_due(settings, context.instance, now, AT_MOST_SECONDS)
            tidy_daily(settings, now)
        except (GateError, HeldError) as error:
            return dg.SkipReason(str(error))
        return dg.SkipReason(f"{gone.summary} removed")

    return retention_sensor
