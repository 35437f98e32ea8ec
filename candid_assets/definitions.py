"""The code location `candid_assets`: every asset, check, job, schedule, sensor and resource."""

import dagster as dg

from candid_assets.contracts.load import load_catalog
from candid_assets.garbage_collection import expect_lasting_objects
from candid_assets.orchestration.alert_sensor import build_alert_sensor
from candid_assets.orchestration.audit_job import build_audit_job, build_audit_schedule
from candid_assets.orchestration.change_sensor import build_sensors
from candid_assets.orchestration.destination_assets import (
    build_export_jobs,
    build_export_schedules,
    build_exports,
)
from candid_assets.orchestration.jobs import build_jobs
from candid_assets.orchestration.refresh_asset import RefreshFactory
from candid_assets.orchestration.resources import run_resources
from candid_assets.orchestration.retention_sensor import build_retention_sensor
from candid_assets.orchestration.schedules import build_schedules
from candid_assets.reports.after_refresh import end_run
from candid_assets.settings import Settings


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the definitions that the catalog of these settings describes."""
    catalog = load_catalog(settings.catalog_dir)
    refresh = RefreshFactory(catalog, settings.env, end_run)
    return dg.Definitions(
        assets=[
            refresh.build(),
            *build_exports(catalog, settings.env),
        ],
        jobs=[
            *build_jobs(catalog, settings.env, refresh.build),
            *build_export_jobs(catalog, settings.env),
            build_audit_job(settings.env),
        ],
        schedules=[
            *build_schedules(settings.env),
            *build_export_schedules(catalog, settings.env),
            build_audit_schedule(settings.env),
        ],
        sensors=[
            *build_sensors(catalog, settings),
            build_alert_sensor(catalog, settings),
            build_retention_sensor(settings),
        ],
        resources=run_resources(settings),
        executor=dg.in_process_executor,
        metadata={"environment": settings.env},
    )


# Who imports this is a code server or a run of one, or reads every table of the catalog.
expect_lasting_objects()
defs = build_definitions(Settings())
