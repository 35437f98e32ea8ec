"""The command line as people read it."""

from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.warehouse.versions import VERSION


def _commands(command, path):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))


COMMANDS = dict(_commands(main, ("candid",)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_describes_a_command_and_puts_each_example_on_its_own_line(path):
    command = COMMANDS[path]
    text = command.get_help(click.Context(command, info_name=" ".join(path)))
    assert command.help, "no description"
    assert "\\b" not in text
    if not isinstance(command, click.Group):
        examples = text.split("\n\n", 1)[1].splitlines()
        assert any(f" {' '.join(path)} " in f" {line} " for line in examples), "no example"


def test_version_is_printed():
    done = CliRunner().invoke(main, ["--version"])
    program, stores = done.output.splitlines()
    assert program == f"candid, version {version('candid-assets')}"
    assert stores == f"stores: warehouse {VERSION}, data folder 1, backups 1, plans 1"


def test_production_neither_lists_nor_runs_the_sandbox(monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "production")
    assert "sandbox" not in CliRunner().invoke(main, ["--help"]).output
    done = CliRunner().invoke(main, ["sandbox", "list"])
    assert (done.exit_code, "CANDID_ENV=sample" in done.stderr) == (1, True)
