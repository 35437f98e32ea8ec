"""The sensor that sends alerts."""

from typing import TYPE_CHECKING

import dagster as dg

from candid_assets.contracts.catalog import Catalog
from candid_assets.settings import Settings

if TYPE_CHECKING:
    from candid_assets.monitoring.notify import AlertChanges


def build_alert_sensor(catalog: Catalog, settings: Settings) -> dg.SensorDefinition:
    """Return `alerts_sensor`, which launches nothing."""

    @dg.sensor(
        name="alerts_sensor",
        minimum_interval_seconds=settings.alert_seconds,
        description="Sends alerts of failed runs and checks, stale workbooks and holds: each once, "
        "and once more when it is resolved.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alerts_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(send_alerts(settings, catalog, context.instance).summary)

    return alerts_sensor


def send_alerts(
    settings: Settings, catalog: Catalog, instance: dg.DagsterInstance
) -> "AlertChanges":
    """Send what changed since the last time, and return it."""
    # DuckDB costs time to import; the graph loads without it.
    from datetime import UTC, datetime

    from candid_assets.monitoring.notify import update
    from candid_assets.monitoring.open_alerts import open_alerts, seen_workbooks
    from candid_assets.orchestration.dagster_freshness import report_freshness

    now = datetime.now(UTC)
    changes = update(settings, open_alerts(settings, catalog, instance, now), now)
    report_freshness(instance, seen_workbooks(settings, catalog, now), now)
    return changes
