"""`candid query`, which reads the published snapshot and nothing else."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click
import duckdb
from rich.console import Console
from rich.table import Table

from candid_assets.errors import CandidError
from candid_assets.settings import Settings
from candid_assets.warehouse.database import environment_of, open_published
from candid_assets.warehouse.read_published import read

MAX_ROWS_SHOWN = 200


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
            answer = read(connection, sql)
    except (duckdb.Error, CandidError) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(answer.objects, ensure_ascii=False, default=str))
        return
    _show(answer.columns, answer.rows)


def _show(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*columns, header_style="bold")
    for row in rows[:MAX_ROWS_SHOWN]:
        table.add_row(*("" if v is None else str(v) for v in row))
    console = Console(highlight=False)
    console.print(table)
    if len(rows) > MAX_ROWS_SHOWN:
        more = f"{len(rows):,} rows; the first {MAX_ROWS_SHOWN} are shown, --json gives all"
        console.print(more)
