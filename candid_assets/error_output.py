"""Prints the errors that end a command."""

import click

from candid_assets.console import message_console, output_of
from candid_assets.errors import CandidError


def show_error(context: click.Context, error: CandidError) -> None:
    """Print an error and its fix on stderr, and with `--json` one object on stdout."""
    console = message_console()
    label = f"{error.label}: " if error.label else ""
    console.print(f"{label}{error.message}", style="red")
    if error.fix:
        console.print(f"  next: {error.fix}")
    output = output_of(context)
    if output is not None:
        output.json(error.facts(output.settings.env if "settings" in vars(output) else None))
