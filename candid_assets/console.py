"""What every command shares: where it prints, `--json`, and its exit code."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Final, Literal, TextIO, cast

import click
from rich.console import Console, RenderableType

from candid_assets.data_table import table_lines, vertical_lines, width_of
from candid_assets.environment import prepare_environment
from candid_assets.output_streams import MessageStream, ResultStream
from candid_assets.settings import Settings
from candid_assets.terminal_text import DataConsole, json_text

Result = tuple[object, int]
"""What `--json` prints, and the exit code."""
_OUTPUT: Final = "candid.output"


@dataclass
class Output:
    """Where a command prints: text on stdout, or on stderr where stdout is for `--json`."""

    as_json: bool
    anywhere: bool = False
    """Whether the command works outside a project folder too."""

    @cached_property
    def settings(self) -> Settings:
        """The installation's settings, with the environment prepared by the first use.

        Raises:
            CandidError: As `prepare_environment` says.
        """
        return prepare_environment(anywhere=self.anywhere)

    @cached_property
    def console(self) -> Console:
        """The terminal that text is printed on; what it cannot take is an error of the command."""
        return DataConsole(ResultStream(sys.stderr if self.as_json else sys.stdout))

    @cached_property
    def progress(self) -> Console:
        """The same terminal for what is said while work goes on, which ends for no reader."""
        return DataConsole(MessageStream(sys.stderr if self.as_json else sys.stdout))

    def header(self, about: str = "", env: str | None = None, *, always: bool = True) -> None:
        """Print the first line on stderr: the environment and what the command works on.

        Args:
            about: What it works on; the folder of data where left out.
            env: The environment; that of the settings where left out.
            always: Whether it is printed with `--json` too, as before work that takes a while.
        """
        if always or not self.as_json:
            about = about or f"data in {shown(self.settings.data_dir)}"
            self.note(f"candid · environment {env or self.settings.env} · {about}")

    def note(self, text: str, style: str | None = None) -> None:
        """Print a line on stderr, as it is."""
        message_console().print(text, style=style)

    def print(self, text: str = "", style: str | None = None) -> None:
        """Print a line as it is, without markup."""
        self.console.print(text, style=style)

    def show(self, result: RenderableType) -> None:
        """Print the result for people; `--json` takes its place."""
        if not self.as_json:
            self.console.print(result)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        vertical: bool = False,
        grouped: bool = False,
    ) -> None:
        """Print rows as a table that fits the terminal, or one below the other; not with `--json`.

        Args:
            columns: Their names.
            rows: Values of any kind, one for each column.
            vertical: Whether each value stands whole on a line of its own.
            grouped: Whether thousands are separated by commas.
        """
        if self.as_json:
            return
        if vertical:
            lines = list(vertical_lines(columns, rows, grouped=grouped))
        else:
            lines = table_lines(columns, rows, width_of(self.console), grouped=grouped)
        for at, line in enumerate(lines):
            self.print(line, style="bold" if at == 0 and not vertical else None)

    def json(self, value: object) -> None:
        """Print a value as one line of JSON where `--json` asks for it and there is one."""
        if self.as_json and value is not None:
            text = json_text(json.dumps(value, ensure_ascii=False, default=str))
            click.echo(text, cast("TextIO", ResultStream(sys.stdout)))


def with_output(
    *, json: Literal["option", "always", "never"] = "option", anywhere: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., None]]:
    """Return the decorator of a command that gets an `Output` and returns a `Result`.

    Args:
        json: Whether there is an option `--json`.
        anywhere: Whether it works outside a project folder too.
    """

    def decorate(work: Callable[..., Result]) -> Callable[..., None]:
        @wraps(work)
        def command(*, as_json: bool = json == "always", **parameters: Any) -> None:
            context = click.get_current_context()
            output = context.meta[_OUTPUT] = Output(as_json, anywhere)
            value, exit_code = work(output, **parameters)
            output.json(value)
            if exit_code:
                context.exit(exit_code)

        if json != "option":
            return command
        text = "End with one JSON value on stdout."
        return click.option("--json", "as_json", is_flag=True, help=text)(command)

    return decorate


vertical_option: Final = click.option(
    "--vertical", is_flag=True, help="Each value whole, on a line of its own."
)
"""The option of commands that print a table."""


def output_of(context: click.Context) -> Output | None:
    """Return where the command of a context prints; None before its parameters were read."""
    output = context.meta.get(_OUTPUT)
    return output if isinstance(output, Output) else None


def shown(path: Path) -> str:
    """Return a path as short as an editor still opens it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def message_console() -> Console:
    """Return the terminal on stderr: data as data, in lines that are not wrapped."""
    return DataConsole(MessageStream(sys.stderr))
