"""`candid discover`: contracts for a workbook that nobody described."""

from pathlib import Path
from typing import get_args

import click

from candid_assets.console import Output, Result, shown, with_output
from candid_assets.contracts.columns import IDENTIFIER
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import Environment, Settings
from candid_assets.source_kinds.registry import KINDS, recognise_place

_KINDS = tuple(KINDS.values())
_EXAMPLES = "\n".join(f"candid discover {example}" for kind in _KINDS for example in kind.examples)
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
@with_output()
def discover(  # noqa: PLR0913 - each option is one parameter
    output: Output,
    *,
    source: str,
    kind: str | None,
    name: str,
    tabs: tuple[str, ...],
    into: Path | None,
    env: Environment | None,
    owner: str,
    domain: str,
    page: Path | None,
    force: bool,
) -> Result:
    """Write contracts for a source that nobody described."""
    # Reading, counting and drawing cost a second to load; `--help` does without.
    from candid_assets.discovery.discover import discover_source
    from candid_assets.discovery.discovery_facts import discovery_facts
    from candid_assets.discovery.discovery_page import write_discovery_page
    from candid_assets.discovery.discovery_report import show

    if not IDENTIFIER.fullmatch(name) or "__" in name:
        message = f"{name!r} is no workbook name: write snake_case, such as sales_2025"
        raise click.BadParameter(message, param_hint="--workbook")
    try:
        place = recognise_place(source, kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SOURCE") from error
    ours = output.settings
    settings = ours.for_env(env or ("staging" if ours.env == "sample" else ours.env))
    folder = (into or ours.catalog_dir).resolve() / "workbooks" / name
    output.header(f"contracts in {shown(folder)}", settings.env)
    discovery = discover_source(
        settings, place, folder, tabs=tabs, owner=owner, domain=domain, force=force
    )
    commands = ["candid contracts validate", _run_command(ours, settings.env, name, into)]
    page = (page or settings.reports_dir / f"discover_{name}.html").resolve()
    facts = discovery_facts(discovery) | {"page": str(page)}
    write_discovery_page(facts, commands, page)
    show(output.console, facts, commands)
    return facts, 1 if discovery.written.problems else 0


def _run_command(ours: Settings, env: str, name: str, into: Path | None) -> str:
    """Return the command that refreshes the workbook, with what the shell has not set."""
    variables = [] if ours.env == env else [f"CANDID_ENV={env}"]
    if into is not None and into.resolve() != ours.catalog_dir.resolve():
        variables.append(f"CANDID_CATALOG_DIR={shown(into.resolve())}")
    return " ".join([*variables, "candid run --workbook", name])
