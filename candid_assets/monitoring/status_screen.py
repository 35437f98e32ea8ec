"""Prints what was gathered so that it fits a terminal of 80 columns."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from candid_assets.settings import ZONE

SHOWN: Final = 30
RUNS_SHOWN: Final = 5
COLOURS: Final = {"SUCCESS": "green", "FAILURE": "red", "CANCELED": "yellow"}


def show(console: Console, state: dict[str, Any], now: datetime) -> None:
    """Print everything, what is wrong in colour."""
    if state["unread"]:
        console.print(f"✗ {state['unread']}", style="red", soft_wrap=True)
    _show_deployment(console, state["deployment"])
    _show_automation(console, state, now)
    if state["workbooks"]:
        _show_workbooks(console, state["workbooks"], now)
    _show_runs(console, state["runs"])
    if not state["unread"]:
        _show_quality(console, state)
    for failure in state["failures"]:
        console.print(f"✗ {failure['message']}", style="red", soft_wrap=True)
        console.print(f"  fix: {failure['fix']}", soft_wrap=True)
    _show_holds(console, state["holds"])
    _show_undescribed(console, state["undescribed"])
    _show_alerts(console, state["alerts"])


def _show_deployment(console: Console, facts: dict[str, Any] | None) -> None:
    if facts is None:
        return
    if facts["number"] is not None:
        approved = ", ".join(facts["approved_by"])
        console.print(
            f"deployed   {facts['number']} · commit {facts['commit'][:12]} · applied by"
            f" {facts['by']} on {_when(facts['at'])} · approved by {approved}"
        )
    if facts["problem"]:
        console.print(f"✗ {facts['problem']}", style="red", soft_wrap=True)
        console.print(f"  run: {facts['command']}", soft_wrap=True)


def _show_automation(console: Console, state: dict[str, Any], now: datetime) -> None:
    automation = state["automation"]
    if automation is None:
        console.print(f"✗ Dagster's history: {state['problem']}", style="red", soft_wrap=True)
        return
    seen = automation["daemon_seen"]
    if seen is None:
        words = "has not run yet (candid serve)"
    elif automation["daemon"]:
        words = "runs"
    else:
        words = f"was seen last {_ago(seen, now)} ago (candid serve)"
    is_gone = seen is not None and not automation["daemon"]
    console.print(f"daemon     {words}", style="yellow" if is_gone else None)
    for one in automation["instigators"]:
        line = f"  {one['name']} {'on' if one['on'] else 'off'}"
        if one["last_tick"]:
            line += f", looked {_ago(one['last_tick'], now)} ago"
        failed = one["last_status"] == "FAILURE"
        console.print(f"{line}, failed" if failed else line, style="red" if failed else None)


def _show_workbooks(console: Console, workbooks: Sequence[dict[str, Any]], now: datetime) -> None:
    table = _table("workbook", "tabs", "seen", "promise", "clean", "quarantined")
    for w in workbooks:
        age = f"{_ago(w['last_seen'], now)} ago" if w["last_seen"] else "never"
        table.add_row(
            w["workbook"],
            str(w["tabs"]),
            Text(f"{age}, stale", "red") if w["stale"] else age,
            "" if w["fresh_hours"] is None else f"{w['fresh_hours']:g} h",
            *(f"{w[name]:,}" for name in ("rows_clean", "rows_quarantined")),
        )
    console.print(table)


def _table(*columns: str) -> Table:
    return Table(*columns, header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))


def _show_runs(console: Console, runs: Sequence[dict[str, Any]]) -> None:
    table = _table("run", "job", "began", "status", "s", "by")
    for run in runs[:RUNS_SHOWN]:
        status = run["status"]
        table.add_row(
            run["run_id"][:8],
            run["job"],
            _when(run["started_at"]),
            Text(status.lower(), COLOURS.get(status, "")),
            "" if run["seconds"] is None else f"{run['seconds']:.0f}",
            run["launched_by"] or "",
        )
    if runs:
        console.print(table)


def _show_quality(console: Console, state: dict[str, Any]) -> None:
    checks = state["checks"]
    console.print(f"checks     {checks['passed']:,} passed, {checks['failed']:,} failed")
    if state["quarantine"]["standing"] or state["quarantine"]["resolved"]:
        console.print(
            "quarantine {standing:,} reasons, {new:,} new and {resolved:,} corrected in the last"
            " refresh".format(**state["quarantine"])
        )
    for worst in state["worst_tabs"]:
        console.print(f"  {worst['table']}: {worst['message']}", no_wrap=True, overflow="ellipsis")
        if worst["link"]:
            console.print(f"    {worst['link']}", style="dim", soft_wrap=True)


def _show_holds(console: Console, holds: Sequence[dict[str, Any]]) -> None:
    if holds:
        console.print(f"holds      {len(holds)}; see `candid holds`")
    for held in holds[:SHOWN]:
        line = f"{held['table']} {held['content_hash'][:12]}: {held['message']}"
        console.print(f"! {line}", style="yellow", soft_wrap=True)


def _show_undescribed(console: Console, tables: Sequence[dict[str, Any]]) -> None:
    if tables:
        console.print(f"not read   {len(tables)} tables that no contract names")
    for table in tables[:SHOWN]:
        line = f"'{table['title']}' of workbook {table['workbook']}: {table['proposal']}"
        console.print(f"! {line}", style="yellow", soft_wrap=True)


def _show_alerts(console: Console, alerts: Sequence[dict[str, Any]]) -> None:
    """Print the alerts, without those of holds, printed above, and checks, only counted."""
    checks = sum(a["kind"] == "check" for a in alerts)
    if alerts:
        console.print(
            f"alerts     {len(alerts)} open, {checks} of them checks; see `candid alerts`"
        )
    above = ("check", "hold", "undescribed")
    for alert in [a for a in alerts if a["kind"] not in above][:SHOWN]:
        console.print(f"! {alert['cause']}", style="yellow", soft_wrap=True)
        console.print(f"  {alert['owner']} · {alert['command']}")


def _when(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(ZONE):%m-%d %H:%M}"


def _ago(stamp: str, now: datetime) -> str:
    seconds = int((now - datetime.fromisoformat(stamp).astimezone(UTC)).total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{max(0, seconds)} s"
