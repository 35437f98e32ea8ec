"""`candid discover`: contracts for a workbook that nobody described; later, what is new in it."""

import atexit
import gc
from pathlib import Path
from typing import Any, get_args

import click

from candid_assets.console import Output, Result, shown, with_output
from candid_assets.contracts.columns import IDENTIFIER
from candid_assets.garbage_collection import expect_lasting_objects
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import Environment, Settings
from candid_assets.source_kinds.registry import KINDS, recognise_place
from candid_assets.without_pandas import without_pandas

_KINDS = tuple(KINDS.values())
_EXAMPLES = "\n".join(f"candid discover {example}" for kind in _KINDS for example in kind.examples)
_HELP = f"""Write contracts for a source that nobody described.

SOURCE is {", ".join(kind.words.address for kind in _KINDS[:-1])}, or {_KINDS[-1].words.address}.
Reads every tab or table (and never writes to its source), finds headers, types, keys and rules,
rehearses the cleaning, and writes one YAML file per table with the evidence for each guess behind
it, and a page for the review. What the cells do not settle is asked, the worst damage first, with
the line of YAML that answers it. Tabs that are no tables are listed with the reason. Contracts that
stand there are kept.

With --again it reads the source of the contracts once more and shows as a diff what is new there:
tabs, members of families, columns, listed values. --write takes it in. What a person changed or
took out stays as it is. Exits with 1 where something is new and not written,
or left to a person.

\b
{_EXAMPLES}
candid discover --again --workbook sales_2025
candid discover --again --workbook sales_2025 --write
"""


@click.command(help=_HELP)
@click.argument("source", metavar="SOURCE", required=False)
@click.option("--type", "kind", type=click.Choice(tuple(KINDS)), help="What kind of source it is.")
@click.option(
    "--workbook", "-w", "name", required=True, metavar="NAME", help="Its snake_case name."
)
@click.option("--tab", "-t", "tabs", multiple=True, metavar="T", help="Only the tab of this title.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="The catalog to write to; CANDID_CATALOG_DIR, else the project's, when left out.",
)
@click.option(
    "--env",
    type=click.Choice(get_args(Environment)),
    help="The environment whose server gets the id; CANDID_ENV, but staging instead of sample.",
)
@click.option("--owner", default="unknown", show_default=True, help="Team or e-mail address.")
@click.option(
    "--domain", type=click.Choice((HUB, *SPOKES)), default=HUB, show_default=True, help="Its area."
)
@click.option(
    "--report",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Where the page for the review goes; reports/discover_NAME.html of the data otherwise.",
)
@click.option("--force", is_flag=True, help="Overwrite contracts that are there already.")
@click.option("--again", is_flag=True, help="Look for what is new at the source of the contracts.")
@click.option("--write", "accept", is_flag=True, help="With --again: take in what is new.")
@with_output()
def discover(  # noqa: PLR0913 - each option is one parameter
    output: Output,
    *,
    source: str | None,
    kind: str | None,
    name: str,
    tabs: tuple[str, ...],
    into: Path | None,
    env: Environment | None,
    owner: str,
    domain: str,
    page: Path | None,
    force: bool,
    again: bool,
    accept: bool,
) -> Result:
    """Write contracts for a source that nobody described."""
    if not IDENTIFIER.fullmatch(name) or "__" in name:
        message = f"{name!r} is no workbook name: write snake_case, such as sales_2025"
        raise click.BadParameter(message, param_hint="--workbook")
    _refuse_mixed(source, again=again, force=force, accept=accept)
    expect_lasting_objects()
    # Nor are they looked through once more at exit.
    atexit.register(gc.freeze)
    ours = output.settings
    folder = (into or ours.own_catalog_dir).resolve() / "workbooks" / name
    if source is None:
        return _look_again(output, env, folder, tabs, accept=accept)
    settings = ours.for_env(env or ("staging" if ours.env == "sample" else ours.env))
    # Reading, counting and drawing cost a second to load; `--help` does without.
    from candid_assets.discovery.discover import discover_source
    from candid_assets.discovery.discovery_facts import discovery_facts
    from candid_assets.discovery.discovery_report import show
    from candid_assets.reports.run_screen import TerminalProgress

    try:
        if not source.strip():
            raise ValueError("it is empty")
        place = recognise_place(source, kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SOURCE") from error
    output.header(f"contracts in {shown(folder)}", settings.env)
    how: dict[str, Any] = {"tabs": tabs, "owner": owner, "domain": domain, "force": force}
    with without_pandas(), TerminalProgress(output.progress) as progress:
        discovery = discover_source(settings, place, folder, **how, progress=progress)
    # What draws the page brings 30 MB along, for which there is room once nothing is counted.
    from candid_assets.discovery.discovery_page import write_discovery_page

    commands = ["candid contracts validate", _run_command(ours, settings.env, name, into)]
    page = (page or settings.reports_dir / f"discover_{name}.html").resolve()
    facts = discovery_facts(discovery) | {"page": str(page)}
    write_discovery_page(facts, commands, page)
    show(output.console, facts, commands)
    return facts, 1 if discovery.written.problems else 0


def _refuse_mixed(source: str | None, *, again: bool, force: bool, accept: bool) -> None:
    """Refuse options that do not go together."""
    if again and source is not None:
        raise click.UsageError("--again reads the source that the contracts name: leave SOURCE out")
    if again and force:
        raise click.UsageError("--again keeps contracts, --force overwrites them: choose one")
    if accept and not again:
        raise click.UsageError("--write belongs to --again; a first discovery writes at once")
    if source is None and not again:
        raise click.UsageError("say which SOURCE, or --again for the one that the contracts name")


def _look_again(
    output: Output,
    env: Environment | None,
    folder: Path,
    tabs: tuple[str, ...],
    *,
    accept: bool,
) -> Result:
    """Show what is new at the source of contracts, and take it in where asked to."""
    from candid_assets.contract_changes.again_screen import show_again
    from candid_assets.contract_changes.discover_again import discover_again
    from candid_assets.reports.run_screen import TerminalProgress

    settings = output.settings.for_env(env) if env else output.settings
    output.header(f"what is new for {shown(folder)}", settings.env)
    how: dict[str, Any] = {"write": accept, "only_env": env is not None}
    with without_pandas(), TerminalProgress(output.progress) as progress:
        result = discover_again(settings, folder, tabs, **how, progress=progress)
    show_again(output.console, result)
    return result.facts(), 0 if result.is_settled else 1


def _run_command(ours: Settings, env: str, name: str, into: Path | None) -> str:
    """Return the command that refreshes the workbook, with what the shell has not set."""
    variables = [] if ours.env == env else [f"CANDID_ENV={env}"]
    if into is not None and into.resolve() != ours.catalog_dir.resolve():
        variables.append(f"CANDID_CATALOG_DIR={shown(into.resolve())}")
    return " ".join([*variables, "candid run --workbook", name])
