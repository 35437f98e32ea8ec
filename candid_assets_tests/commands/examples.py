"""The examples of `--help`, as a person would type them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import click

from candid_assets.cli import main

_BLOCK = re.compile(r"\x08\n((?:.+\n?)+)")
_EXAMPLE = re.compile(r"(?:(?:[A-Z_]+=\S+|pass show \S+ \|) )*candid (?P<words>.+)")


@dataclass(frozen=True)
class Example:
    """One line of an example, and the words after `candid`."""

    text: str
    words: tuple[str, ...]

    @property
    def command(self) -> tuple[str, ...]:
        """The words that name the command."""
        path: list[str] = []
        command: click.Command = main
        for word in self.words:
            if not isinstance(command, click.Group):
                break
            following = command.get_command(click.Context(command), word)
            if following is None:
                break
            path.append(word)
            command = following
        return tuple(path)


def examples() -> list[Example]:
    """Return every example of every command, each once."""
    lines = dict.fromkeys(line for _, command in _commands(main) for line in _lines(command))
    return [_example(line) for line in lines]


def _example(line: str) -> Example:
    match = _EXAMPLE.match(line)
    assert match is not None, line
    words = re.split(r"\s{3,}", match["words"])[0]  # what follows is a remark
    words = words.split(" && ")[0]
    cut = shlex.split(words, comments=True)
    if ">" in cut:
        cut = cut[: cut.index(">")]
    return Example(line, tuple(cut))


def _lines(command: click.Command) -> Iterator[str]:
    for block in _BLOCK.findall(command.help or ""):
        for line in block.splitlines():
            if _EXAMPLE.match(line.strip()):
                yield line.strip()


def _commands(command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield command.name or "", command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from _commands(inner)
