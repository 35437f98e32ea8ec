"""`candid query`, which reads the published snapshot and nothing else."""

from dataclasses import replace

import click

from candid_assets.console import Output, Result, vertical_option, with_output
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.read_published import QueryResult, read
from candid_assets.warehouse.versions import environment_of

MAX_ROWS_SHOWN = 200


@click.command()
@click.argument("sql")
@vertical_option
@with_output()
def query(output: Output, sql: str, *, vertical: bool) -> Result:
    """Run one read-only SQL query on the published snapshot.

    Columns that do not fit the terminal are left out from the middle; --vertical shows all.

    \b
    candid query "select * from ready.mart_sales_monthly order by all limit 5"
    candid query "from ready.dim_outlet limit 2" --vertical
    candid query "from quarantine.coreos__products" --json
    """
    limits = QueryLimits.of(output.settings)
    if not output.as_json:
        limits = replace(limits, rows=min(limits.rows, MAX_ROWS_SHOWN))
    with open_published(output.settings.published_file, limits.buffered) as connection:
        output.header("published snapshot", environment_of(connection), always=False)
        answer = read(connection, sql, limits)
    if not output.as_json:
        _show(output, answer, vertical=vertical)
    elif answer.more:
        message = f"it has more than {limits.rows:,} rows (CANDID_QUERY_ROWS)"
        raise WarehouseError(message, "ask for fewer with limit, or raise the setting")
    return answer.objects if output.as_json else None, 0


def _show(output: Output, answer: QueryResult, *, vertical: bool) -> None:
    output.table(answer.columns, answer.rows, vertical=vertical)
    if answer.more:
        output.print(f"there are more; the first {len(answer.rows)} are shown, --json gives all")
