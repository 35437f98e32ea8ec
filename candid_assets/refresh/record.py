"""What a refresh did, counted: the object of `candid run --json`, the report's facts, `meta`."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from candid_assets.names import Layer
from candid_assets.quality.result import CheckResult, Sample
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.settings import ZONE
from candid_assets.warehouse.database import transaction

_CHECK_COLUMNS = (
    "layer",
    '"table"',
    "name",
    "passed",
    "severity",
    "blocking",
    "message",
    "counts",
    "samples",
    "checked_at",
    "run_id",
)


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


@dataclass(slots=True)
class Record:
    """Collects the events of one refresh."""

    built: list[Built] = field(default_factory=list)
    unchanged: list[Unchanged] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    sheets_reads: int = 0
    drive_reads: int = 0
    published: bool = False
    report: str = ""
    finished_at: datetime | None = None
    summary: Summary | None = None
    late: list[Failed] = field(default_factory=list)
    """What failed after the record was written, and so stands in no table."""

    @property
    def changed(self) -> bool:
        """Whether readers have something new to see: tables, checks or failures."""
        return bool(self.built or self.checks or self.failures)

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
            self.summary.failures.append(_told(failure))

    def causes(self) -> list[Failed]:
        """Return the failures, each cause once: a workbook's is not told again for each tab."""
        seen: dict[str, Failed] = {}
        for failure in self.failures:
            seen.setdefault(failure.message, failure)
        return list(seen.values())

    def finish(self, refresh: Refresh) -> None:
        """Write checks, failures and the run to `meta`; a run without news writes nothing."""
        self.finished_at = datetime.now(UTC)
        self.report = str(report_path(refresh))
        self.summary = self._summary(refresh)
        if not self.changed:
            return
        with transaction(refresh.connection):
            self._write_checks(refresh)
            self._write_failures(refresh)
            refresh.connection.execute(
                "insert into meta.runs values (?, ?, ?, ?, ?, ?)",
                [
                    refresh.run_id,
                    refresh.settings.env,
                    refresh.started_at,
                    self.finished_at,
                    self.succeeded,
                    json.dumps(asdict(self.summary)),
                ],
            )

    def _summary(self, refresh: Refresh) -> Summary:
        tables = [t.table for t in refresh.catalog.tabs]
        ledger = refresh.connection.execute(
            "select coalesce(sum(rows_raw), 0), coalesce(sum(rows_clean), 0),"
            " coalesce(sum(rows_quarantined), 0), coalesce(sum(rows_dropped), 0)"
            ' from meta.ledger where "table" = any(?)',
            [tables],
        ).fetchone()
        raw, clean, quarantined, dropped = ledger or (0, 0, 0, 0)
        finished = self.finished_at or datetime.now(UTC)
        return Summary(
            env=refresh.settings.env,
            run_id=refresh.run_id,
            succeeded=self.succeeded,
            workbooks=len(refresh.catalog.workbooks),
            tabs=len(tables),
            rows_landed=_rows_landed(refresh.connection, tables),
            rows_raw=int(raw),
            rows_clean=int(clean),
            rows_quarantined=int(quarantined),
            rows_dropped=int(dropped),
            assets_built=len(self.built),
            assets_unchanged=len(self.unchanged),
            checks_passed=sum(c.passed for c in self.checks),
            checks_failed=sum(not c.passed for c in self.checks),
            sheets_reads=self.sheets_reads,
            drive_reads=self.drive_reads,
            seconds=round((finished - refresh.started_at).total_seconds(), 2),
            report=self.report,
            failures=[_told(failure) for failure in self.causes()],
        )

    def _write_checks(self, refresh: Refresh) -> None:
        rows = [
            [
                c.layer,
                c.table,
                c.name,
                c.passed,
                c.severity,
                c.blocking,
                c.message,
                json.dumps(dict(c.counts)),
                json.dumps([asdict(s) for s in c.samples], default=str),
                self.finished_at,
                refresh.run_id,
            ]
            for c in self.checks
        ]
        if not rows:
            return
        # One set from one frame: row by row the same insert takes seconds.
        news = pd.DataFrame(rows, columns=[c.strip('"') for c in _CHECK_COLUMNS])
        refresh.connection.register("news", news)
        refresh.connection.execute(
            f"insert or replace into meta.checks select {', '.join(_CHECK_COLUMNS)} from news"
        )
        refresh.connection.unregister("news")

    def _write_failures(self, refresh: Refresh) -> None:
        healed: set[tuple[Layer, str]] = {(e.layer, e.table) for e in self.built + self.unchanged}
        refresh.connection.executemany(
            'delete from meta.failures where layer = ? and "table" = ?',
            [list(key) for key in healed] or [["", ""]],
        )
        for f in self.failures:
            refresh.connection.execute(
                "insert or replace into meta.failures values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    f.layer,
                    f.table,
                    f.workbook,
                    f.tab,
                    f.cause,
                    f.message,
                    f.fix,
                    self.finished_at,
                    refresh.run_id,
                ],
            )


def _told(failure: Failed) -> dict[str, str | None]:
    names = ("layer", "table", "cause", "message", "fix")
    return {name: getattr(failure, name) for name in names}


def standing_checks(connection: duckdb.DuckDBPyConnection) -> dict[Table, list[CheckResult]]:
    """Return the latest outcome of every check, by layer and table; failed ones with cells."""
    found: dict[Table, list[CheckResult]] = {}
    for layer, table, name, passed, message, severity, blocking, told in connection.execute(
        'select layer, "table", name, passed, message, severity, blocking,'
        " case when passed then '[]' else samples end from meta.checks"
    ).fetchall():
        samples = tuple(Sample(**sample) for sample in json.loads(told))
        result = CheckResult(
            name, layer, table, passed, message, severity, blocking, samples=samples
        )
        found.setdefault((layer, table), []).append(result)
    return found


def report_path(refresh: Refresh) -> Path:
    """Return where the run's report stands."""
    started = refresh.started_at.astimezone(ZONE)
    name = f"{started:%Y-%m-%d_%H%M%S}_{refresh.run_id[:8]}.md"
    return refresh.settings.reports_dir / name


def _rows_landed(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> int:
    """Return the rows of all tabs' current extracts."""
    row = connection.execute(
        "select coalesce(sum(n), 0) from (select arg_max(rows_read, fetched_at) as n"
        " from meta.extracts where workbook || '__' || coalesce(family, tab) = any(?)"
        " group by workbook, tab)",
        [tables],
    ).fetchone()
    return int(row[0]) if row else 0
