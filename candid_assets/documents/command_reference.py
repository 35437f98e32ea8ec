"""The command and setting tables of docs/reference.md, from the command line and the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from candid_assets.settings import Settings

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Refresh and read": (
        "run",
        "status",
        "query",
        "report",
        "audit",
        "engine",
        "metrics",
        "lineage",
        "explain",
    ),
    "History": ("history", "diff", "rebuild"),
    "Contracts": ("discover", "contracts", "dev", "docs"),
    "The gate": ("plan", "approve", "apply", "holds"),
    "Operate": (
        *(
            "init",
            "serve",
            "users",
            "doctor",
            "alerts",
            "owners",
            "export",
            "backup",
            "restore",
            "prune",
            "completion",
        ),
        "sandbox",
    ),
    "Agents": ("agent", "mcp", "heartbeat", "log-activity"),
}
"""The commands of each table; every command is in one of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """The usage of a command, or the name of a setting, with its meaning."""

    name: str
    meaning: str


def command_tables(root: click.Group) -> dict[str, list[Row]]:
    """Return the rows of each section, one for each command and subcommand.

    Raises:
        KeyError: A section names a command that does not exist.
    """
    context = click.Context(root, info_name="candid")
    tables = {}
    for title, names in SECTIONS.items():
        rows: list[Row] = []
        for name in names:
            command = root.get_command(context, name)
            if command is None:
                raise KeyError(name)
            rows += _rows(command, f"candid {name}")
        tables[title] = rows
    return tables


def _rows(command: click.Command, path: str) -> Iterator[Row]:
    if not isinstance(command, click.Group) or command.invoke_without_command:
        usage = " ".join([path, *map(_parameter, command.params)])
        yield Row(usage, command.get_short_help_str(limit=200))
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _rows(inner, f"{path} {name}")


def _parameter(parameter: click.Parameter) -> str:
    """Return a parameter as it is typed, in brackets where it may be left out."""
    values = parameter.make_metavar(click.Context(click.Command("candid")))
    if isinstance(parameter, click.Option):
        flags = "|".join((parameter.opts[0], *parameter.secondary_opts[:1]))
        text = flags if parameter.is_flag else f"{flags} {values}"
        text = text if parameter.required else f"[{text}]"
        return f"{text}…" if parameter.multiple else text
    return values if parameter.required or values.startswith("[") else f"[{values}]"


def setting_rows() -> list[Row]:
    """Return every setting with its meaning and its default."""
    rows = []
    for field in Settings.model_fields.values():
        default = "" if field.default in {None, ""} or field.default_factory else field.default
        meaning = (field.description or "").strip()
        shown = f" Default: `{default}`." if default else ""
        rows.append(Row(str(field.validation_alias), f"{meaning}{shown}"))
    return rows
