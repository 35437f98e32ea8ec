"""The daily audit: every rule of every published table by Great Expectations."""

import dagster as dg

from candid_assets.gate.production import require_deployed
from candid_assets.names import AUDIT_PUBLISHED
from candid_assets.orchestration.schedules import run_if_deployed, running_outside_sample
from candid_assets.settings import TIME_ZONE, Settings

AUDIT_TIME = "0 6 * * *"


def build_audit_job(env: str) -> dg.JobDefinition:
    """Return `audit_published`, which reads the published snapshot and writes into reports."""

    @dg.op(name="audit")
    def audit(context: dg.OpExecutionContext) -> None:
        # Great Expectations costs seconds to import; the graph loads without it.
        from candid_assets.reports.audit_pages import audit_published

        settings = Settings()
        require_deployed(settings)
        if not settings.published_file.exists():
            context.log.warning("nothing is published yet, so there is nothing to audit")
            return
        audited = audit_published(settings)
        failing = {
            table.relation: "; ".join((*table.broken, *table.disputed)) for table in audited.failing
        }
        if failing:
            raise dg.Failure(audited.summary, metadata=dict(failing), allow_retries=False)
        context.log.info(audited.summary)

    @dg.job(
        name=AUDIT_PUBLISHED,
        description="Judges every rule of every published table by Great Expectations, beside the "
        f"counts in SQL that refreshes go by, and writes its Data Docs ({env}). It fails where a "
        "rule is broken or the two differ.",
        executor_def=dg.in_process_executor,
        tags={"candid/env": env},
    )
    def audit_published_job() -> None:
        audit()

    return audit_published_job


def build_audit_schedule(env: str) -> dg.ScheduleDefinition:
    """Return the schedule of the audit, switched on outside the sample."""

    @dg.schedule(
        name="audit_daily",
        job_name=AUDIT_PUBLISHED,
        cron_schedule=AUDIT_TIME,
        execution_timezone=TIME_ZONE,
        description="Audits what is published at 06:00 Jakarta time, after the daily refresh.",
        tags={"candid/env": env},
        default_status=running_outside_sample(env),
    )
    def audit_daily() -> dg.RunRequest | dg.SkipReason:
        return run_if_deployed(env)

    return audit_daily
