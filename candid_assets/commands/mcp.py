"""`candid mcp`."""

import click

from candid_assets.console import Output, Result, with_output


@click.command()
@with_output(json="never", anywhere=True)
def mcp(output: Output) -> Result:
    r"""Offer the agent's commands as tools of a Model Context Protocol server on stdio.

    A coding agent starts it; address and token are those of `candid agent`.

    \b
    claude mcp add candid -- candid mcp
    """
    from candid_assets.agent.mcp_server import build_server

    output.header(output.settings.web_url)
    build_server(output.settings).run("stdio")
    return None, 0
