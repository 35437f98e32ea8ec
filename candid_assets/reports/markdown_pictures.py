"""The same pictures as Markdown, for the assets in Dagster's UI; each a few kilobytes."""

import re
from datetime import date
from typing import Final

import duckdb

from candid_assets.contracts.metrics.declarations import Registry
from candid_assets.number_format import count, moment, share
from candid_assets.reports.charts import Trend, image, sparklines
from candid_assets.reports.metric_board import read_board
from candid_assets.warehouse.ledger import rows_by_build

BUILDS: Final = 12
"""Builds of a tab that are looked back on."""
ROWS: Final = 4
"""Builds whose counts are listed."""
MARKS: Final = {
    "invalid": "🟣",
    "off_target": "🔴",
    "near_target": "🟠",
    "on_target": "🟢",
    "incomplete": "⚪",
    "no_target": "⚪",
    "no_data": "⚪",
}


def metric_board(
    connection: duckdb.DuckDBPyConnection, registry: Registry, spoke: str, today: date
) -> str | None:
    """Return the board of one spoke as a table; None where it has no metrics."""
    for board in read_board(connection, registry, [spoke], today=today):
        lines = [f"**{board.summary}**", ""]
        lines += ["| status | metric | trend | last | target |", "|---|---|---|---:|---:|"]
        for line in board.lines:
            drawn = image(line.shapes, f"{line.metric.label}, {line.grain}s from {line.since}")
            name = f"{_cell(line.metric.label)} · {_cell(line.metric.label_id)}"
            last = f"{_cell(line.value)} ({line.period})" if line.period else "–"
            last += f"<br>{_cell(line.running.words)}" if line.running else ""
            mark = f"{MARKS[line.status]} {line.status_label}"
            lines.append(f"| {mark} | {name} | {drawn} | {last} | {_cell(line.target)} |")
        return "\n".join(lines)
    return None


def quality_over_time(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Return a chart of a tab's quarantined rows after its last builds; None without builds."""
    builds = rows_by_build(connection, table, BUILDS)
    if not builds:
        return None
    values = tuple(float(build.quarantined) for build in reversed(builds))
    drawn = sparklines([Trend(values)])[0] if len(builds) > 1 else ""
    lines = [image(drawn, f"rows in quarantine after the last {len(builds)} builds"), ""]
    lines += ["| built | clean | quarantined | share |", "|---|---:|---:|---:|"]
    for build in builds[:ROWS]:
        clean, quarantined = build.clean, build.quarantined
        of = share(quarantined / (clean + quarantined)) if clean + quarantined else "–"
        lines.append(f"| {moment(build.at)} | {count(clean)} | {count(quarantined)} | {of} |")
    return "\n".join(lines).strip()


def _cell(text: str) -> str:
    """Return text escaped for a cell of a Markdown table."""
    return re.sub(r"([|\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))
