"""The report that every refresh ends in: what was done, data-quality notes, next steps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from candid_assets.atomic_files import write_whole
from candid_assets.names import METRIC_VALUES, QUARANTINE_CHECK
from candid_assets.reports.metric_changes import MetricChange, changed_metrics
from candid_assets.settings import ZONE
from candid_assets.warehouse.check_results import CheckResult, Sample
from candid_assets.warehouse.ledger import ledgers, reason_counts, total
from candid_assets.warehouse.refresh_record import recorded_checks

if TYPE_CHECKING:
    from candid_assets.refresh.context import Refresh
    from candid_assets.refresh.record import Record

WORST_TABS = 15
CELLS_SHOWN = 3
TEMPLATE = "report.md.j2"


def write_report(
    refresh: "Refresh", record: "Record", changes: Sequence[MetricChange] = ()
) -> None:
    """Write the Markdown report of a finished refresh to the path the record names."""
    if record.summary is None:
        raise ValueError("a report is written after the record is finished")
    text = _TEMPLATES.get_template(TEMPLATE).render(_facts(refresh, record, changes))
    write_whole(Path(record.report), text)


def _facts(refresh: "Refresh", record: "Record", changes: Sequence[MetricChange]) -> dict[str, Any]:
    started = refresh.started_at.astimezone(ZONE)
    worst = worst_tabs(refresh.connection)
    failures = _failure_rows(record)
    checks = failed_checks(refresh.connection)
    held = tabs_with_quarantine(refresh.connection)
    return {
        "env": refresh.settings.env,
        "run_id": refresh.run_id,
        "started": f"{started:%Y-%m-%d %H:%M:%S}",
        "summary": record.summary,
        "verdict": _verdict(record, checks),
        "page": Path(record.report).with_suffix(".html").name if record.changed else "",
        "published": record.changed,
        "changes": changes,
        "workbooks": _workbooks(refresh, record),
        "ready_built": [b.table for b in record.built if b.layer == "ready"],
        "failures": failures,
        "worst": worst,
        "quarantine": reason_counts(refresh.connection, refresh.run_id),
        "checks": checks,
        "errors": sum(check.severity == "error" for check in checks),
        "held": held,
        "seconds": sorted(record.summary.stage_seconds.items(), key=lambda item: -item[1])
        if record.summary
        else [],
        "steps": _next_steps(failures, checks, worst),
    }


def metric_changes(refresh: "Refresh", record: "Record") -> list[MetricChange]:
    """Return the metrics whose totals the refresh changed; none where it built no metric values."""
    if not any(b.layer == "ready" and b.table == METRIC_VALUES for b in record.built):
        return []
    return changed_metrics(refresh.connection, refresh.settings.published_file)


def tabs_with_quarantine(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many tabs have rows in quarantine."""
    return sum(tab.rows.rows_quarantined > 0 for tab in ledgers(connection).values())


def _verdict(record: "Record", checks: Sequence[CheckResult]) -> str:
    if not record.succeeded:
        count = len(record.distinct_failures())
        return f"**Failed**: {count} cause(s), each named below with its fix."
    errors = sum(check.severity == "error" for check in checks)
    many = "1 check fails" if errors == 1 else f"{errors} checks fail"
    but = f" **{many} with severity error**, named below." if errors else ""
    if not record.built:
        return f"**Nothing changed**: every table is current and none was written.{but}"
    return f"**Refreshed.**{but}" if errors else "**Succeeded.**"


def _workbooks(refresh: "Refresh", record: "Record") -> list[dict[str, Any]]:
    built = Counter(b.table for b in record.built if b.layer in ("raw", "clean", "quarantine"))
    tabs = ledgers(refresh.connection).values()
    workbooks = []
    for workbook in refresh.catalog.workbooks:
        own = [tab for tab in tabs if tab.workbook == workbook.name]
        rows = total(own)
        workbooks.append(
            {
                "workbook": workbook.title,
                "tabs": len(own),
                "rows_read": rows.rows_read,
                "clean": rows.rows_clean,
                "quarantined": rows.rows_quarantined,
                "dropped": rows.rows_dropped,
                "built": sum(built[t.table] for t in workbook.tabs),
            }
        )
    return workbooks


def worst_tabs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the tabs with most quarantined rows, with reasons and links to the first cells."""
    rows = {table: tab.rows for table, tab in ledgers(connection).items()}
    checks = [c for c in recorded_checks(connection, layer="quarantine") if c.table in rows]
    checks.sort(key=lambda check: (-rows[check.table].rows_quarantined, check.table))
    return [
        {
            "table": check.table,
            "quarantined": rows[check.table].rows_quarantined,
            "rows": rows[check.table].rows_clean + rows[check.table].rows_quarantined,
            "reasons": ", ".join(
                f"{count} {reason}"
                for reason, count in check.counts.items()
                if not reason.startswith("rows ")
            ),
            "cells": _cells(check.samples),
            "samples": check.samples[:CELLS_SHOWN],
        }
        for check in checks[:WORST_TABS]
        if rows[check.table].rows_quarantined
    ]


def _cells(samples: Sequence[Sample]) -> str:
    linked = [f"[{s.cell}]({s.link})" for s in samples if s.link]
    return " ".join(dict.fromkeys(linked[:CELLS_SHOWN]))


def _text(value: object) -> str:
    """Return a text of a source as one line of Markdown in which nothing is a tag of HTML."""
    return " ".join(str(value).split()).replace("<", "\\<")


# Kept, for compiling the report costs more than filling it in. Markdown for people, not HTML:
# of what sources say no tag is left.
_TEMPLATES: Final = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined
)
_TEMPLATES.filters |= {"cells": _cells, "text": _text}


def failed_checks(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """Return the checks that failed without holding their table back, errors first."""
    failed = recorded_checks(connection, failed=True)
    shown = [c for c in failed if not c.blocking and c.name != QUARANTINE_CHECK]
    return sorted(shown, key=lambda check: check.severity != "error")


def _failure_rows(record: "Record") -> list[dict[str, Any]]:
    tables = Counter(f.message for f in record.failures)
    return [
        {"cause": f.cause, "message": f.message, "fix": f.fix, "tables": tables[f.message]}
        for f in record.distinct_failures()
    ]


def _next_steps(
    failures: Sequence[Mapping[str, Any]],
    checks: Sequence[CheckResult],
    worst: Sequence[Mapping[str, Any]],
) -> list[str]:
    """Return what to do: what failed first, then checks of severity error, then quarantine."""
    steps = [f"{c['fix']} ({c['message']})" for c in failures]
    steps += [
        f"Correct what `{check.name}` names in `{check.relation}`: {check.message}"
        for check in checks
        if check.severity == "error"
    ]
    steps += [
        f"Correct the {t['quarantined']} quarantined rows of `{t['table']}` at their source,"
        f" starting with {t['cells'] or 'the cells in its quarantine table'}; the next refresh"
        " takes them in."
        for t in worst[:3]
    ]
    return steps or ["Nothing to do."]
