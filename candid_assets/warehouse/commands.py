"""`candid query`, which reads the published snapshot and nothing else."""

import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click
import duckdb
from rich.console import Console
from rich.table import Table

from candid_assets.settings import Settings
from candid_assets.warehouse.database import environment_of, open_published

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
