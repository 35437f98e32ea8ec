"""What a refresh did, counted: the object of `candid run --json`, the report's facts, `meta`."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from candid_assets.names import Layer
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.refresh.unchanged_workbooks import seen_whole
from candid_assets.settings import ZONE
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.confirmed_clock import note_clock
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.extracts import rows_landed
from candid_assets.warehouse.last_looks import note_looks
from candid_assets.warehouse.ledger import ledgers, total
from candid_assets.warehouse.refresh_record import (
    Run,
    forget_failures,
    record_checks,
    record_failures,
    record_reading,
    record_run,
    recorded_checks,
)
from candid_assets.warehouse.tab_changes import undescribed_tables

Table = tuple[Layer, str]


@dataclass(slots=True)
class Summary:
    """What `candid run --json` prints; the names are public."""

    env: str
    run_id: str
    succeeded: bool
    workbooks: int
    tabs: int
    rows_landed: int
    rows_raw: int
    rows_clean: int
    rows_quarantined: int
    rows_dropped: int
    assets_built: int
    assets_unchanged: int
    checks_passed: int
    checks_failed: int
    sheets_reads: int
    drive_reads: int
    seconds: float
    report: str
    failures: list[dict[str, str | None]]
    undescribed: list[dict[str, str]]
    """Tables of the sources that no contract names, and so were not read."""
    read_as: list[str]
    """Which address answered for Google and which account read; none where none was asked."""
    wrong_clocks: list[str]
    """How this computer's clock differs from those of sources, where it does."""
    stage_seconds: dict[str, float]
    """Wall seconds by stage; recorded before the report and the snapshot are written."""


@dataclass(slots=True)
class Record:
    """Collects the events of one refresh."""

    built: list[Built] = field(default_factory=list)
    unchanged: list[Unchanged] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    sheets_reads: int = 0
    drive_reads: int = 0
    read_as: list[str] = field(default_factory=list)
    """Addresses and accounts that were read with."""
    wrong_clocks: list[str] = field(default_factory=list)
    """Sentences about this computer's clock."""
    clock_agrees: bool | None = False
    """Whether the sources agree with the clock; None where those that were asked gave no time."""
    published: bool = False
    report: str = ""
    finished_at: datetime | None = None
    summary: Summary | None = None
    has_other_news: bool = False
    """Whether other tables have no contract than before, or a contract is valid again."""
    late: list[Failed] = field(default_factory=list)
    """What failed after the record was written, and so is in no table."""

    @property
    def changed(self) -> bool:
        """Whether readers have something new to see: tables, checks or failures."""
        return bool(self.built or self.checks or self.failures or self.has_other_news)

    @property
    def succeeded(self) -> bool:
        """Whether nothing blocking failed."""
        return not self.failures and all(c.passed or not c.blocking for c in self.checks)

    def add(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case Built():
                self.built.append(event)
            case Unchanged():
                self.unchanged.append(event)
            case Checked():
                self.checks.append(event.result)
            case Failed():
                self.failures.append(event)

    def add_late(self, failure: Failed) -> None:
        """Take note of a failure after `finish`."""
        self.failures.append(failure)
        self.late.append(failure)
        if self.summary is not None:
            self.summary.succeeded = False
            self.summary.failures.append(_failure_entry(failure))

    def distinct_failures(self) -> list[Failed]:
        """Return the failures, each cause once: a workbook's is not repeated for each tab."""
        seen: dict[str, Failed] = {}
        for failure in self.failures:
            seen.setdefault(failure.message, failure)
        return list(seen.values())

    def finish(self, refresh: Refresh) -> None:
        """Write checks, failures and the run to `meta`; of a run without news only what it read.

        One transaction, so that a run that was killed has read and judged nothing: the next one
        reads its workbooks again, and every verdict is recorded.
        """
        self.finished_at = datetime.now(UTC)
        note_clock(refresh.settings.data_dir, self.clock_agrees, self.finished_at)
        self.report = str(report_path(refresh))
        self.has_other_news = refresh.observations.has_other_news
        self.summary = self._summary(refresh)
        with transaction(refresh.connection):
            for reading in refresh.readings:
                record_reading(refresh.connection, reading)
            if self.changed:
                self._write(refresh, self.finished_at, self.summary)
        known = [workbook.name for workbook in refresh.catalog.workbooks]
        note_looks(refresh.settings.data_dir, seen_whole(refresh), known, refresh.started_at)

    def _write(self, refresh: Refresh, at: datetime, summary: Summary) -> None:
        connection, run_id = refresh.connection, refresh.run_id
        record_checks(connection, self.checks, at, run_id)
        forget_failures(connection, {(e.layer, e.table) for e in self.built + self.unchanged})
        record_failures(connection, self.failures, at, run_id)
        env, document = refresh.settings.env, json.dumps(asdict(summary))
        run = Run(run_id, env, refresh.started_at, at, self.succeeded, document)
        record_run(connection, run)

    def _summary(self, refresh: Refresh) -> Summary:
        tables = {t.table for t in refresh.catalog.tabs}
        rows = total(tab for tab in ledgers(refresh.connection).values() if tab.table in tables)
        finished = self.finished_at or datetime.now(UTC)
        undescribed = undescribed_tables(refresh.connection)
        if undescribed:
            # What matches patterns of titles is loaded only for a title.
            from candid_assets.refresh.undescribed import still_undescribed

            undescribed = still_undescribed(refresh.catalog, undescribed)
        return Summary(
            env=refresh.settings.env,
            run_id=refresh.run_id,
            succeeded=self.succeeded,
            workbooks=len(refresh.catalog.workbooks),
            tabs=len(refresh.catalog.tabs),
            rows_landed=rows_landed(refresh.connection, list(tables)),
            rows_raw=rows.rows_raw,
            rows_clean=rows.rows_clean,
            rows_quarantined=rows.rows_quarantined,
            rows_dropped=rows.rows_dropped,
            assets_built=len(self.built),
            assets_unchanged=len(self.unchanged),
            checks_passed=sum(c.passed for c in self.checks),
            checks_failed=sum(not c.passed for c in self.checks),
            sheets_reads=self.sheets_reads,
            drive_reads=self.drive_reads,
            seconds=round((finished - refresh.started_at).total_seconds(), 2),
            report=self.report,
            failures=[_failure_entry(failure) for failure in self.distinct_failures()],
            undescribed=[
                {"workbook": table.workbook, "title": table.title, "proposal": table.proposal}
                for table in undescribed
            ],
            read_as=self.read_as,
            wrong_clocks=self.wrong_clocks,
            stage_seconds=refresh.times.rounded(),
        )


def _failure_entry(failure: Failed) -> dict[str, str | None]:
    names = ("layer", "table", "cause", "message", "fix")
    return {name: getattr(failure, name) for name in names}


def standing_checks(connection: duckdb.DuckDBPyConnection) -> dict[Table, list[CheckResult]]:
    """Return the latest outcome of every check, by layer and table; failed ones with cells."""
    checks: dict[Table, list[CheckResult]] = {}
    for check in recorded_checks(connection):
        checks.setdefault((check.layer, check.table), []).append(check)
    return checks


def report_path(refresh: Refresh) -> Path:
    """Return the path of the run's report."""
    started = refresh.started_at.astimezone(ZONE)
    name = f"{started:%Y-%m-%d_%H%M%S}_{refresh.run_id[:8]}.md"
    return refresh.settings.reports_dir / name
