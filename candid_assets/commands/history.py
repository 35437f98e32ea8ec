"""`candid history`, `candid diff` and `candid rebuild`: the time machine."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from candid_assets.errors import CandidError
from candid_assets.settings import ZONE, Settings

SHOWN = 20


@click.command()
@click.option("--as-of", "as_of", required=True, metavar="WHEN", help="A moment or a run id.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def rebuild(as_of: str, into: Path | None, as_json: bool) -> None:
    """Build what was published at a moment again, in a separate DuckDB file.

    The extracts and the catalog that were recorded then are used, whatever changed since, and
    every table is compared with the one published then. WHEN is in Asia/Jakarta unless it has an
    offset; a date means the end of that day. Exits with 0 only if every table is identical.

    \b
    candid rebuild --as-of 2026-11-24
    candid rebuild --as-of "2 hours ago" --into /tmp/then.duckdb
    candid rebuild --as-of ac4a546c --json
    """
    from candid_assets.history.rebuild import rebuild as build_again

    settings = Settings()
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    try:
        done = build_again(settings, as_of, into, datetime.now(UTC), None)
    except (CandidError, duckdb.Error) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(error.exit_code if isinstance(error, CandidError) else 1)
    published = done.publication
    when = f"{published.published_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    console.print(f"publication {published.publication} of {when}, run {published.run_id}")
    for difference in done.differences[:SHOWN]:
        console.print(f"[red]✗ {difference.table}: {difference.reason}[/]", soft_wrap=True)
    if len(done.differences) > SHOWN:
        console.print(f"  and {len(done.differences) - SHOWN} more; --json names all")
    verdict = "identical" if done.is_identical else f"{len(done.differences)} tables differ"
    console.print(f"{done.identical} of {done.tables} tables identical: {verdict}\n{done.file}")
    if as_json:
        told = {
            "env": published.env,
            "publication": published.publication,
            "published_at": published.published_at.astimezone(ZONE).isoformat(),
            "run_id": published.run_id,
            "file": str(done.file),
            "tables": done.tables,
            "identical": done.is_identical,
            "differences": [{"table": d.table, "reason": d.reason} for d in done.differences],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(0 if done.is_identical else 1)


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
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def show(tab: str, limit: int, as_json: bool) -> None:
    """Show every content of a tab: when it stood, its rows, and what came and went.

    \b
    candid history show sales_master__orders --json
    """
    from candid_assets.history.tab_history import tab_history

    settings = Settings()
    try:
        found = tab_history(settings, tab, limit or None)
    except (CandidError, duckdb.Error) as error:
        _refuse(error)
    if as_json:
        told = {"env": settings.env, "table": tab, "contents": [asdict(seen) for seen in found]}
        click.echo(json.dumps(told, ensure_ascii=False, default=_json))
        return
    console = Console(highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · {tab}")
    table = Table(header_style="bold")
    for name in (
        "from",
        "until",
        "title",
        "extract",
        "rows",
        "+",
        "-",
        "clean",
        "quarantined",
        "run",
    ):
        table.add_column(name, no_wrap=name == "extract")
    for seen in found:
        until = "stands" if seen.is_current else _when(seen.last_seen)
        table.add_row(
            _when(seen.first_seen),
            until,
            escape(seen.title),
            seen.extract[:12] + ("" if seen.kept else " (pruned)"),
            f"{seen.rows:,}",
            *("" if n is None else f"{n:,}" for n in (seen.rows_added, seen.rows_removed)),
            *("" if n is None else f"{n:,}" for n in (seen.rows_clean, seen.rows_quarantined)),
            seen.run_id[:8],
        )
    console.print(table)


@history.command("prune")
@click.option("--dry-run/--delete", default=True, show_default=True, help="Tell, or remove.")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def prune_extracts(dry_run: bool, as_json: bool) -> None:
    """Tell which extracts are past their workbook's retention, or remove them.

    The head of a workbook says for how long (property retention, such as P90D); without it
    everything is kept. What a current table or a publication within the retention was built from
    is never removed.

    \b
    candid history prune
    candid history prune --delete
    """
    from candid_assets.contracts.load import load_catalog
    from candid_assets.maintenance.extract_retention import prunable, prune
    from candid_assets.orchestration.resources import Warehouse

    settings, now = Settings(), datetime.now(UTC)
    console = Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · data in {settings.data_dir}")
    warehouse = Warehouse(database=str(settings.warehouse_file), env=settings.env)
    try:
        if not settings.warehouse_file.exists():
            raise CandidError("nothing was read yet", "run `candid run` first")
        with warehouse.get_connection() as connection:
            found = prunable(settings, load_catalog(settings.catalog_dir), connection, now)
            if not dry_run:
                prune(connection, found, now)
    except (CandidError, duckdb.Error) as error:
        _refuse(error)
    for extract in found[:SHOWN]:
        last = _when(extract.last_seen)
        console.print(
            f"  {extract.workbook}__{extract.tab} {extract.content_hash[:12]} until {last}"
        )
    size = sum(extract.bytes for extract in found)
    verb = "would go; --delete removes them" if dry_run else "removed"
    console.print(f"{len(found):,} extracts of {size:,} bytes {verb}")
    if as_json:
        told = {
            "env": settings.env,
            "deleted": not dry_run,
            "bytes": size,
            "extracts": [asdict(extract) for extract in found],
        }
        click.echo(json.dumps(told, ensure_ascii=False, default=_json))


@click.command()
@click.argument("tab")
@click.option("--from", "before", required=True, metavar="WHEN", help="A moment, run or extract.")
@click.option("--to", "after", default="now", show_default=True, metavar="WHEN", help="Likewise.")
@click.option("--json", "as_json", is_flag=True, help="One object with every row on stdout.")
def diff(tab: str, before: str, after: str, as_json: bool) -> None:
    """Show what changed in a table: rows added and removed, and cells, by primary key.

    TAB is a tab's clean table, or any table written as clean.…, quarantine.… or ready.….

    \b
    candid diff sales_master__orders --from yesterday
    candid diff ready.mart_sales_monthly --from 2026-11-01 --to 2026-11-24T17:00
    candid diff coreos__products --from 1f3a9c2b --to 77ac01de --json
    """
    from candid_assets.history.difference import difference

    settings = Settings()
    try:
        found = difference(settings, tab, before, after, datetime.now(UTC))
    except (CandidError, duckdb.Error) as error:
        _refuse(error)
    if as_json:
        click.echo(json.dumps(_told(settings.env, found), ensure_ascii=False, default=_json))
        return
    _show_difference(Console(highlight=False), settings.env, found)


def _told(env: str, found: Any) -> dict[str, Any]:
    sides = {
        name: {
            "written": side.written,
            "moment": side.moment,
            "extract": side.extract,
            "run_id": side.build.run_id,
        }
        for name, side in (("from", found.before), ("to", found.after))
    }
    return {
        "env": env,
        "table": f"{found.layer}.{found.table}",
        **sides,
        "key": found.key,
        "columns_added": found.columns_added,
        "columns_removed": found.columns_removed,
        "rows_added": len(found.added),
        "rows_removed": len(found.removed),
        "rows_changed": len(found.changed),
        "cells_changed": sum(len(row["cells"]) for row in found.changed),
        "added": found.added,
        "removed": found.removed,
        "changed": found.changed,
    }


def _show_difference(console: Console, env: str, found: Any) -> None:
    console.print(f"candid · environment [bold]{env}[/] · {found.layer}.{found.table}")
    sides = [
        f"{_when(s.moment)} ({s.extract or s.build.run_id:.12})"
        for s in (found.before, found.after)
    ]
    by = f"by {', '.join(found.key)}" if found.key else "by whole rows, for there is no key"
    cells = sum(len(row["cells"]) for row in found.changed)
    console.print(f"{' → '.join(sides)}, {by}")
    for sign, columns in (("+", found.columns_added), ("-", found.columns_removed)):
        if columns:
            console.print(f"{sign} columns {', '.join(columns)}")
    console.print(
        f"{len(found.added):,} rows added, {len(found.removed):,} removed,"
        f" {len(found.changed):,} changed in {cells:,} cells"
    )
    lines = [f"[green]+ {_line(row)}[/]" for row in found.added[:SHOWN]]
    lines += [f"[red]- {_line(row)}[/]" for row in found.removed[:SHOWN]]
    for row in found.changed[:SHOWN]:
        at = f" (row {row['row']})" if row["row"] else ""
        changes = [f"{c['column']}: {c['before']} → {c['after']}" for c in row["cells"]]
        lines.append(f"~ {_line(row['key'])}{at}  {escape('; '.join(changes))}")
    for line in lines:
        console.print(line, soft_wrap=True)
    if max(map(len, (found.added, found.removed, found.changed))) > SHOWN:
        console.print(f"the first {SHOWN} of each are shown; --json gives all")


def _line(row: dict[str, str | None]) -> str:
    return escape(", ".join(f"{name}={value}" for name, value in row.items() if value is not None))


def _when(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def _json(value: object) -> str:
    return value.astimezone(ZONE).isoformat() if isinstance(value, datetime) else str(value)


def _refuse(error: Exception) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(str(error))}[/]", soft_wrap=True)
    sys.exit(error.exit_code if isinstance(error, CandidError) else 1)
