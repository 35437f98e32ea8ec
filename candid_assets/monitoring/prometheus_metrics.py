"""The state of the platform as Prometheus reads it; nothing here waits for a source.

Names follow Prometheus' practice: base units, `_total` only for what never falls. Everything about
data is read from the published snapshot, everything about runs from Dagster's history.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import duckdb
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from candid_assets.contracts.load import load_catalog
from candid_assets.monitoring.open_alerts import is_stale, last_seen
from candid_assets.settings import Settings
from candid_assets.sources.quota import reads_in_window
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.ledger import ledgers, open_reasons
from candid_assets.warehouse.refresh_record import (
    Run,
    recent_runs,
    recorded_checks,
    recorded_failures,
)

log = logging.getLogger(__name__)

WAITING = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)


def exposition(settings: Settings, instance: dg.DagsterInstance) -> bytes:
    """Return the metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Platform(settings, instance))
    return generate_latest(registry)


class _Platform(Collector):
    """Everything, collected anew for each scrape."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings, self.instance = settings, instance

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; what cannot be read is left out and counted as an error."""
        errors = GaugeMetricFamily(
            "candid_scrape_errors", "Parts of the platform that could not be read.", labels=["part"]
        )
        for part, metrics in (("history", self._history), ("snapshot", self._snapshot)):
            try:
                collected = list(metrics())
            # A damaged store of one kind hides nothing of the other.
            except Exception:
                log.exception("the %s cannot be read for /metrics", part)
                errors.add_metric([part], 1)
            else:
                errors.add_metric([part], 0)
                yield from collected
        yield errors

    def _history(self) -> Iterator[Metric]:
        runs = GaugeMetricFamily(
            "candid_runs", "Runs in Dagster's history by status.", labels=["status"]
        )
        for status in dg.DagsterRunStatus:
            count = self.instance.get_runs_count(dg.RunsFilter(statuses=[status]))
            runs.add_metric([status.value.lower()], count)
        yield runs
        waiting = self.instance.get_runs_count(dg.RunsFilter(statuses=[*WAITING]))
        yield GaugeMetricFamily("candid_queued_runs", "Runs that wait to start.", value=waiting)
        beats = self.instance.get_daemon_heartbeats().values()
        last = max((beat.timestamp for beat in beats), default=0)
        yield GaugeMetricFamily(
            "candid_daemon_last_seen_timestamp_seconds", "The daemon's last heartbeat.", value=last
        )

    def _snapshot(self) -> Iterator[Metric]:
        file = self.settings.published_file
        try:
            with open_published(file) as connection:
                yield from _last_refresh(recent_runs(connection), self.settings)
                yield from _rows(connection)
                yield from _verdicts(connection)
                yield from self._freshness(connection)
            size = file.stat().st_size
        except WarehouseError:
            if file.exists():
                raise
            return
        yield GaugeMetricFamily("candid_snapshot_bytes", "Size of the snapshot.", value=size)

    def _freshness(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Metric]:
        seen = GaugeMetricFamily(
            "candid_workbook_last_seen_timestamp_seconds",
            "When a workbook was last read, or seen unchanged.",
            labels=["workbook"],
        )
        stale = GaugeMetricFamily(
            "candid_workbook_stale",
            "1 if a workbook was not read within what its contract promises.",
            labels=["workbook"],
        )
        catalog, now = load_catalog(self.settings.catalog_dir), datetime.now(UTC)
        for workbook, last in last_seen(connection, self.settings, catalog, now):
            if last is not None:
                seen.add_metric([workbook.name], last.timestamp())
            stale.add_metric([workbook.name], float(is_stale(workbook, last, now)))
        yield seen
        yield stale


def _last_refresh(runs: list[Run], settings: Settings) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "candid_reads_per_minute_limit",
        "Reads of sources that this installation allows itself in a minute.",
        value=settings.reads_per_minute,
    )
    yield GaugeMetricFamily(
        "candid_reads_last_minute",
        "Reads of sources within the last minute, of the account with most.",
        value=reads_in_window(settings.ledgers_dir),
    )
    for run in runs:
        summary = json.loads(run.summary)
        values = {
            "finished_timestamp_seconds": run.finished_at.timestamp(),
            "succeeded": float(run.succeeded),
            "seconds": summary.get("seconds"),
            "tables_built": summary.get("assets_built"),
            "sheets_reads": summary.get("sheets_reads"),
            "drive_reads": summary.get("drive_reads"),
        }
        for name, value in values.items():
            if value is None:  # an earlier release did not record it
                continue
            help_text = f"{name.replace('_', ' ').capitalize()} of the last refresh with news."
            yield GaugeMetricFamily(f"candid_last_refresh_{name}", help_text, value=value)
        stages = GaugeMetricFamily(
            "candid_last_refresh_stage_seconds",
            "Wall seconds of the last refresh with news by stage, before it was published.",
            labels=["stage"],
        )
        for stage, seconds in summary.get("stage_seconds", {}).items():
            stages.add_metric([stage], seconds)
        yield stages


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        "candid_rows", "Rows of tabs by where they are.", labels=["workbook", "table", "place"]
    )
    for tab in ledgers(connection).values():
        counts = tab.rows
        for place, count in (
            ("read", counts.rows_read),
            ("clean", counts.rows_clean),
            ("quarantine", counts.rows_quarantined),
            ("dropped", counts.rows_dropped),
        ):
            rows.add_metric([tab.workbook, tab.table, place], count)
    yield rows
    reasons = GaugeMetricFamily(
        "candid_quarantine_reasons", "Open reasons of quarantine by rule.", labels=["rule"]
    )
    for rule, count in open_reasons(connection).items():
        reasons.add_metric([rule], count)
    yield reasons


def _verdicts(connection: duckdb.DuckDBPyConnection) -> Iterator[Metric]:
    checks = GaugeMetricFamily(
        "candid_checks", "Latest outcome of checks.", labels=["severity", "outcome"]
    )
    counts = Counter((str(c.severity), c.passed) for c in recorded_checks(connection))
    for severity in ("error", "warning"):
        for passed, outcome in ((True, "passed"), (False, "failed")):
            checks.add_metric([severity, outcome], counts[severity, passed])
    yield checks
    failures = GaugeMetricFamily(
        "candid_failures", "Tables that could not be refreshed, by cause.", labels=["cause"]
    )
    for cause, count in Counter(f.cause for f in recorded_failures(connection)).items():
        failures.add_metric([cause], count)
    yield failures
