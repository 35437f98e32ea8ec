"""The page of a run: one HTML file, whole in itself, for who opens it on a phone.

What is wrong comes first. Every text is escaped by the templates, since cells come from sheets
that anyone may type into, and the page forbids itself scripts and requests.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from candid_assets import number_format
from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import Catalog
from candid_assets.reports.charts import bars, inline
from candid_assets.reports.invalid_values import invalid_values
from candid_assets.reports.metric_board import MetricLine, Spoke, read_board
from candid_assets.reports.metric_changes import MetricChange
from candid_assets.reports.page_facts import failures, ready_tables, workbook_rows
from candid_assets.reports.quality_history import History, TabHistory, read_history
from candid_assets.reports.report import failed_checks, worst_tabs
from candid_assets.warehouse.ledger import reason_counts
from candid_assets.warehouse.refresh_record import recorded_checks

HERE: Final = Path(__file__).parent
TEMPLATE: Final = "page.html.j2"
STYLE: Final = "page.css"
MISSED, CHANGES = 8, 20
"""Metrics off target that stand at the top, and metrics that changed, at most."""
HEAT_TABS, HEAT_MORE, CHECKS, WORST = 20, 180, 60, 10
"""Tabs in the heat map and behind it, failed checks and worst tabs that are shown at most."""
BARS: Final = (400, 80)
BARS_LEAST: Final = 16
ENVIRONMENTS: Final = {
    "sample": "generated data, not the company's figures",
    "staging": "real sources, not yet released",
    "production": "the company's figures",
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PageRun:
    """The run that a page shows."""

    started_at: datetime
    summary: Mapping[str, Any]
    """The object of `candid run --json`."""
    changes: Sequence[MetricChange] = ()
    """Metrics that have another total than before."""


def page_path(report: Path) -> Path:
    """Return the page's path: beside the Markdown report."""
    return report.with_suffix(".html")


def write_page(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, page_run: PageRun, path: Path
) -> None:
    """Write the page of a run whole or not at all."""
    write_whole(path, render_page(connection, catalog, page_run))


def render_page(connection: duckdb.DuckDBPyConnection, catalog: Catalog, page_run: PageRun) -> str:
    """Return the HTML page of a run, from the tables of the connection."""
    return _TEMPLATES.get_template(TEMPLATE).render(_facts(connection, catalog, page_run))


def short(value: object, most: int) -> str:
    """Return a value as one line of at most so many characters; the page is not for reading it."""
    text = " ".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value)).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _picture(line: MetricLine) -> Markup:
    return Markup(inline(line.shapes, _CONTROL.sub("", line.words)))  # noqa: S704 - escaped there


# Kept, for compiling the page costs more than filling it in.
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True
)
_TEMPLATES.filters |= {
    "count": number_format.count,
    "share": number_format.share,
    "moment": number_format.moment,
    "short": short,
    "picture": _picture,
}


def _facts(
    connection: duckdb.DuckDBPyConnection, catalog: Catalog, page_run: PageRun
) -> dict[str, Any]:
    now, run = datetime.now(UTC), page_run.summary
    board = read_board(connection, catalog.registry, today=number_format.day(page_run.started_at))
    history = read_history(connection, catalog)
    missed = _missed(board)
    failed = failures(connection, run)
    worst = _named(worst_tabs(connection)[:WORST], history)
    books = workbook_rows(connection, catalog, now)
    ready = ready_tables(connection, catalog)
    quarantine = reason_counts(connection, run["run_id"])
    tabs = _by_weight(history)
    return {
        "env": run["env"],
        "env_words": ENVIRONMENTS.get(run["env"], ""),
        # The style sheet is the project's own and holds nothing that anyone typed.
        "style": Markup((HERE / STYLE).read_text(encoding="utf-8")),  # noqa: S704
        "verdict": _verdict(page_run, failed),
        "started": number_format.moment(page_run.started_at),
        "seconds": f"{number_format.number(round(run['seconds'], 1))} seconds",
        "read_as": run.get("read_as", []),
        "written": number_format.moment(now),
        "tiles": _tiles(connection, board, books, failed),
        "board": board,
        "failures": failed,
        "undescribed": run.get("undescribed", ()),
        "invalid": invalid_values(connection, catalog),
        "missed": missed[:MISSED],
        "more_missed": max(0, len(missed) - MISSED),
        "steps": _steps(worst),
        "changes": _change_rows(page_run.changes, catalog)[:CHANGES],
        "more_changes": max(0, len(page_run.changes) - CHANGES),
        "history": history,
        "bars": Markup(_bars(history)),  # noqa: S704 - drawn from numbers
        "heat_tabs": tabs[:HEAT_TABS],
        "heat_rest": tabs[HEAT_TABS:][:HEAT_MORE],
        "spotless": sum(t.is_spotless for t in history.tabs) if history.runs else 0,
        "quarantine": quarantine,
        "worst": worst,
        "checks": failed_checks(connection),
        "most": CHECKS,
        "workbooks": books,
        "ready": ready,
        "ready_built": sum(t.run_id == run["run_id"] for t in ready),
        "done": _done(run, page_run),
    }


def _missed(board: Sequence[Spoke]) -> list[MetricLine]:
    """Return the metrics that cannot be right, and those off their target, the farthest first."""

    def miss(line: MetricLine) -> float:
        target = line.trend.target
        last = next((v for v in reversed(line.trend.values) if v is not None), None)
        if target is None or last is None:
            return 0.0
        return abs(float(last) - float(target)) / (abs(float(target)) or 1.0)

    wrong = {"invalid", "off_target"}
    off = [line for spoke in board for line in spoke.lines if line.status in wrong]
    return sorted(off, key=lambda line: (line.status == "invalid", miss(line)), reverse=True)


def _change_rows(changes: Sequence[MetricChange], catalog: Catalog) -> list[dict[str, str]]:
    labels = {metric.name: metric.label for metric in catalog.registry.metrics}
    return [
        {
            "metric": m.metric,
            "label": labels.get(m.metric, m.metric),
            "period": number_format.period(m.period_start, m.grain),
            "change": " → ".join(
                number_format.measured(v, m.unit or "") for v in (m.before, m.after)
            ),
            "periods": number_format.count(m.periods),
        }
        for m in changes
    ]


def _by_weight(history: History) -> list[TabHistory]:
    """Return the tabs that had rows in quarantine, those with most first."""
    tabs = [t for t in history.tabs if not t.is_spotless]
    return sorted(tabs, key=lambda t: -t.last.quarantined if t.last else 0)


def _named(worst: list[dict[str, Any]], history: History) -> list[dict[str, Any]]:
    """Return the worst tabs with the titles that people know them by."""
    known = {t.table: t for t in history.tabs}
    return [
        tab
        | {
            "tab": known[tab["table"]].tab if tab["table"] in known else tab["table"],
            "workbook": known[tab["table"]].workbook if tab["table"] in known else "",
        }
        for tab in worst
    ]


def _verdict(page_run: PageRun, failed: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not page_run.summary["succeeded"]:
        many = "The cause is" if len(failed) == 1 else f"{len(failed)} causes are"
        return {"title": "Refresh failed", "words": f"{many} named below with the fix."}
    if not page_run.summary["assets_built"]:
        words = "Every table is current and none was written."
        return {"title": "Nothing changed", "words": words}
    return {"title": "Refresh succeeded", "words": "What changed was built and checked."}


def _tiles(
    connection: duckdb.DuckDBPyConnection,
    board: Sequence[Spoke],
    books: Sequence[Mapping[str, Any]],
    failed: Sequence[object],
) -> list[dict[str, Any]]:
    """Return the few figures at the top, the worst kind of each as its colour."""
    tiles = []
    if failed:
        tiles.append(
            _tile("Failures", number_format.count(len(failed)), "last good tables stay", "bad")
        )
    lines = [line for spoke in board for line in spoke.lines]
    if lines:
        off = sum(line.status == "off_target" for line in lines)
        invalid = sum(line.status == "invalid" for line in lines)
        near = sum(line.status == "near_target" for line in lines)
        note = f"of {number_format.count(len(lines))} metrics, {number_format.count(near)} near"
        note += f", {number_format.count(invalid)} cannot be right" if invalid else ""
        tiles.append(
            _tile("Off target", number_format.count(off), note, "bad" if off or invalid else "good")
        )
    rows, held = (sum(b[name] for b in books) for name in ("rows_read", "quarantined"))
    note = (
        f"{number_format.share(held / rows)} of {number_format.count(rows)} rows"
        if rows
        else "no rows"
    )
    kind = "near" if held else "good"
    tiles.append(_tile("Rows in quarantine", number_format.count(held), note, kind))
    checks = recorded_checks(connection)
    failing = [check for check in checks if not check.passed]
    errors = sum(check.severity == "error" for check in failing)
    kind = "bad" if errors else "near" if failing else "good"
    note = f"of {number_format.count(len(checks))}" + (
        f", {number_format.count(errors)} errors" if errors else ""
    )
    tiles.append(_tile("Checks failed", number_format.count(len(failing)), note, kind))
    oldest = min((b for b in books if b["read_at"]), key=lambda b: b["read_at"], default=None)
    if oldest:
        tiles.append(_tile("Oldest read", oldest["read"], oldest["title"], ""))
    return tiles


def _tile(name: str, value: str, note: str, kind: str) -> dict[str, Any]:
    return {"name": name, "value": value, "note": note, "kind": kind}


def _steps(worst: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the next steps after the failures: the tabs with most quarantined rows."""
    return [
        {
            "text": f"Correct the {number_format.count(tab['quarantined'])} quarantined rows of"
            f" {short(tab['tab'], 60)} ({short(tab['workbook'], 60)}) at their source,"
            " starting with",
            "cells": tab["samples"],
        }
        for tab in worst[:3]
        if tab["samples"]
    ]


def _bars(history: History) -> str:
    values = history.quarantined
    words = f"Rows in quarantine after each of the last {len(values)} runs"
    # A few runs are not spread over the whole width: what is to come has its place.
    placed = (*[None] * max(0, BARS_LEAST - len(values)), *values)
    return inline(bars(placed, *BARS), words, BARS)


def _done(run: Mapping[str, Any], page_run: PageRun) -> list[tuple[str, str]]:
    names = (
        ("tables built", "assets_built"),
        ("looked at, unchanged", "assets_unchanged"),
        ("checks passed", "checks_passed"),
        ("checks failed", "checks_failed"),
        ("reads of content, metered", "sheets_reads"),
        ("looks, metered", "drive_reads"),
    )
    counts = [(words, number_format.count(run[name])) for words, name in names]
    return [
        ("run", run["run_id"]),
        ("started", f"{number_format.moment(page_run.started_at)} WIB"),
        *counts,
    ]
