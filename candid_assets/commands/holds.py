"""`candid holds`: what is kept out until a person decides, and the decision."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from candid_assets.commands.gate import refused
from candid_assets.deployment.settle_hold import settle_hold
from candid_assets.environment import prepare_environment
from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.gate.open_holds import ACCEPTABLE, held
from candid_assets.warehouse.tab_changes import Hold


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
    for hold in found:
        console.print(f"{hold.content_hash[:12]}  {hold.table}: {hold.message}")
        if hold.cause in ACCEPTABLE:
            console.print(f"    candid holds accept {hold.content_hash[:12]}")
        else:
            console.print(f"    {hold.cause}: needs a word in the contract", soft_wrap=True)
    if not found:
        console.print("nothing is held back")
    if as_json:
        click.echo(json.dumps([hold.as_dict() for hold in found], ensure_ascii=False))


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
        hold = _chosen(held(settings), content)
        console.print(f"{hold.table}: {hold.message}", soft_wrap=True)
        if not yes and not click.confirm(f"{word} content {hold.content_hash[:12]}?"):
            raise GateError("nothing was decided", f"candid holds {word} {content}")
        done = settle_hold(settings, Installation.of(settings), hold, key, approve, reason)
    except GateError as error:
        refused(console, error, as_json=to_json)
    console.print(f"{word}ed; next:  candid run --tab {hold.table}")
    if to_json:
        click.echo(json.dumps(done, ensure_ascii=False))


def _chosen(found: Sequence[Hold], content: str) -> Hold:
    chosen = [h for h in found if len(content) >= 8 and h.content_hash.startswith(content)]
    if len(chosen) != 1:
        raise GateError(f"no single hold has a content {content!r}", "candid holds")
    return chosen[0]
