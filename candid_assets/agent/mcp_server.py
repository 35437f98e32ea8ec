"""`candid mcp`: what `candid agent` does, as tools of a Model Context Protocol server on stdio.

Nothing here approves anything: plans and holds are decided by people with their keys.
"""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final, ParamSpec

import duckdb
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from candid_assets.agent.graphql import answers, runs
from candid_assets.agent.graphql.client import Webserver
from candid_assets.agent.graphql.launch import LaunchOrder, launch_run
from candid_assets.errors import CandidError
from candid_assets.settings import Settings
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.query_process import read_apart

P = ParamSpec("P")
PATIENCE_SECONDS: Final = 20.0
LONGEST_WAIT: Final = 600
MOST_ROWS: Final = 1000
QUERY_SECONDS: Final = 30.0
READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
LAUNCHES: Final = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
CANCELS: Final = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)

Tables = Annotated[
    list[str] | None, Field(description="Tables as layer.table; all where left out.")
]
RunId = Annotated[str, Field(description="A run's id; its first eight characters are enough.")]


def _answers(work: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """Return the caller why something could not be done; other errors stay the server's own."""

    @functools.wraps(work)
    def answer(*arguments: P.args, **named: P.kwargs) -> dict[str, Any]:
        try:
            return work(*arguments, **named)
        except (CandidError, duckdb.Error, ValueError) as error:
            raise ToolError(str(error)) from error

    return answer


def build_server(settings: Settings) -> MCPServer:
    """Return the server over the webserver of these settings."""
    server = MCPServer(
        "candid",
        instructions=(
            f"Candid's data platform, environment {settings.env}, through Dagster's webserver at "
            f"{settings.web_url}. Launch refreshes with the id of the task they are for: the same "
            "task never runs twice. Approving plans and deciding holds is for people."
        ),
    )
    web = Webserver(settings, PATIENCE_SECONDS)
    _add_reading(server, web)
    _add_query(server, settings)
    _add_doing(server, web)
    return server


def _add_reading(server: MCPServer, web: Webserver) -> None:
    @server.tool(annotations=READS)
    @_answers
    def jobs() -> dict[str, Any]:
        """List the jobs that can be launched."""
        return {"env": web.settings.env, "jobs": runs.jobs(web)}

    @server.tool(annotations=READS)
    @_answers
    def status(limit: int = 10) -> dict[str, Any]:
        """Return whether webserver, daemon and code location are well, and the newest runs."""
        return answers.status(web, limit)

    @server.tool(annotations=READS)
    @_answers
    def run(run_id: RunId) -> dict[str, Any]:
        """Return the status of one run."""
        return runs.find_run(web, run_id)

    @server.tool(annotations=READS)
    @_answers
    def wait(run_id: RunId, seconds: int = 50) -> dict[str, Any]:
        """Wait for the end of a run, for so many seconds at most, and return its status then."""
        return runs.wait(web, run_id, seconds=min(seconds, LONGEST_WAIT))

    @server.tool(annotations=READS)
    @_answers
    def checks(tables: Tables = None, failed: bool = True) -> dict[str, Any]:
        """Return the outcome of checks, with links to the cells to correct."""
        return {"checks": answers.checks(web, tables or (), failed=failed)}

    @server.tool(annotations=READS)
    @_answers
    def assets(tables: Tables = None) -> dict[str, Any]:
        """Return when tables were built, their rows and whether they are stale."""
        return {"assets": answers.assets(web, tables or ())}

    @server.tool(annotations=READS)
    @_answers
    def report(run_id: RunId) -> dict[str, Any]:
        """Return what a run did, what failed and why, and the text of its report."""
        return answers.report(web, run_id)

    @server.tool(annotations=READS)
    @_answers
    def lineage(name: str, up: bool = True) -> dict[str, Any]:
        """Return the tables above (up) or below a table, or the columns a column is made of."""
        return answers.lineage(web, name, up=up)


def _add_query(server: MCPServer, settings: Settings) -> None:
    @server.tool(annotations=READS)
    @_answers
    def query(
        sql: Annotated[str, Field(description="One SELECT in DuckDB's SQL.")],
        limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows to return.")] = 100,
    ) -> dict[str, Any]:
        """Read tables of the published snapshot (schemas ready, clean, quarantine, raw, meta)."""
        limits = QueryLimits.of(settings)
        limits = replace(limits, rows=limit, seconds=min(limits.seconds, QUERY_SECONDS))
        return read_apart(settings.published_file, sql, limits)


def _add_doing(server: MCPServer, web: Webserver) -> None:
    @server.tool(annotations=LAUNCHES)
    @_answers
    def launch(
        task: Annotated[str, Field(description="The task it is for; the same task runs once.")],
        job: str = "refresh_all",
        tables: Tables = None,
        requested_by: str = "data-eng",
    ) -> dict[str, Any]:
        """Launch a job, or only some of its tables, and return the run; the same task runs once."""
        order = LaunchOrder(job, tuple(tables or ()), task, requested_by)
        return launch_run(web, order)

    @server.tool(annotations=CANCELS)
    @_answers
    def cancel(run_id: RunId) -> dict[str, Any]:
        """Cancel a run that is queued or at work."""
        return runs.cancel(web, run_id)
