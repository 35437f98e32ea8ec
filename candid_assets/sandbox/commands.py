"""`candid sandbox …`: serve, make, list and edit the sample workbooks."""

import contextlib
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.sandbox.cells import cell_position, typed_cell
from candid_assets.sandbox.company.version import SEED
from candid_assets.sandbox.edits import change_workbook, find_workbook
from candid_assets.sandbox.process import SandboxError, SandboxServer
from candid_assets.sandbox.sample import ensure_sample, make_sample
from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleWorkbook

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
    "workbook, a sheet or a .csv is a tab. A folder with a workbook.json is a recorded workbook.",
)
@click.option(
    "--locale", default="in_ID", show_default=True, help="Locale of the files' workbooks."
)
@click.option("--scale", type=int, help="Make the sample with its rows times this.")
@click.option("--seed", type=int, help="Make the sample from another seed.")
@click.option("--quota/--no-quota", default=True, help="Google's limit of reads per minute.")
@click.option("--reads-per-minute", default=60, show_default=True, help="The limit itself.")
@_folder_option
@with_output()
def serve(  # noqa: PLR0913 - each option is one parameter
    output: Output,
    *,
    port: int,
    files: Path | None,
    locale: str,
    scale: int | None,
    seed: int | None,
    quota: bool,
    reads_per_minute: int,
    folder: Path | None,
) -> Result:
    """Serve workbooks on this machine until Ctrl-C.

    \b
    Examples:
      candid sandbox serve
      candid sandbox serve --workbooks ~/exports --port 0 --json
    """
    folder = folder or (_mirror(output, files) if files else output.settings.sandbox_dir)
    # Made unless the folder holds workbooks that are not the sample's.
    if files is None and ((folder / "manifest.json").exists() or not workbook_files(folder)):
        with _refusals():
            ensure_sample(folder, seed=seed, scale=scale)
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
            _announce(output, server)
            server.wait()
        finally:
            server.stop()
    return None, 0


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Raise a wrong change, cell or scale as a `SandboxError`."""
    try:
        yield
    except ValueError as error:
        raise SandboxError(str(error)) from error


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _mirror(output: Output, files: Path) -> Path:
    """Return where a folder of files is kept as workbooks, one place for each folder."""
    place = files.resolve()
    mark = zlib.crc32(str(place).encode())
    return output.settings.data_root.resolve() / "sandbox-files" / f"{place.name}-{mark:08x}"


def _announce(output: Output, server: SandboxServer) -> None:
    heads = [SampleWorkbook.head(path) for path in workbook_files(server.folder)]
    output.json(
        {
            "url": server.url,
            "credentials": str(server.credentials_file),
            "writer_credentials": str(server.writer_file),
            "folder": str(server.folder),
            "workbooks": [{"id": head.spreadsheet_id, "title": head.title} for head in heads],
            "problems": server.problems,
        }
    )
    output.show(f"Serving {len(heads)} workbooks on {server.url}")
    for head in heads:
        output.show(f"  {head.spreadsheet_id}  {head.title}")
    for problem in server.problems:
        output.note(f"warning: {problem}")
    output.show("\nPoint candid at it, in another terminal:\n")
    for name, value in {"CANDID_ENV": "staging", **server.environment}.items():
        output.show(f"  export {name}={value}")
    output.show("\nAnd, for `candid apply` of a publication alone:\n")
    output.show(f"  export CANDID_WRITE_CREDENTIALS={server.writer_file}")
    output.show("\nCtrl-C stops it.")


@sandbox.command()
@click.option("--scale", default=1, show_default=True, help="Rows, times this.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, other data.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to; the sample's own when left out.",
)
@with_output(json="never")
def generate(output: Output, scale: int, seed: int, out: Path | None) -> Result:
    """Make the sample workbooks anew.

    \b
    Examples:
      candid sandbox generate
      candid sandbox generate --scale 10 --out /tmp/big
    """
    folder = out or output.settings.sandbox_dir
    with _refusals():
        make_sample(folder, seed=seed, scale=scale)
    output.print(f"{len(workbook_files(folder))} workbooks are in {folder}")
    return None, 0


@sandbox.command()
@click.argument("workbook")
@click.argument("tab")
@click.argument("cells", nargs=-1, required=True, metavar="CELL=VALUE...")
@click.option("--silent", is_flag=True, help="Leave Drive's modified time, as IMPORTRANGE does.")
@_folder_option
@with_output(json="never")
def edit(
    output: Output,
    *,
    workbook: str,
    tab: str,
    cells: tuple[str, ...],
    silent: bool,
    folder: Path | None,
) -> Result:
    """Edit cells of a workbook, as a person would in Google Sheets; a running server sees it.

    VALUE is a number, true, false or null (an empty cell), else text. Say what it is with
    date:2025-08-17, datetime:2025-08-17T14:30, time:14:30, error:#REF! or text:0812.

    \b
    Examples:
      candid sandbox edit Sales_MASTER Jan25 D17=1250000 E17=lunas
      candid sandbox edit Sales_MASTER Jan25 B17=date:2025-08-17
    """
    folder = folder or output.settings.sandbox_dir
    with _refusals():
        wanted = dict(_assignment(cell) for cell in cells)
        change = {"do": "edit", "tab": tab, "cells": wanted, "silent": silent}
        book = change_workbook(folder, workbook, change)
    output.print(f"{book.title}: {len(wanted)} cells of {tab!r} changed, version {book.version}")
    return None, 0


@sandbox.command(name="add-tab")
@click.argument("workbook")
@click.argument("tab")
@_folder_option
@with_output(json="never")
def add_tab(output: Output, *, workbook: str, tab: str, folder: Path | None) -> Result:
    """Add an empty tab to a workbook, such as one to publish into.

    \b
    Examples:
      candid sandbox add-tab CoreOS "Papan Metrik"
    """
    with _refusals():
        change = {"do": "add_tab", "tab": tab, "rows": []}
        book = change_workbook(folder or output.settings.sandbox_dir, workbook, change)
    output.print(f"{book.title} has a tab {tab!r}, version {book.version}")
    return None, 0


def _assignment(text: str) -> tuple[str, Any]:
    address, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is no edit: write a cell and its value, such as D17=1250")
    cell_position(address)
    cell = typed_cell(value)
    if isinstance(cell, Dated):
        return address, {"d": cell.serial, "p": cell.pattern}
    if isinstance(cell, Formatted):
        return address, {"n": cell.value, "p": cell.pattern}
    return address, {"e": cell.code} if isinstance(cell, CellError) else cell


@sandbox.command(name="list")
@click.argument("workbook", required=False)
@_folder_option
@with_output()
def list_workbooks(output: Output, *, workbook: str | None, folder: Path | None) -> Result:
    """List the workbooks and their tabs.

    \b
    Examples:
      candid sandbox list
      candid sandbox list Sales_MASTER --json
    """
    folder = folder or output.settings.sandbox_dir
    with _refusals():
        paths = [find_workbook(folder, workbook)] if workbook else workbook_files(folder)
    books = [_described(SampleWorkbook.load(path)) for path in paths]
    if not books:
        output.show(f"No workbooks in {folder}: make them with candid sandbox generate")
    for book in books:
        output.show(f"{book['title']}  ({book['id']}, {len(book['tabs'])} tabs)")
        for tab in book["tabs"]:
            output.show(f"  {tab['rows']:>8,} rows  {tab['title']}")
    return books, 0


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
