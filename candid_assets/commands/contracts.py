"""`candid contracts diff` and `candid contracts snapshot`."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console

from candid_assets.atomic_files import write_whole
from candid_assets.commands.contracts_files import contracts
from candid_assets.console import shown
from candid_assets.contract_changes.accept import Acceptance, entry_texts, plan, write
from candid_assets.contract_changes.differences import Difference, differences, with_detail
from candid_assets.contract_changes.schema_log import log_file, with_entries
from candid_assets.contract_changes.schema_snapshot import (
    additions,
    read,
    schema_of,
    snapshot_file,
    unexplained,
    updated,
    written,
)
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.near_names import hint
from candid_assets.settings import ZONE, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError

__all__ = ["contracts"]


@contracts.command()
@click.argument("names", nargs=-1, metavar="[WORKBOOK | WORKBOOK__TAB]...")
@click.option("--only", "kinds", multiple=True, metavar="KIND", help="Only changes of this kind.")
@click.option("--write", "accept", is_flag=True, help="Accept them: edit contracts, write the log.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def diff(names: tuple[str, ...], kinds: tuple[str, ...], accept: bool, as_json: bool) -> None:
    """Show where contracts and sheets differ, and accept it into the contracts.

    Compares with the newest extracts that `candid run` has landed and asks nothing of Google. With
    --write it edits the contract files in place (other lines and comments stay), raises the
    workbook's version (breaking: major, additive: minor) and adds dated entries to the log of the
    schema. What cannot be accepted by an edit is said with what settles it.

    Exits with 0 where nothing differs or all of it was accepted, else with 1.

    \b
    candid contracts diff
    candid contracts diff sales_master --json
    candid contracts diff sales_master__targets --write
    candid contracts diff --only tab_renamed --only column_renamed --write
    """
    settings, console = Settings(), Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · contracts against extracts")
    catalog = load_catalog(settings.catalog_dir)
    _check_names(catalog, names)
    try:
        with open_published(settings.published_file) as snapshot:
            found = differences(settings, catalog, snapshot, names or None)
    except WarehouseError as error:
        raise click.ClickException(str(error)) from error
    found = [with_detail(d) for d in found if not kinds or d.change.kind in kinds]
    today = datetime.now(ZONE).date()
    result = plan(found, settings, today)
    if accept:
        write(result, settings, catalog, today)
    is_done = accept and not result.problems
    _show(console, found, result, settings, is_done=is_done)
    if as_json:
        click.echo(json.dumps(_as_json(settings, found, result, is_done), ensure_ascii=False))
    settled = is_done and not result.by_hand
    raise SystemExit(0 if not found or settled else 1)


@contracts.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if it is stale.")
def snapshot(check: bool) -> None:
    """Keep the schema that readers rely on, and refuse what the log does not explain.

    New tables and columns get their entries in the log. A table or column that vanished or has
    another type must be named there first, under Retired, Renamed or Retyped.

    \b
    candid contracts snapshot
    candid contracts snapshot --check
    """
    settings = Settings()
    log_path = log_file(settings)
    path = snapshot_file(log_path)
    log = log_path.read_text(encoding="utf-8") if log_path.exists() else ""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    old, now = read(text), schema_of(load_catalog(settings.catalog_dir))
    entries = additions(old, now) if old else []
    if not check:
        log = with_entries(log, _today(), entries)
    wrong = list(unexplained(old, now, log))
    new = written(updated(old, now))
    for problem in wrong:
        click.echo(str(problem))
    if wrong or (check and new != text):
        if not wrong:
            click.echo(f"{shown(path)} is stale; run `candid contracts snapshot`")
        raise SystemExit(1)
    if not check:
        write_whole(log_path, log)
        write_whole(path, new)
    click.echo(f"{len(now)} columns in {shown(path)}, {len(entries)} added")


def _today() -> date:
    return datetime.now(ZONE).date()


def _check_names(catalog: Catalog, names: Sequence[str]) -> None:
    known = {w.name for w in catalog.workbooks} | {t.table for t in catalog.tabs}
    for name in names:
        if name not in known:
            raise click.UsageError(f"no workbook or tab is called {name!r}{hint(name, known)}")


def _show(
    console: Console,
    found: Sequence[Difference],
    result: Acceptance,
    settings: Settings,
    *,
    is_done: bool,
) -> None:
    hands = {id(d): reason for d, reason in result.by_hand}
    entries = {id(d): entry for d, entry in result.accepted}
    table = None
    for difference in found:
        if difference.tab.table != table:
            table = difference.tab.table
            console.print(f"\n[bold]{table}[/]  {shown(difference.tab.path)}", soft_wrap=True)
        change = difference.change
        mark = "[red]breaking[/]" if change.breaking else "additive"
        console.print(f"  {mark} {change.kind}: {change.detail}", soft_wrap=True)
        if id(difference) in hands:
            console.print(f"    by hand: {hands[id(difference)]}", soft_wrap=True)
        else:
            entry = entries[id(difference)]
            console.print(f"    → {entry.heading}: {entry.text}", soft_wrap=True, markup=False)
    for problem in result.problems:
        console.print(f"[red]not written:[/] {problem}", soft_wrap=True)
    if not found:
        console.print("nothing differs")
    elif is_done and result.accepted:
        names = ", ".join(shown(path) for path in result.files)
        console.print(f"\nwritten: {names}; log: {shown(log_file(settings))}", soft_wrap=True)
    elif result.accepted and not result.problems:
        console.print("\n--write accepts what has an arrow")


def _as_json(
    settings: Settings, found: Sequence[Difference], result: Acceptance, is_done: bool
) -> dict[str, Any]:
    hands = {id(d): reason for d, reason in result.by_hand}
    return {
        "env": settings.env,
        "compared_with": "newest landed extracts",
        "differences": [
            {
                "workbook": d.tab.workbook,
                "table": d.tab.table,
                "contract": str(d.tab.path),
                "titles": list(d.titles),
                "kind": d.change.kind,
                "breaking": d.change.breaking,
                "column": d.change.column or None,
                "header": d.change.subject or None,
                "to": d.change.to or None,
                "detail": d.change.detail,
                "by_hand": hands.get(id(d)),
            }
            for d in found
        ],
        "entries": list(entry_texts(result)),
        "problems": [str(problem) for problem in result.problems],
        "written": [str(path) for path in result.files] if is_done and result.accepted else [],
    }
