"""`candid discover`: contracts for a workbook that nobody described."""

import json
import tempfile
from pathlib import Path
from typing import get_args

import click
from rich.console import Console

from candid_assets.console import shown
from candid_assets.contracts.columns import IDENTIFIER
from candid_assets.discovery.discovery_report import as_json as report_json
from candid_assets.discovery.discovery_report import show
from candid_assets.discovery.propose import propose
from candid_assets.discovery.read_source import read_source
from candid_assets.discovery.write_contracts import (
    UNKNOWN_OWNER,
    ExistingContracts,
    Head,
    existing_contracts,
    write,
)
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import Environment, Settings
from candid_assets.source_kinds.registry import KINDS, recognise_place
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets.sources.source_errors import SourceError

_KINDS = tuple(KINDS.values())
_EXAMPLES = "\n".join(f"candid discover {told}" for kind in _KINDS for told in kind.examples)
_HELP = f"""Write contracts for a source that nobody described.

SOURCE is {", ".join(kind.words.address for kind in _KINDS[:-1])}, or {_KINDS[-1].words.address}.
Reads every tab or table (and never writes to its source), finds headers, types, keys and rules,
rehearses the cleaning, and writes one YAML file per table with the evidence for each guess behind
it. Tabs that are no tables are listed with the reason. Contracts that stand there are kept.

\b
{_EXAMPLES}
"""


@click.command(help=_HELP)
@click.argument("source", metavar="SOURCE")
@click.option("--type", "kind", type=click.Choice(tuple(KINDS)), help="What kind of source it is.")
@click.option(
    "--workbook", "-w", "name", required=True, metavar="NAME", help="Its snake_case name."
)
@click.option("--tab", "-t", "tabs", multiple=True, metavar="T", help="Only the tab of this title.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="The catalog to write to; CANDID_CATALOG_DIR, else the package's, when left out.",
)
@click.option(
    "--env",
    type=click.Choice(get_args(Environment)),
    help="The environment whose server gets the id; CANDID_ENV, but staging instead of sample.",
)
@click.option("--owner", default=UNKNOWN_OWNER, show_default=True, help="Team or e-mail address.")
@click.option(
    "--domain", type=click.Choice((HUB, *SPOKES)), default=HUB, show_default=True, help="Its area."
)
@click.option("--force", is_flag=True, help="Write contracts anew that stand there already.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def discover(  # noqa: PLR0913 - each option is one parameter
    *,
    source: str,
    kind: str | None,
    name: str,
    tabs: tuple[str, ...],
    into: Path | None,
    env: str | None,
    owner: str,
    domain: str,
    force: bool,
    as_json: bool,
) -> None:
    """Write contracts for a source that nobody described."""
    if not IDENTIFIER.fullmatch(name) or "__" in name:
        message = f"{name!r} is no workbook name: write snake_case, such as sales_2025"
        raise click.BadParameter(message, param_hint="--workbook")
    try:
        place = recognise_place(source, kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SOURCE") from error
    settings = _settings(env)
    console = Console(stderr=as_json, highlight=False)
    folder = (into or settings.catalog_dir).resolve() / "workbooks" / name
    console.print(f"candid · environment [bold]{settings.env}[/] · contracts in {shown(folder)}")
    try:
        book = read_source(settings, place, name, folder, tabs)
    except SourceError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True, markup=True)
        raise SystemExit(1) from error
    before = existing_contracts(folder)
    kept = {} if force else _kept(book, before)
    with tempfile.TemporaryDirectory(prefix="candid-discover-") as scratch:
        fresh = UndescribedWorkbook(
            book.metadata, tuple(t for t in book.tabs if t.title not in kept)
        )
        skip = frozenset() if force else before.files
        proposal = propose(fresh, name, Path(scratch) / "rehearsal", skip)
        head = Head(settings.env, place.server, place.other, owner, domain)
        written = write(proposal, folder, head, Path(scratch) / "trial", force=force)
    show(console, proposal, kept, written, _run_command(settings, name, into))
    if as_json:
        told = report_json(settings, name, place.location, proposal, kept, written)
        click.echo(json.dumps(told, ensure_ascii=False))
    raise SystemExit(1 if written.problems else 0)


def _settings(env: str | None) -> Settings:
    """Return the settings of the environment that the workbook is connected to."""
    settings = Settings()
    chosen = env or ("staging" if settings.env == "sample" else settings.env)
    return settings.model_copy(update={"env": chosen})


def _run_command(settings: Settings, name: str, into: Path | None) -> str:
    """Return the command that refreshes the workbook, with what the shell has not set."""
    ours = Settings()
    told = [] if ours.env == settings.env else [f"CANDID_ENV={settings.env}"]
    if into is not None and into.resolve() != ours.catalog_dir.resolve():
        told.append(f"CANDID_CATALOG_DIR={shown(into.resolve())}")
    return " ".join([*told, "candid run --workbook", name])


def _kept(book: UndescribedWorkbook, before: ExistingContracts) -> dict[str, str]:
    """Return the tabs that have a contract already, by title."""
    found = {tab.title: before.contract_of(tab.title) for tab in book.tabs}
    return {title: name for title, name in found.items() if name}
