"""`candid query`, which reads the published snapshot and nothing else."""

from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from candid_assets.console import Output, Result, with_output
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.read_published import read
from candid_assets.warehouse.versions import environment_of

MAX_ROWS_SHOWN = 200


@click.command()
@click.argument("sql")
@with_output()
def query(output: Output, sql: str) -> Result:
    """Run one read-only SQL query on the published snapshot.

    \b
    candid query "select * from ready.mart_sales_monthly order by all limit 5"
    candid query "from quarantine.coreos__products" --json
    """
    with open_published(output.settings.published_file) as connection:
        output.header("published snapshot", environment_of(connection), always=False)
        answer = read(connection, sql)
    if not output.as_json:
        _show(output, answer.columns, answer.rows)
    return answer.objects if output.as_json else None, 0


def _show(output: Output, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*columns, header_style="bold")
    for row in rows[:MAX_ROWS_SHOWN]:
        table.add_row(*("" if v is None else str(v) for v in row))
    output.show(table)
    if len(rows) > MAX_ROWS_SHOWN:
        output.print(f"{len(rows):,} rows; the first {MAX_ROWS_SHOWN} are shown, --json gives all")
