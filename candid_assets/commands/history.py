"""`candid history`: what a tab held, and which extracts are past their retention."""

from datetime import UTC, datetime

import click

from candid_assets.commands.complete_names import tab_names
from candid_assets.console import Output, Result, vertical_option, with_output
from candid_assets.settings import ZONE

SHOWN = 20
COLUMNS = ("from", "until", "rows", "+", "-", "clean", "quarantined", "extract", "title", "run")
IN_TABLE = 8
"""How many of them stand in a table; --vertical shows all."""


class TabGroup(click.Group):
    """A group whose first word may be a tab instead of a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a word that is no command for the tab of `show`."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=TabGroup)
def history() -> None:
    """Show what a tab held, or remove extracts past their retention.

    \b
    candid history sales_master__orders_jan25
    candid history sales_master__orders_jan25 --json
    """


@history.command()
@click.argument("tab", shell_complete=tab_names)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="The newest contents; 0 for all.",
)
@vertical_option
@with_output()
def show(output: Output, tab: str, limit: int, *, vertical: bool) -> Result:
    """Show every content of a tab: from when to when it was current, its rows, and what changed.

    \b
    candid history show sales_master__orders_jan25 --json
    """
    from candid_assets.history.tab_history import tab_history

    contents = tab_history(output.settings, tab, limit or None)
    output.header(tab, always=False)
    rows = [
        (
            _minute(seen.first_seen),
            "current" if seen.is_current else _minute(seen.last_seen),
            seen.rows,
            seen.rows_added,
            seen.rows_removed,
            seen.rows_clean,
            seen.rows_quarantined,
            seen.extract[:8] + ("" if seen.kept else " (pruned)"),
            seen.title,
            seen.run_id[:8],
        )
        for seen in contents
    ]
    shown = len(COLUMNS) if vertical else IN_TABLE
    output.table(COLUMNS[:shown], [r[:shown] for r in rows], vertical=vertical, grouped=True)
    env = output.settings.env
    return {"env": env, "table": tab, "contents": [seen.facts() for seen in contents]}, 0


def _minute(moment: datetime | None) -> datetime | None:
    """Return a moment as clocks in Jakarta show it, a value that a table never cuts."""
    if moment is None:
        return None
    return moment.astimezone(ZONE).replace(tzinfo=None, second=0, microsecond=0)


@history.command()
@click.option("--dry-run/--delete", default=True, show_default=True, help="Tell, or remove.")
@with_output()
def prune(output: Output, dry_run: bool) -> Result:
    """List the extracts that are past their workbook's retention, or remove them.

    The head of a workbook says for how long (property retention, such as P90D); without it
    everything is kept. What a current table or a publication within the retention was built from
    is never removed.

    \b
    candid history prune
    candid history prune --delete
    """
    from candid_assets.history.moments import clock
    from candid_assets.maintenance.extract_retention import prune_extracts
    from candid_assets.orchestration.open_warehouse import open_warehouse
    from candid_assets.warehouse.confirmed_clock import retention_now

    output.header()
    settings = output.settings
    now = retention_now(settings.data_dir, datetime.now(UTC))
    with open_warehouse(settings) as connection:
        extracts = prune_extracts(settings, connection, now, dry_run=dry_run)
    for extract in extracts[:SHOWN]:
        name = f"{extract.workbook}__{extract.tab} {extract.content_hash[:12]}"
        output.print(f"  {name} until {clock(extract.last_seen)}")
    size = sum(extract.bytes for extract in extracts)
    verb = "would go; --delete removes them" if dry_run else "removed"
    output.print(f"{len(extracts):,} extracts of {size:,} bytes {verb}")
    facts = {"env": settings.env, "deleted": not dry_run, "bytes": size}
    return facts | {"extracts": [extract.facts() for extract in extracts]}, 0
