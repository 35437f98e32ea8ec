"""The same pictures as Markdown, for the assets in Dagster's UI; each a few kilobytes."""

import re
from datetime import date
from typing import Final

import duckdb

from candid_assets.contracts.metrics.declarations import Registry
from candid_assets.number_format import count, moment, share
from candid_assets.reports.charts import Trend, image, sparklines
from candid_assets.reports.metric_board import read_board

BUILDS: Final = 12
"""Builds of a tab that are looked back on."""
ROWS: Final = 4
"""Builds that are told in numbers."""
MARKS: Final = {
    "off_target": "🔴",
    "near_target": "🟠",
    "on_target": "🟢",
    "no_target": "⚪",
    "no_data": "⚪",
}


def metric_board(
    connection: duckdb.DuckDBPyConnection, registry: Registry, spoke: str, today: date
) -> str | None:
    """Return the board of one spoke as a table; None where it has no metrics."""
    for found in read_board(connection, registry, [spoke], today=today):
        lines = [f"**{found.summary}**", ""]
        lines += ["| status | metric | trend | last | target |", "|---|---|---|---:|---:|"]
        for line in found.lines:
            drawn = image(line.shapes, f"{line.metric.label}, {line.grain}s from {line.since}")
            name = f"{_cell(line.metric.label)} · {_cell(line.metric.label_id)}"
            last = f"{_cell(line.value)} ({line.period})" if line.period else "–"
            mark = f"{MARKS[line.status]} {line.told}"
            lines.append(f"| {mark} | {name} | {drawn} | {last} | {_cell(line.target)} |")
        return "\n".join(lines)
    return None


def quality_over_time(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Return how many rows of a tab stood in quarantine after its last builds."""
    rows = connection.execute(
        "select c.built_at, c.row_count, q.row_count from meta.builds as c asof join"
        " (select * from meta.builds where layer = 'quarantine') as q"
        ' on c."table" = q."table" and c.run_id = q.run_id and c.build <= q.build'
        f" where c.layer = 'clean' and c.\"table\" = ? order by c.build desc limit {BUILDS}",
        [table],
    ).fetchall()
    if not rows:
        return None
    values = tuple(float(quarantined) for _, _, quarantined in reversed(rows))
    drawn = sparklines([Trend(values)])[0] if len(rows) > 1 else ""
    lines = [image(drawn, f"rows in quarantine after the last {len(rows)} builds"), ""]
    lines += ["| built | clean | quarantined | share |", "|---|---:|---:|---:|"]
    for at, clean, quarantined in rows[:ROWS]:
        of = share(quarantined / (clean + quarantined)) if clean + quarantined else "–"
        lines.append(f"| {moment(at)} | {count(clean)} | {count(quarantined)} | {of} |")
    return "\n".join(lines).strip()


def _cell(text: str) -> str:
    """Return text as it stands in a cell of a Markdown table."""
    return re.sub(r"([|\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))
