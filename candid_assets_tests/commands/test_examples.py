"""Every example of `--help` is a command that exists, with its options and names of today."""

import re

import click
import pytest

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import PACKAGE
from candid_assets_tests.commands.examples import Example, examples

EXAMPLES = examples()
NOT_OF_THE_SAMPLE = re.compile(r"sales_2025|/tmp/|/mnt/|~/|\.(?:com|internal|duckdb|ya?ml|md|tar)")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 80


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.text)
def test_an_example_is_understood(example: Example) -> None:
    command: click.Command = main
    context = click.Context(command, info_name="candid")
    for word in example.command:
        assert isinstance(command, click.Group)
        following = command.get_command(context, word)
        assert following is not None
        command = following
        context = click.Context(command, parent=context, info_name=word)
    rest = list(example.words[len(example.command) :])
    if isinstance(command, click.Group):
        if rest:
            command.resolve_command(context, rest)
        return
    try:
        command.make_context(example.command[-1], rest, parent=context.parent)
    except click.BadParameter as error:
        assert "does not exist" in str(error), error  # noqa: PT017 - a file of the reader


def test_names_in_examples_are_of_the_sample() -> None:
    catalog = load_catalog(PACKAGE / "catalog")
    tables = {tab.table for tab in catalog.tabs}
    known = {f"{layer}.{table}" for layer in ("raw", "clean", "quarantine") for table in tables}
    known |= {f"ready.{model.name}" for model in catalog.models}
    wrong = []
    for example in EXAMPLES:
        text = " ".join(w for w in example.words if not NOT_OF_THE_SAMPLE.search(w))
        wrong += [n for n in re.findall(r"\b[a-z]\w*__\w+", text) if _is_unknown(n, tables, text)]
        named = re.findall(r"\b(?:raw|clean|quarantine|ready)\.\w+", text)
        wrong += [name for name in named if name not in known]
    assert wrong == []


def _is_unknown(name: str, tables: set[str], text: str) -> bool:
    return name not in tables and f"--by {name}" not in text
