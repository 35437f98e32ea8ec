"""`candid history`: what a tab held, and which extracts are past their retention."""

import click
from rich.table import Table

from candid_assets.console import Output, Result, with_output

SHOWN = 20
COLUMNS = ("until", "title", "extract", "rows", "+", "-", "clean", "quarantined", "run")


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
    candid history sales_master__orders
    candid history sales_master__orders --json
    """


@history.command()
@click.argument("tab")
@click.option("--limit", default=50, show_default=True, help="The newest contents; 0 for all.")
@with_output()
def show(output: Output, tab: str, limit: int) -> Result:
    """Show every content of a tab: from when to when it was current, its rows, and what changed.

    \b
    candid history show sales_master__orders --json
    """
    from candid_assets.history.moments import clock
    from candid_assets.history.tab_history import tab_history

    contents = tab_history(output.settings, tab, limit or None)
    output.header(tab, always=False)
    table = Table("from", header_style="bold")
    for name in COLUMNS:
        table.add_column(name, no_wrap=name == "extract")
    for seen in contents:
        counts = (seen.rows_added, seen.rows_removed, seen.rows_clean, seen.rows_quarantined)
        table.add_row(
            clock(seen.first_seen),
            "current" if seen.is_current else clock(seen.last_seen),
            seen.title,
            seen.extract[:12] + ("" if seen.kept else " (pruned)"),
            f"{seen.rows:,}",
            *("" if n is None else f"{n:,}" for n in counts),
            seen.run_id[:8],
        )
    output.show(table)
    env = output.settings.env
    return {"env": env, "table": tab, "contents": [seen.facts() for seen in contents]}, 0


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
    from datetime import UTC, datetime

    from candid_assets.history.moments import clock
    from candid_assets.maintenance.extract_retention import prune_extracts
    from candid_assets.orchestration.resources import open_warehouse
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
