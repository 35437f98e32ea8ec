"""Refreshes and runs: what they did, and the report that each left."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
import duckdb

from candid_assets.names import LAUNCHED_BY
from candid_assets.quality.audited_table import PAGE_POLICY
from candid_assets.regular_files import read_text
from candid_assets.reports.audit_pages import newest_audit
from candid_assets.reports.find_page import page_of_run
from candid_assets.settings import Settings
from candid_assets.warehouse.refresh_record import recent_runs
from candid_assets.web.pages.situation import Present
from candid_assets.web.refusal import Refused

REFRESHES: Final = 30
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DagsterRun:
    """A run of Dagster's history."""

    run_id: str
    job: str
    status: str
    """`good`, `bad` or `near`: succeeded, failed, or neither yet."""
    state: str
    """Dagster's own word, such as `SUCCESS`."""
    started_at: datetime
    seconds: float | None
    by: str


def runs_facts(
    connection: duckdb.DuckDBPyConnection, present: Present, settings: Settings
) -> dict[str, Any]:
    """Return what the page of runs shows."""
    refreshes = [
        {"run": run, "summary": json.loads(run.summary)}
        for run in recent_runs(connection, REFRESHES)
    ]
    audit = newest_audit(settings)
    return {"refreshes": refreshes, "runs": _dagster_runs(present.runs), "audit": audit}


def _dagster_runs(records: Sequence[dg.RunRecord]) -> list[DagsterRun]:
    def of(record: dg.RunRecord) -> DagsterRun:
        run, start, end = record.dagster_run, record.start_time, record.end_time
        status = "good" if run.is_success else "bad" if run.is_failure else "near"
        by = run.tags.get(LAUNCHED_BY) or run.tags.get("dagster/schedule_name")
        return DagsterRun(
            run.run_id,
            run.job_name,
            status,
            run.status.value,
            datetime.fromtimestamp(start, UTC) if start else record.create_timestamp,
            round(end - start, 1) if start and end else None,
            by or run.tags.get("dagster/sensor_name") or "",
        )

    return [of(record) for record in records]


def report_of(settings: Settings, run_id: str) -> tuple[str, str]:
    """Return the report of a run as it was written, and the policy that it needs.

    Raises:
        Refused: The run left none, or it cannot be read.
    """
    from candid_assets.reports.find_page import ReportError

    try:
        html = read_text(page_of_run(settings, run_id))
    except ReportError as error:
        raise Refused(404, f"{error.message}; {error.fix}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(503, f"the report of this run cannot be read ({error})") from error
    # Its style sheet is in it, and is let through by its hash; nothing else runs or loads.
    styles = [f"'sha256-{_hash(style)}'" for style in _STYLE.findall(html)] or ["'none'"]
    policy = f"default-src 'none'; style-src {' '.join(styles)}; img-src data:"
    return html, f"{policy}; base-uri 'none'; form-action 'none'"


def audited_page(settings: Settings, relation: str) -> tuple[str, str]:
    """Return the page of Great Expectations of a table, and the policy that it needs.

    Raises:
        Refused: The newest audit has no such table, or its page cannot be read.
    """
    audit = newest_audit(settings)
    if audit is None or relation not in {table.relation for table in audit.tables}:
        raise Refused(404, f"no audit of {relation} is kept; run `candid audit`")
    try:
        html = read_text(audit.page(relation))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(503, f"the page of {relation} cannot be read ({error})") from error
    # Its styles stand in its elements; nothing runs or loads, whatever cells hold.
    return html, f"{PAGE_POLICY}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
