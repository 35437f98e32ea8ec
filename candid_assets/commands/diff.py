"""`candid diff`."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import click

from candid_assets.commands.complete_names import tab_and_table_names
from candid_assets.console import Output, Result, vertical_option, with_output

if TYPE_CHECKING:
    from candid_assets.history.difference import TableDifference

SHOWN: Final = 20
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@click.command()
@click.argument("tab", shell_complete=tab_and_table_names)
@click.option("--from", "before", required=True, metavar="WHEN", help="A moment, run or extract.")
@click.option("--to", "after", default="now", show_default=True, metavar="WHEN", help="Likewise.")
@vertical_option
@with_output()
def diff(output: Output, tab: str, before: str, after: str, *, vertical: bool) -> Result:
    """Show what changed in a table: rows added and removed, and cells, by primary key.

    TAB is a tab's clean table, or any table written as clean.…, quarantine.… or ready.….

    \b
    candid diff sales_master__orders_jan25 --from yesterday
    candid diff ready.mart_sales_monthly --from 2026-11-01 --to 2026-11-24T17:00
    candid diff coreos__products --from 1f3a9c2b --to 77ac01de --json
    """
    from candid_assets.history.difference import difference

    changes = difference(output.settings, tab, before, after, datetime.now(UTC))
    output.header(f"{changes.layer}.{changes.table}", always=False)
    if not output.as_json:
        _show(output, changes, vertical=vertical)
    return changes.facts(output.settings.env), 0


def _show(output: Output, compared: "TableDifference", *, vertical: bool) -> None:
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
    for title, rows in (("added", compared.added), ("removed", compared.removed)):
        if rows:
            names = list(dict.fromkeys(name for row in rows[:SHOWN] for name in row))
            output.print(f"\nrows {title}")
            lines = [_values(row, names) for row in rows[:SHOWN]]
            output.table(names, lines, vertical=vertical)
    if compared.changed:
        output.print("\ncells changed")
        headers = (*compared.key, "row", "column", "before", "after")
        output.table(headers, _cells(compared), vertical=vertical)
    if max(map(len, (compared.added, compared.removed, compared.changed))) > SHOWN:
        output.print(f"the first {SHOWN} of each are shown; --json gives all")


def _cells(compared: "TableDifference") -> list[list[str | int | Decimal | None]]:
    """Return a line for each changed cell of the rows that are shown."""
    return [
        [
            *_values(change["key"], compared.key),
            change["row"],
            cell["column"],
            *_values(cell, ("before", "after")),
        ]
        for change in compared.changed[:SHOWN]
        for cell in change["cells"]
    ]


def _values(
    row: Mapping[str, str | None], columns: Sequence[str]
) -> list[str | int | Decimal | None]:
    """Return values of a row, and texts that are numbers as such, so that none of them is cut."""
    texts = [row.get(column) for column in columns]
    return [Decimal(text) if text and _NUMBER.fullmatch(text) else text for text in texts]
