"""`candid sandbox …`: serve, make, list and edit the sample workbooks."""

import contextlib
import json
import signal
import zlib
from pathlib import Path
from typing import Any, NoReturn

import click

from candid_assets.sandbox.cells import cell_position, typed_cell
from candid_assets.sandbox.company.generate import SEED
from candid_assets.sandbox.edits import ChangeError, change_workbook, find_workbook
from candid_assets.sandbox.process import SandboxError, SandboxServer
from candid_assets.sandbox.sample import ensure_sample, make_sample
from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import CellError, Dated, SampleWorkbook
from candid_assets.settings import Settings

DEFAULT_PORT = 8790

_folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the workbooks; the sample's own when left out.",
)


@click.group()
def sandbox() -> None:
    """Sample workbooks and a local Google Sheets and Drive server, for trying things out."""


@sandbox.command()
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="0 takes a free one.")
@click.option(
    "--workbooks",
    "files",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Serve a folder of .xlsx and .csv files instead of the sample: a sub-folder is a "
    "workbook, a sheet or a .csv is a tab.",
)
@click.option(
    "--locale", default="in_ID", show_default=True, help="Locale of the files' workbooks."
)
@click.option("--scale", type=int, help="Make the sample with its rows times this.")
@click.option("--seed", type=int, help="Make the sample from another seed.")
@click.option("--quota/--no-quota", default=True, help="Google's limit of reads per minute.")
@click.option("--reads-per-minute", default=60, show_default=True, help="The limit itself.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@_folder_option
def serve(  # noqa: PLR0913 - each option is one parameter
    *,
    port: int,
    files: Path | None,
    locale: str,
    scale: int | None,
    seed: int | None,
    quota: bool,
    reads_per_minute: int,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Serve workbooks on this machine until Ctrl-C.

    \b
    Examples:
      candid sandbox serve
      candid sandbox serve --workbooks ~/exports --port 0 --json
    """
    folder = folder or (_mirror(files) if files else Settings().sandbox_dir)
    if files is None:
        _ensure(folder, seed, scale)
    server = SandboxServer(
        folder,
        port=port,
        files=files,
        quota=quota,
        reads_per_minute=reads_per_minute,
        locale=locale,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            server.start()
            _announce(server, as_json=as_json)
            server.wait()
        except SandboxError as error:
            raise click.ClickException(str(error)) from error
        finally:
            server.stop()


def _ensure(folder: Path, seed: int | None, scale: int | None) -> None:
    """Make the sample, unless the folder holds workbooks that are not the sample's."""
    if (folder / "manifest.json").exists() or not workbook_files(folder):
        try:
            ensure_sample(folder, seed=seed, scale=scale)
        except ValueError as error:
            raise click.ClickException(str(error)) from error


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _mirror(files: Path) -> Path:
    """Return where a folder of files is kept as workbooks, one place for each folder."""
    place = files.resolve()
    mark = zlib.crc32(str(place).encode())
    return Settings().data_root.resolve() / "sandbox-files" / f"{place.name}-{mark:08x}"


def _announce(server: SandboxServer, *, as_json: bool) -> None:
    heads = [SampleWorkbook.head(path) for path in workbook_files(server.folder)]
    if as_json:
        content = {
            "url": server.url,
            "credentials": str(server.credentials_file),
            "folder": str(server.folder),
            "workbooks": [{"id": head.spreadsheet_id, "title": head.title} for head in heads],
            "problems": server.problems,
        }
        click.echo(json.dumps(content))
        return
    click.echo(f"Serving {len(heads)} workbooks on {server.url}")
    for head in heads:
        click.echo(f"  {head.spreadsheet_id}  {head.title}")
    for problem in server.problems:
        click.echo(f"warning: {problem}", err=True)
    click.echo("\nPoint candid at it, in another terminal:\n")
    for name, value in {"CANDID_ENV": "staging", **server.environment}.items():
        click.echo(f"  export {name}={value}")
    click.echo("\nCtrl-C stops it.")


@sandbox.command()
@click.option("--scale", default=1, show_default=True, help="Rows, times this.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, other data.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to; the sample's own when left out.",
)
def generate(scale: int, seed: int, out: Path | None) -> None:
    """Make the sample workbooks anew.

    \b
    Examples:
      candid sandbox generate
      candid sandbox generate --scale 10 --out /tmp/big
    """
    folder = out or Settings().sandbox_dir
    try:
        make_sample(folder, seed=seed, scale=scale)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(workbook_files(folder))} workbooks are in {folder}")


@sandbox.command()
@click.argument("workbook")
@click.argument("tab")
@click.argument("cells", nargs=-1, required=True, metavar="CELL=VALUE...")
@click.option("--silent", is_flag=True, help="Leave Drive's modified time, as IMPORTRANGE does.")
@_folder_option
def edit(
    *, workbook: str, tab: str, cells: tuple[str, ...], silent: bool, folder: Path | None
) -> None:
    """Edit cells of a workbook, as a person would in Google Sheets; a running server sees it.

    VALUE is a number, true, false or null (an empty cell), else text. Say what it is with
    date:2025-08-17, datetime:2025-08-17T14:30, time:14:30, error:#REF! or text:0812.

    \b
    Examples:
      candid sandbox edit Sales_MASTER "Order Harian" D17=1250000 E17=lunas
      candid sandbox edit Sales_MASTER "Order Harian" B17=date:2025-08-17
    """
    folder = folder or Settings().sandbox_dir
    try:
        wanted = dict(_assignment(cell) for cell in cells)
        change = {"do": "edit", "tab": tab, "cells": wanted, "silent": silent}
        book = change_workbook(folder, workbook, change)
    except (ChangeError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{book.title}: {len(wanted)} cells of {tab!r} changed, version {book.version}")


def _assignment(text: str) -> tuple[str, Any]:
    address, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is no edit: write a cell and its value, such as D17=1250")
    cell_position(address)
    cell = typed_cell(value)
    if isinstance(cell, Dated):
        return address, {"d": cell.serial, "p": cell.pattern}
    return address, {"e": cell.code} if isinstance(cell, CellError) else cell


@sandbox.command(name="list")
@click.argument("workbook", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_folder_option
def list_workbooks(*, workbook: str | None, as_json: bool, folder: Path | None) -> None:
    """List the workbooks and their tabs.

    \b
    Examples:
      candid sandbox list
      candid sandbox list Sales_MASTER --json
    """
    folder = folder or Settings().sandbox_dir
    try:
        paths = [find_workbook(folder, workbook)] if workbook else workbook_files(folder)
    except ChangeError as error:
        raise click.ClickException(str(error)) from error
    books = [_described(SampleWorkbook.load(path)) for path in paths]
    if as_json:
        click.echo(json.dumps(books, ensure_ascii=False))
        return
    if not books:
        click.echo(f"No workbooks in {folder}: make them with candid sandbox generate")
    for book in books:
        click.echo(f"{book['title']}  ({book['id']}, {len(book['tabs'])} tabs)")
        for tab in book["tabs"]:
            click.echo(f"  {tab['rows']:>8,} rows  {tab['title']}")


def _described(book: SampleWorkbook) -> dict[str, Any]:
    tabs = [
        {
            "title": tab.title,
            "sheet_id": tab.sheet_id,
            "rows": len(tab.rows),
            "hidden": tab.hidden,
            "type": tab.sheet_type,
        }
        for tab in book.tabs
    ]
    return {
        "id": book.spreadsheet_id,
        "title": book.title,
        "version": book.version,
        "modified_time": book.modified_time,
        "tabs": tabs,
    }
