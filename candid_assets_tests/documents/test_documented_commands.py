"""Every command line of the written pages is one that `candid` takes: command, words, options."""

import re
import shlex

import click
import pytest

from candid_assets.cli import main
from candid_assets_tests.documents.written_pages import (
    PAGES,
    SHELL,
    blocks,
    candid_words,
    shell_lines,
)

LINES = sorted(
    {
        (page.name, words)
        for page in PAGES
        for kind, block in blocks(page)
        if kind in SHELL
        for line in shell_lines(block)
        for words in candid_words(line)
    }
)


def taken(words: list[str]) -> None:
    """Parse words as `candid` would, down to the last option, and run nothing."""
    command: click.Command = main
    context = click.Context(main, info_name="candid")
    while isinstance(command, click.Group) and words:
        following = command.get_command(context, words[0])
        assert following is not None, f"candid has no command {words[0]!r}"
        command, words = following, words[1:]
        context = click.Context(command, info_name=command.name, parent=context)
    command.parse_args(context, words)


@pytest.mark.parametrize(("page", "line"), LINES)
def test_a_documented_command_line_is_one_that_candid_takes(page: str, line: str) -> None:
    words = shlex.split(re.split(r" [|>] ?", line.replace("[, …]", ""))[0])
    try:
        taken([w for w in words if w != "…"])
    except click.exceptions.Exit as ended:
        assert ended.exit_code == 0  # noqa: PT017 - `--help` ends so
    except click.BadParameter as error:
        assert "does not exist" in error.message, f"{page}: {error.message}"  # noqa: PT017


def test_the_pages_have_command_lines() -> None:
    assert len(LINES) >= 40
