"""The command `candid`: the root group and where each room's commands hang."""

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "run": "candid_assets.automation.commands:run",
    "serve": "candid_assets.web.commands:serve",
    "users": "candid_assets.web.commands:users",
    "status": "candid_assets.agent.overview.command:status",
    "query": "candid_assets.warehouse.commands:query",
    "report": "candid_assets.agent.commands:report",
    "metrics": "candid_assets.metrics.commands:metrics",
    "history": "candid_assets.layers.timemachine.commands:history",
    "diff": "candid_assets.layers.timemachine.commands:diff",
    "rebuild": "candid_assets.layers.timemachine.commands:rebuild",
    "discover": "candid_assets.discovery.commands:discover",
    "export": "candid_assets.destinations.commands:export",
    "lineage": "candid_assets.lineage.commands:lineage",
    "explain": "candid_assets.lineage.explain_command:explain_command",
    "docs": "candid_assets.documents.commands:docs",
    "contracts": "candid_assets.governance.commands:contracts",
    "plan": "candid_assets.governance.gate_commands:plan",
    "approve": "candid_assets.governance.gate_commands:approve",
    "apply": "candid_assets.governance.gate_commands:apply",
    "holds": "candid_assets.governance.hold_commands:holds",
    "doctor": "candid_assets.doctor.commands:doctor",
    "agent": "candid_assets.agent.webserver.commands:agent",
    "heartbeat": "candid_assets.agent.heartbeat.command:heartbeat",
    "mcp": "candid_assets.agent.mcp_server:serve_mcp",
    "alerts": "candid_assets.agent.alerts.command:alerts",
    "log-activity": "candid_assets.agent.activity_command:log_activity",
    "prune": "candid_assets.automation.retention.command:prune",
    "backup": "candid_assets.warehouse.backup_commands:backup",
    "restore": "candid_assets.governance.restoring:restore",
    "sandbox": "candid_assets.sandbox.commands:sandbox",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called, so that `candid query` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: Any = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            return None
        _keep_examples(command)
        return command


def _keep_examples(command: click.Command) -> None:
    """Mark the examples of a raw docstring for click, so that each keeps its line."""
    command.help = command.help.replace("\\b\n", "\b\n") if command.help else None
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_examples(inner)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="candid-assets")
def main() -> None:
    """Candid's Google Sheets as trusted DuckDB tables.

    \b
    candid run                      refresh everything, publish, report
    candid run --workbook skd_control
    candid query "select * from ready.dim_product limit 5"
    candid status                   what is fresh, what failed, which cell to mend

    CANDID_ENV chooses sample (default), staging or production.
    """


if __name__ == "__main__":
    main()
