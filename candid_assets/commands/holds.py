"""`candid holds`: what is kept out until a person decides, and the decision."""

from pathlib import Path
from typing import Any

import click

from candid_assets.console import Output, Result, with_output
from candid_assets.gate.open_holds import ACCEPTABLE, find_hold, held


@click.group(invoke_without_command=True)
@with_output()
def holds(output: Output) -> Result:
    r"""Show, accept or reject changes of tabs that are kept out; the last good table stays.

    \b
    candid holds
    candid holds accept 4be1c02d9a77
    CANDID_ENV=production candid holds reject 4be1c02d9a77 --reason "rows deleted by mistake"
    """
    if click.get_current_context().invoked_subcommand is not None:
        return None, 0
    output.header("held back")
    open_holds = held(output.settings)
    for hold in open_holds:
        short = hold.content_hash[:12]
        output.print(f"{short}  {hold.table}: {hold.message}")
        if hold.cause in ACCEPTABLE:
            output.print(f"    candid holds accept {short}")
        else:
            output.print(f"    {hold.cause}: needs a word in the contract")
    if not open_holds:
        output.print("nothing is held back")
    return [hold.as_dict() for hold in open_holds], 0


def _decision(word: str, help_text: str) -> Any:
    @with_output()
    def command(
        output: Output, content: str, *, reason: str, key: Path | None, yes: bool
    ) -> Result:
        return _decide(output, content, word, reason=reason, key=key, yes=yes)

    for decorator in (
        click.option("--yes", is_flag=True, help="Do not ask again."),
        click.option("--key", type=click.Path(path_type=Path), help="Your SSH key (production)."),
        click.option("--reason", default="", help="A sentence for those who read the record."),
        click.argument("content"),
    ):
        command = decorator(command)
    example = f"\b\ncandid holds {word} 5f0c22aa91b3 --reason 'asked the shop'"
    return holds.command(word, help=f"{help_text}\n\n{example}")(command)


accept = _decision("accept", "Let exactly this content through; in production with your signature.")
reject = _decision("reject", "Record that it stays out; the source has to be corrected.")


def _decide(
    output: Output, content: str, word: str, *, reason: str, key: Path | None, yes: bool
) -> Result:
    from candid_assets.deployment.settle_hold import settle_hold
    from candid_assets.gate.content import Installation
    from candid_assets.gate.errors import GateError

    settings = output.settings
    output.header("held back")
    hold = find_hold(settings, content)
    output.print(f"{hold.table}: {hold.message}")
    question = f"{word} content {hold.content_hash[:12]}?"
    if not yes and not click.confirm(question, err=output.as_json):
        raise GateError("nothing was decided", f"candid holds {word} {content}")
    installation = Installation.of(settings)
    facts = settle_hold(settings, installation, hold, key, word == "accept", reason)
    output.print(f"{word}ed; next:  candid run --tab {hold.table}")
    return facts, 0
