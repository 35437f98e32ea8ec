"""`candid completion`."""

import click
from click.shell_completion import get_completion_class

from candid_assets.console import Output, Result, with_output
from candid_assets.errors import CandidError

PROGRAM = "candid"
VARIABLE = "_CANDID_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@with_output(json="never", anywhere=True)
def completion(output: Output, shell: str) -> Result:
    r"""Print the script that lets a shell complete commands, options and names.

    Workbooks, tabs, tables, metrics, models and destinations complete from the catalog. Put the
    line for your shell where it starts.

    \b
    candid completion bash > ~/.local/share/bash-completion/completions/candid
    candid completion zsh > ~/.zfunc/_candid
    candid completion fish > ~/.config/fish/completions/candid.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise CandidError(f"there is no completion for {shell}")
    root = click.get_current_context().find_root().command
    # What checks the version of bash asks the one on this machine, which need not be the reader's.
    source = kind(root, {}, PROGRAM, VARIABLE)
    click.echo(source.source_template % source.source_vars())
    return None, 0
