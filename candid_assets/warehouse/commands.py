"""`candid status` and `candid query`: both read the published snapshot and nothing else."""

import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click
import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from candid_assets.settings import Settings
from candid_assets.warehouse.database import environment_of, open_published
from candid_assets.warehouse.status import snapshot_status

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
MAX_ROWS_SHOWN = 200
EXACT_DIGITS = 15
"""Digits that a JSON number keeps in every reader; longer decimals become text."""


@click.command()
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="One array of objects on stdout.")
def query(sql: str, as_json: bool) -> None:
    """Run one read-only SQL query on the published snapshot.

    \b
    candid query "select * from ready.mart_sales_monthly order by all limit 5"
    candid query "from quarantine.coreos__products" --json
    """
    settings = Settings()
    console = Console(stderr=True, highlight=False)
    try:
        with open_published(settings.published_file) as connection:
            if not as_json:
                env = environment_of(connection)
                console.print(f"candid · environment [bold]{env}[/] · published snapshot")
            columns, rows = _select(connection, sql)
    except (duckdb.Error, FileNotFoundError, ValueError) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    if as_json:
        objects = [dict(zip(columns, map(plain_value, row), strict=True)) for row in rows]
        click.echo(json.dumps(objects, ensure_ascii=False, default=str))
        return
    _show(columns, rows)


def _select(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run exactly one statement that reads.

    Raises:
        ValueError: There is no statement, more than one, or one that does not read.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise ValueError(f"give one statement; this is {len(statements)}")
    if statements[0].type not in READING:
        kind = statements[0].type.name
        raise ValueError(f"{kind} is refused: the published snapshot is for reading; use SELECT")
    cursor = connection.execute(statements[0])
    return [d[0] for d in cursor.description or []], cursor.fetchall()


def plain_value(value: Any) -> Any:
    """Return a value as JSON holds it without loss."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if len(value.as_tuple().digits) <= EXACT_DIGITS else str(value)
    if isinstance(value, dict):
        return {k: plain_value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain_value(v) for v in value]
    return value


def _show(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*columns, header_style="bold")
    for row in rows[:MAX_ROWS_SHOWN]:
        table.add_row(*("" if v is None else str(v) for v in row))
    console = Console(highlight=False)
    console.print(table)
    if len(rows) > MAX_ROWS_SHOWN:
        more = f"{len(rows):,} rows; the first {MAX_ROWS_SHOWN} are shown, --json gives all"
        console.print(more)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def status(as_json: bool) -> None:
    """Show what is fresh, what failed and which cells to mend.

    Exits with 1 if something failed in the last refresh.

    \b
    candid status
    candid status --json
    """
    settings = Settings()
    console = Console(highlight=False)
    try:
        with open_published(settings.published_file) as connection:
            found = snapshot_status(connection) | {"alerts": _alerts(settings)}
    except (duckdb.Error, FileNotFoundError) as error:
        Console(stderr=True).print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        _show_status(console, found)
    sys.exit(1 if found["failures"] else 0)


def _alerts(settings: Settings) -> list[dict[str, Any]]:
    """Return the alerts that stood when `candid alerts` or the daemon looked last."""
    try:
        told = json.loads(settings.standing_alerts_file.read_text(encoding="utf-8"))
        return list(told["standing"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return []


def _show_alerts(console: Console, alerts: Sequence[dict[str, Any]]) -> None:
    """Print every alert but failed checks, whose number is enough: their tables stand above."""
    checks = sum(a["kind"] == "check" for a in alerts)
    if alerts:
        console.print(f"alerts: {len(alerts)} stand, {checks} of them checks; see `candid alerts`")
    for alert in alerts:
        if alert["kind"] != "check":
            console.print(f"[yellow]! {escape(alert['cause'])}[/]", soft_wrap=True)
            console.print(f"  {escape(alert['owner'])} · {escape(alert['command'])}")


def _show_status(console: Console, found: dict[str, Any]) -> None:
    console.print(
        f"candid · environment [bold]{found['env']}[/] · last refresh {found['last_run']}"
    )
    table = Table("workbook", "tabs", "last read", "clean", "quarantined", header_style="bold")
    for w in found["workbooks"]:
        values = (w["tabs"], w["last_read"], f"{w['rows_clean']:,}", f"{w['rows_quarantined']:,}")
        table.add_row(w["workbook"], *map(str, values))
    console.print(table)
    checks = found["checks"]
    console.print(f"checks: {checks['passed']:,} passed, {checks['failed']:,} failed")
    if found["quarantine"]["standing"] or found["quarantine"]["resolved"]:
        console.print(
            "quarantine: {standing:,} reasons, {new:,} new and {resolved:,} mended in the"
            " last refresh; the oldest stands since {oldest}".format(**found["quarantine"])
        )
    for worst in found["worst_tabs"]:
        console.print(
            f"  {worst['table']}: {worst['message']}  [dim]{worst['link'] or ''}[/]",
            soft_wrap=True,
        )
    for failure in found["failures"]:
        console.print(f"[red]✗ {failure['message']}[/]\n  fix: {failure['fix']}", soft_wrap=True)
    _show_alerts(console, found["alerts"])
