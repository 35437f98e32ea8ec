"""`candid diff`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from candid_assets.console import Output, Result, with_output

if TYPE_CHECKING:
    from candid_assets.history.difference import TableDifference

SHOWN = 20


@click.command()
@click.argument("tab")
@click.option("--from", "before", required=True, metavar="WHEN", help="A moment, run or extract.")
@click.option("--to", "after", default="now", show_default=True, metavar="WHEN", help="Likewise.")
@with_output()
def diff(output: Output, tab: str, before: str, after: str) -> Result:
    """Show what changed in a table: rows added and removed, and cells, by primary key.

    TAB is a tab's clean table, or any table written as clean.…, quarantine.… or ready.….

    \b
    candid diff sales_master__orders --from yesterday
    candid diff ready.mart_sales_monthly --from 2026-11-01 --to 2026-11-24T17:00
    candid diff coreos__products --from 1f3a9c2b --to 77ac01de --json
    """
    from candid_assets.history.difference import difference

    changes = difference(output.settings, tab, before, after, datetime.now(UTC))
    output.header(f"{changes.layer}.{changes.table}", always=False)
    if not output.as_json:
        _show(output, changes)
    return changes.facts(output.settings.env), 0


def _show(output: Output, compared: "TableDifference") -> None:
    from candid_assets.history.moments import clock

    sides = [
        f"{clock(s.moment)} ({s.extract or s.build.run_id:.12})"
        for s in (compared.before, compared.after)
    ]
    by = f"by {', '.join(compared.key)}" if compared.key else "by whole rows, for there is no key"
    output.print(f"{' → '.join(sides)}, {by}")
    for sign, columns in (("+", compared.columns_added), ("-", compared.columns_removed)):
        if columns:
            output.print(f"{sign} columns {', '.join(columns)}")
    output.print(
        f"{len(compared.added):,} rows added, {len(compared.removed):,} removed,"
        f" {len(compared.changed):,} changed in {compared.cells_changed:,} cells"
    )
    for row in compared.added[:SHOWN]:
        output.print(f"+ {_line(row)}", style="green")
    for row in compared.removed[:SHOWN]:
        output.print(f"- {_line(row)}", style="red")
    for change in compared.changed[:SHOWN]:
        at = f" (row {change['row']})" if change["row"] else ""
        changes = [f"{c['column']}: {c['before']} → {c['after']}" for c in change["cells"]]
        output.print(f"~ {_line(change['key'])}{at}  {'; '.join(changes)}")
    if max(map(len, (compared.added, compared.removed, compared.changed))) > SHOWN:
        output.print(f"the first {SHOWN} of each are shown; --json gives all")


def _line(row: dict[str, str | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
