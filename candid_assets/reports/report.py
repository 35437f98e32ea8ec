"""The report that every refresh ends in: what was done, data-quality notes, next steps."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from candid_assets.atomic_files import write_whole
from candid_assets.names import METRIC_VALUES
from candid_assets.reports.metric_changes import Moved, moved_metrics
from candid_assets.settings import ZONE
from candid_assets.warehouse.quarantine_history import history_counts

if TYPE_CHECKING:
    from candid_assets.refresh.context import Refresh
    from candid_assets.refresh.record import Record

WORST_TABS = 15
CELLS_SHOWN = 3
TEMPLATE = "report.md.j2"


def write_report(refresh: "Refresh", record: "Record", moved: Sequence[Moved] = ()) -> None:
    """Write the Markdown report of a finished refresh to the path the record names."""
    if record.summary is None:
        raise ValueError("a report is written after the record is finished")
    path = Path(record.report)
    # Markdown for people, not HTML: nothing is escaped but the table's own bar.
    templates = Environment(  # noqa: S701
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined
    )
    write_whole(path, templates.get_template(TEMPLATE).render(_facts(refresh, record, moved)))


def _facts(refresh: "Refresh", record: "Record", moved: Sequence[Moved]) -> dict[str, Any]:
    started = refresh.started_at.astimezone(ZONE)
    worst = worst_tabs(refresh.connection)
    causes = _causes(record)
    return {
        "env": refresh.settings.env,
        "run_id": refresh.run_id,
        "started": f"{started:%Y-%m-%d %H:%M:%S}",
        "summary": record.summary,
        "verdict": _verdict(record),
        "page": Path(record.report).with_suffix(".html").name,
        "published": record.changed,
        "moved": moved,
        "workbooks": _workbooks(refresh, record),
        "ready_built": [b.table for b in record.built if b.layer == "ready"],
        "causes": causes,
        "worst": worst,
        "quarantine": history_counts(refresh.connection, refresh.run_id),
        "checks": failed_checks(refresh.connection),
        "steps": _next_steps(causes, worst),
    }


def moved_by(refresh: "Refresh", record: "Record") -> list[Moved]:
    """Return the metrics that the refresh moved; it asks only where it built their values."""
    if not any(b.layer == "ready" and b.table == METRIC_VALUES for b in record.built):
        return []
    return moved_metrics(refresh.connection, refresh.settings.published_file)


def _verdict(record: "Record") -> str:
    if not record.succeeded:
        return f"**Failed**: {len(record.causes())} cause(s), each named below with its fix."
    if not record.built:
        return "**Nothing changed**: every table is current and none was written."
    return "**Succeeded.**"


def _workbooks(refresh: "Refresh", record: "Record") -> list[dict[str, Any]]:
    built = Counter(b.table for b in record.built if b.layer in ("raw", "clean", "quarantine"))
    rows = {
        r[0]: r[1:]
        for r in refresh.connection.execute(
            "select workbook, count(*), sum(rows_read), sum(rows_clean), sum(rows_quarantined),"
            " sum(rows_dropped) from meta.ledger group by workbook"
        ).fetchall()
    }
    found = []
    for workbook in refresh.catalog.workbooks:
        counts = rows.get(workbook.name, (0, 0, 0, 0, 0))
        names = ("tabs", "rows_read", "clean", "quarantined", "dropped")
        facts: dict[str, Any] = dict(zip(names, map(int, counts), strict=True))
        facts["workbook"] = workbook.title
        facts["built"] = sum(built[t.table] for t in workbook.tabs)
        found.append(facts)
    return found


def worst_tabs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the tabs with most quarantined rows, with reasons and links to the first cells."""
    rows = connection.execute(
        'select l."table", l.rows_quarantined, l.rows_clean + l.rows_quarantined,'
        " c.counts, c.samples from meta.ledger as l join meta.checks as c"
        ' on c.layer = \'quarantine\' and c."table" = l."table"'
        " where l.rows_quarantined > 0 order by l.rows_quarantined desc, 1"
        f" limit {WORST_TABS}"
    ).fetchall()
    return [
        {
            "table": table,
            "quarantined": quarantined,
            "rows": total,
            "reasons": ", ".join(
                f"{count} {reason}"
                for reason, count in json.loads(counts).items()
                if not reason.startswith("rows ")
            ),
            "cells": _cells(samples),
            "samples": json.loads(samples)[:CELLS_SHOWN],
        }
        for table, quarantined, total, counts, samples in rows
    ]


def _cells(samples: str) -> str:
    linked = [f"[{s['cell']}]({s['link']})" for s in json.loads(samples) if s["link"]]
    return " ".join(dict.fromkeys(linked[:CELLS_SHOWN]))


def failed_checks(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the checks that failed without holding their table back."""
    rows = connection.execute(
        "select layer || '.' || \"table\", name, severity, message, samples from meta.checks"
        " where not passed and not blocking and name <> 'nothing_quarantined' order by all"
    ).fetchall()
    names = ("table", "name", "severity", "message")
    return [
        dict(zip(names, r[:4], strict=True)) | {"cells": _cells(r[4]), "samples": json.loads(r[4])}
        for r in rows
    ]


def _causes(record: "Record") -> list[dict[str, Any]]:
    tables = Counter(f.message for f in record.failures)
    return [
        {"cause": f.cause, "message": f.message, "fix": f.fix, "tables": tables[f.message]}
        for f in record.causes()
    ]


def _next_steps(causes: list[dict[str, Any]], worst: list[dict[str, Any]]) -> list[str]:
    steps = [f"{c['fix']} ({c['message']})" for c in causes]
    steps += [
        f"Mend the {t['quarantined']} quarantined rows of `{t['table']}` at their source, starting "
        f"with {t['cells'] or 'the cells in its quarantine table'}; the next refresh takes them in."
        for t in worst[:3]
    ]
    return steps or ["Nothing to do."]
