"""`candid holds`: what is kept out until a person decides, and the decision."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import duckdb
from rich.console import Console

from candid_assets.automation.commands import prepare_environment
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import PLANS, Plan, Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.holds import KIND, HeldContent, accept_freely
from candid_assets.gate.production import PRODUCTION
from candid_assets.gate.records import write_record
from candid_assets.governance.approvals import decide
from candid_assets.governance.gate_commands import own_key, refused
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published

FORMAT = 1
ACCEPTABLE = frozenset({"rows_vanished"})
"""Causes that lie in the content alone; others need a word in the contract, and so a plan."""


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="End with one JSON array on stdout.")
@click.pass_context
def holds(ctx: click.Context, as_json: bool) -> None:
    r"""Show, accept or reject changes of tabs that are kept out; the last good table stays.

    \b
    candid holds
    candid holds accept 4be1c02d9a77
    CANDID_ENV=production candid holds reject 4be1c02d9a77 --reason "rows deleted by mistake"
    """
    if ctx.invoked_subcommand is not None:
        return
    settings, console = prepare_environment(), Console(stderr=as_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · held back")
    found = held(settings)
    for told in found:
        console.print(f"{told['content_hash'][:12]}  {told['table']}: {told['message']}")
        if told["cause"] in ACCEPTABLE:
            console.print(f"    candid holds accept {told['content_hash'][:12]}")
        else:
            console.print(f"    {told['cause']}: needs a word in the contract", soft_wrap=True)
    if not found:
        console.print("nothing is held back")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))


def _decision(name: str, help_text: str) -> Any:
    def command(content: str, *, reason: str, key: Path | None, yes: bool, as_json: bool) -> None:
        _decide(content, approve=name == "accept", reason=reason, key=key, yes=yes, to_json=as_json)

    for decorator in (
        click.option("--json", "as_json", is_flag=True, help="End with one JSON object."),
        click.option("--yes", is_flag=True, help="Do not ask again."),
        click.option("--key", type=click.Path(path_type=Path), help="Your SSH key (production)."),
        click.option("--reason", default="", help="A sentence for those who read the record."),
        click.argument("content"),
    ):
        command = decorator(command)
    example = f"\b\ncandid holds {name} 5f0c22aa91b3 --reason 'asked the shop'"
    return holds.command(name, help=f"{help_text}\n\n{example}")(command)


accept = _decision("accept", "Let exactly this content through; in production with your signature.")
reject = _decision("reject", "Record that it stays out; the source has to be mended.")


def _decide(
    content: str, *, approve: bool, reason: str, key: Path | None, yes: bool, to_json: bool
) -> None:
    settings, console = prepare_environment(), Console(stderr=to_json, highlight=False)
    console.print(f"candid · environment [bold]{settings.env}[/] · held back")
    word = "accept" if approve else "reject"
    try:
        told = _chosen(held(settings), content)
        console.print(f"{told['table']}: {told['message']}", soft_wrap=True)
        if not yes and not click.confirm(f"{word} content {told['content_hash'][:12]}?"):
            raise GateError("nothing was decided", f"candid holds {word} {content}")
        done = settle_hold(settings, Installation.of(settings), told, key, approve, reason)
    except GateError as error:
        refused(console, error, as_json=to_json)
    console.print(f"{word}ed; next:  candid run --tab {told['table']}")
    if to_json:
        click.echo(json.dumps(done, ensure_ascii=False))


def settle_hold(
    settings: Settings,
    installation: Installation,
    told: dict[str, Any],
    key: Path | None,
    approve: bool,
    reason: str,
) -> dict[str, Any]:
    """Accept or reject a held content; in production by a signed decision on a plan.

    Raises:
        GateError: The cause is none that content alone can settle, or the key is no approver's.
    """
    if approve and told["cause"] not in ACCEPTABLE:
        raise GateError(
            f"{told['cause']} of {told['table']} is settled in the contract",
            "candid contracts diff",
        )
    content = HeldContent(
        told["workbook"], told["tab"], told["content_before"], told["content_hash"]
    )
    if settings.env != PRODUCTION:
        if approve:
            accept_freely(settings, content)
        return {"accepted": approve, **content.as_dict()}
    plan = plan_hold(installation, content, told)
    return decide(installation, plan.digest, key or own_key(), approve=approve, reason=reason)


def plan_hold(installation: Installation, content: HeldContent, told: dict[str, Any]) -> Plan:
    """Record the plan that a held content takes its place."""
    git = require_clean(installation)
    records = Records(installation)
    chain = records.applied()
    plan = {
        "format": FORMAT,
        "kind": KIND,
        "base": chain[-1].digest if chain else None,
        **content.as_dict(),
        **{name: told[name] for name in ("cause", "message", "rows_before", "rows_now")},
    }
    path = write_record(installation.records / PLANS, plan)
    git.commit([path], f"chore: plan {path.stem[:12]} of a hold")
    return records.plan(path.stem)


def held(settings: Settings) -> list[dict[str, Any]]:
    """Return what is held back in an environment, as the published snapshot tells."""
    try:
        with open_published(settings.published_file) as snapshot:
            found = snapshot.execute(
                'select workbook, tab, "table", title, cause, content_before, content_hash,'
                " rows_before, rows_now, message, strftime(first_seen, '%Y-%m-%d %H:%M:%S') as"
                " first_seen from meta.holds where resolved_at is null order by all"
            )
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except (FileNotFoundError, duckdb.CatalogException):
        return []


def _chosen(found: Sequence[dict[str, Any]], content: str) -> dict[str, Any]:
    chosen = [t for t in found if len(content) >= 8 and t["content_hash"].startswith(content)]
    if len(chosen) != 1:
        raise GateError(f"no single hold has a content {content!r}", "candid holds")
    return chosen[0]
