"""The command `candid`: the root group and where each room's commands hang."""

import os
import re
from functools import partial
from importlib import import_module
from typing import Any

import click

from candid_assets.error_output import show_error
from candid_assets.errors import CandidError
from candid_assets.expected_errors import expected_error
from candid_assets.near_names import nearest
from candid_assets.output_streams import open_missing_streams
from candid_assets.settings import project_dir

COMMANDS = {
    "init": "candid_assets.commands.init:init",
    "run": "candid_assets.commands.run:run",
    "dev": "candid_assets.commands.dev:dev",
    "serve": "candid_assets.commands.serve:serve",
    "users": "candid_assets.commands.users:users",
    "status": "candid_assets.commands.status:status",
    "query": "candid_assets.commands.query:query",
    "report": "candid_assets.commands.report:report",
    "audit": "candid_assets.commands.audit:audit",
    "engine": "candid_assets.commands.engine:engine",
    "metrics": "candid_assets.commands.metrics:metrics",
    "history": "candid_assets.commands.history:history",
    "diff": "candid_assets.commands.diff:diff",
    "rebuild": "candid_assets.commands.rebuild:rebuild",
    "discover": "candid_assets.commands.discover:discover",
    "export": "candid_assets.commands.export:export",
    "lineage": "candid_assets.commands.lineage:lineage",
    "explain": "candid_assets.commands.explain:explain",
    "docs": "candid_assets.commands.docs:docs",
    "contracts": "candid_assets.commands.contracts:contracts",
    "plan": "candid_assets.commands.plan:plan",
    "approve": "candid_assets.commands.approve:approve",
    "apply": "candid_assets.commands.apply:apply",
    "holds": "candid_assets.commands.holds:holds",
    "doctor": "candid_assets.commands.doctor:doctor",
    "agent": "candid_assets.commands.agent:agent",
    "heartbeat": "candid_assets.commands.heartbeat:heartbeat",
    "mcp": "candid_assets.commands.mcp:mcp",
    "alerts": "candid_assets.commands.alerts:alerts",
    "owners": "candid_assets.commands.owners:owners",
    "log-activity": "candid_assets.commands.log_activity:log_activity",
    "prune": "candid_assets.commands.prune:prune",
    "backup": "candid_assets.commands.backup:backup",
    "restore": "candid_assets.commands.restore:restore",
    "completion": "candid_assets.commands.completion:completion",
    "sandbox": "candid_assets.sandbox.commands:sandbox",
}

_FOR_A_PROJECT = {"init", "discover", "docs", "contracts", "plan", "approve", "apply", "holds"}
"""Commands that write into the repository, where files have the modes of any other."""
_PRIVATE = 0o077


class LazyGroup(click.Group):
    """A group that imports a command when it is called, so that `candid query` stays quick."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the arguments; what is no text goes no further."""
        for word in args:
            if word != word.encode(errors="replace").decode():
                shown = word.encode(errors="backslashreplace").decode()
                raise click.UsageError(f"{shown} is no UTF-8 text; write it in UTF-8")
        return super().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command in the order people need them."""
        return [name for name in COMMANDS if name != "sandbox" or not _is_production()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name == "sandbox" and _is_production():
            message = "the sandbox is not part of what was deployed, so production does not load it"
            raise CandidError(message, "run it with CANDID_ENV=sample")
        module, name = COMMANDS[cmd_name].split(":")
        command: Any = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            return None
        _keep_examples(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command to run; what it and its processes write is their user's alone."""
        name, command, rest = super().resolve_command(ctx, args)
        if name not in _FOR_A_PROJECT:
            ctx.call_on_close(partial(os.umask, os.umask(_PRIVATE)))
        return name, command, rest

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Begin as a process does that was started with all that a shell gives it."""
        open_missing_streams()
        if os.environ.get("TZ") == "":
            # To the system an empty one is UTC, to DuckDB a zone that nobody knows.
            os.environ["TZ"] = "UTC"
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error that a person can mend is printed and becomes the exit code."""
        try:
            _restart_where_production()
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _with_nearest_command(error) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            mendable = expected_error(error, "the data folder")
            if mendable is None:
                raise
            show_error(ctx, mendable)
            ctx.exit(mendable.exit_code)


def _with_nearest_command(error: click.UsageError) -> click.UsageError:
    """Name the command that may be meant where the error is that there is none of a name."""
    context = error.ctx
    written = re.fullmatch(r"No such command '(.*)'\.", error.message)
    if written is None or context is None or not isinstance(context.command, click.Group):
        return error
    near = nearest(written[1], context.command.list_commands(context), 0.5)
    meant = f" Did you mean `{context.command_path} {near}`?" if near else ""
    return click.UsageError(f"There is no command {written[1]!r}.{meant}", context)


def _is_production() -> bool:
    return os.environ.get("CANDID_ENV") == "production"


def _restart_where_production() -> None:
    """Run production's commands in a process that loads nothing but what was deployed."""
    if not _is_production():
        # The project's own file may say so; only then is it worth what these imports cost.
        file = project_dir() / ".env"
        if not file.is_file() or "production" not in file.read_text(errors="replace"):
            return
    from candid_assets.environment import SettingsError, prepare_environment

    try:
        settings = prepare_environment(anywhere=True)
    except SettingsError:
        return  # Each command reports it in its own way.
    if settings.env == "production":
        from candid_assets.isolation import restart_isolated

        restart_isolated(settings)


def _keep_examples(command: click.Command) -> None:
    """Mark the examples of a raw docstring for click, so that each keeps its line."""
    command.help = command.help.replace("\\b\n", "\b\n") if command.help else None
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_examples(inner)


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    from candid_assets.gate.records import FORMAT as PLANS
    from candid_assets.maintenance.backup import FORMAT as BACKUPS
    from candid_assets.warehouse.data_folder import FOLDER_VERSION
    from candid_assets.warehouse.versions import VERSION

    click.echo(
        f"candid, version {version('candid-assets')}\n"
        f"stores: warehouse {VERSION}, data folder {FOLDER_VERSION}, backups {BACKUPS},"
        f" plans {PLANS}"
    )
    context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of the program and of what it stores.",
)
def main() -> None:
    """Candid's Google Sheets as trusted DuckDB tables.

    \b
    candid run                      refresh everything, publish, report
    candid run --workbook skd_control
    candid query "select * from ready.dim_product limit 5"
    candid status                   what is fresh, what failed, which cell to correct

    CANDID_ENV chooses sample (default), staging or production. Every command ends with 0 where all
    is well, 1 where something failed or needs a person, 2 where it was not understood: a wrong
    option, name or value. `candid agent` has three codes more.
    """


if __name__ == "__main__":
    main()
