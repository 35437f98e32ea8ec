"""`candid contracts`: what the catalog declares, its difference from the sheets, its schema."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from candid_assets.commands.complete_names import workbook_names
from candid_assets.commands.problem_lines import problem_facts, problem_line
from candid_assets.console import Output, Result, shown, with_output
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import ZONE
from candid_assets.terminal_text import marked

if TYPE_CHECKING:
    from candid_assets.contract_changes.accept import Acceptance
    from candid_assets.contracts.catalog import Catalog, ContractProblem


@click.group()
def contracts() -> None:
    """Check what the catalog declares."""


@contracts.command()
@with_output(anywhere=True)
def validate(output: Output) -> Result:
    """Read every contract and model; exit 1 and name file and line of each problem.

    What the cluster could not compute is a problem of a model that declares `engine: spark`;
    `candid engine check` lists it of all models.

    \b
    candid contracts validate
    CANDID_CATALOG_DIR=~/catalog candid contracts validate --json
    """
    catalog = load_catalog(output.settings.catalog_dir)
    problems = [*catalog.problems, *_unfit_for_their_engine(catalog)]
    if problems:
        _show_problems(output, catalog, problems)
    else:
        output.show(", ".join(f"{count} {what}" for what, count in _counts(catalog).items()))
    facts = [problem_facts(problem) for problem in problems]
    return {**_counts(catalog), "problems": facts}, 1 if problems else 0


@contracts.command()
@click.option("--odcs", is_flag=True, required=True, help="As ODCS v3.2 documents.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Folder to write them to."
)
@with_output(json="never", anywhere=True)
def export(output: Output, odcs: bool, into: Path | None) -> Result:
    """Write the catalog as complete documents: one for each workbook and each ready spoke.

    Without --into they go to stdout, one after another. Other tools of the standard read them,
    such as `datacontract lint`.

    \b
    candid contracts export --odcs --into /tmp/contracts
    candid contracts export --odcs > all.yaml
    """
    from candid_assets.contracts.odcs_export import odcs_documents

    catalog = load_catalog(output.settings.catalog_dir)
    if catalog.problems:
        _show_problems(output, catalog, catalog.problems)
        return None, 1
    documents = odcs_documents(catalog)
    if into is None:
        click.echo("---\n".join(documents.values()), nl=False)
        return None, 0
    into.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (into / name).write_text(text, encoding="utf-8")
    output.print(f"{len(documents)} documents in {into}")
    return None, 0


@contracts.command()
@click.argument(
    "names", nargs=-1, metavar="[WORKBOOK | WORKBOOK__TAB]...", shell_complete=workbook_names
)
@click.option("--only", "kinds", multiple=True, metavar="KIND", help="Only changes of this kind.")
@click.option("--write", "accept", is_flag=True, help="Accept them: edit contracts, write the log.")
@with_output()
def diff(output: Output, names: tuple[str, ...], kinds: tuple[str, ...], accept: bool) -> Result:
    """Show where contracts and sheets differ, and accept it into the contracts.

    Compares with the newest extracts that `candid run` has landed and asks nothing of Google. With
    --write it edits the contract files in place (other lines and comments stay), raises the
    workbook's version (breaking: major, additive: minor) and adds dated entries to the log of the
    schema. What cannot be accepted by an edit is said with what settles it. Tables of the sources
    that no contract names are listed with a proposal; they change nothing about the exit code.

    Exits with 0 where nothing differs or all of it was accepted, else with 1.

    \b
    candid contracts diff
    candid contracts diff sales_master --json
    candid contracts diff sales_master__targets_q1 --write
    candid contracts diff --only tab_renamed --only column_renamed --write
    """
    from candid_assets.contract_changes.accept import compare

    output.header("contracts against extracts")
    catalog = load_catalog(output.settings.catalog_dir)
    result = compare(output.settings, catalog, names, kinds, accept=accept)
    _show_differences(output, result)
    return result.facts(output.settings.env), 0 if result.is_settled else 1


@contracts.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if it is stale.")
@with_output(json="never", anywhere=True)
def snapshot(output: Output, check: bool) -> Result:
    """Keep the schema that readers rely on, and refuse what the log does not explain.

    New tables and columns get their entries in the log. A table or column that vanished or has
    another type must be named there first, under Retired, Renamed or Retyped.

    \b
    candid contracts snapshot
    candid contracts snapshot --check
    """
    from candid_assets.contract_changes.schema_snapshot import keep_schema

    kept = keep_schema(output.settings, datetime.now(ZONE).date(), check=check)
    for problem in kept.unexplained:
        output.print(str(problem))
    if kept.unexplained or kept.is_stale:
        if not kept.unexplained:
            output.print(f"{shown(kept.path)} is stale; run `candid contracts snapshot`")
        return None, 1
    output.print(f"{kept.columns} columns in {shown(kept.path)}, {len(kept.additions)} added")
    return None, 0


@contracts.command()
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Folder to write them to."
)
@with_output(json="never", anywhere=True)
def schema(output: Output, into: Path | None) -> Result:
    """Write the JSON Schemas of the catalog's files, by which editors complete and check them.

    Without --into they go to `.schemas` in the catalog. Files that `candid discover` and
    `candid init` write name theirs in their first line; another file gets one by such a line, for
    a metric file `# yaml-language-server: $schema=../.schemas/metrics.json`.

    \b
    candid contracts schema
    candid contracts schema --into /tmp/schemas
    """
    from candid_assets.contracts.file_schemas import FOLDER, write_schemas

    folder = into or output.settings.own_catalog_dir / FOLDER
    written = write_schemas(folder)
    for path in written:
        output.print(f"wrote {shown(path)}")
    if not written:
        output.print(f"the schemas in {shown(folder)} are up to date")
    return None, 0


def _unfit_for_their_engine(catalog: "Catalog") -> "list[ContractProblem]":
    """Return what the cluster could not compute in models that are declared to go there."""
    declared = [model for model in catalog.models if model.engine is not None]
    if not declared:
        return []
    from candid_assets.engines.model_check import unfit_parts

    return [problem for model in declared for problem in unfit_parts(catalog, model)]


def _show_problems(
    output: Output, catalog: "Catalog", problems: "Sequence[ContractProblem]"
) -> None:
    for problem in problems:
        output.show(problem_line(problem))
    if not output.as_json:
        output.note(f"{len(problems)} problems in {shown(catalog.root)}")


def _show_differences(output: Output, result: "Acceptance") -> None:
    from candid_assets.contract_changes.schema_log import log_file

    by_hand = {id(d): reason for d, reason in result.by_hand}
    entries = {id(d): entry for d, entry in result.accepted}
    table = None
    for difference in result.differences:
        if difference.tab.table != table:
            table = difference.tab.table
            output.console.print(marked("\n[bold]{}[/]  {}", table, shown(difference.tab.path)))
        change = difference.change
        mark = "[red]breaking[/]" if change.breaking else "additive"
        output.console.print(marked(f"  {mark} {{}}: {{}}", change.kind, change.detail))
        if id(difference) in by_hand:
            output.print(f"    by hand: {by_hand[id(difference)]}")
        else:
            entry = entries[id(difference)]
            output.print(f"    → {entry.heading}: {entry.text}")
    for unread in result.undescribed:
        output.print(f"\n{unread.workbook}", style="bold")
        output.print(f"  {unread.message}\n    by hand: {unread.proposal}")
    for problem in result.problems:
        output.print(f"not written: {problem}", style="red")
    if not result.differences and not result.undescribed:
        output.print("nothing differs")
    elif result.is_written and result.accepted:
        names = ", ".join(map(shown, result.files))
        output.print(f"\nwritten: {names}; log: {shown(log_file(output.settings))}")
    elif result.accepted and not result.problems:
        output.print("\n--write accepts what has an arrow")


def _counts(catalog: "Catalog") -> dict[str, int]:
    """Return how much a catalog declares."""
    return {
        "workbooks": len(catalog.workbooks),
        "tabs": len(catalog.tabs),
        "columns": sum(len(tab.columns) for tab in catalog.tabs),
        "models": len(catalog.models),
    }
