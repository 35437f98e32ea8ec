import asyncio
import json
import os
import sys

from mcp import Client
from mcp.client.stdio import StdioServerParameters

READING = {"jobs", "status", "run", "wait", "checks", "assets", "report", "lineage"}


def over_stdio(installation, talk):
    """Run a conversation of the official client with `candid mcp`."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "candid_assets.cli", "mcp"],
        env=dict(os.environ) | installation.environment,
    )

    async def converse():
        async with Client(server) as client:
            return await talk(client)

    return asyncio.run(converse())


def test_reading_tools_are_marked_so_and_none_approves(alone):
    async def talk(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in over_stdio(alone, talk)}
    assert set(tools) == READING | {"launch", "cancel"}
    assert {n for n, t in tools.items() if t.annotations.read_only_hint} == READING
    assert tools["cancel"].annotations.destructive_hint
    assert not tools["launch"].annotations.destructive_hint
    for tool in tools.values():
        assert tool.description
        assert not any(w in tool.name for w in ("approve", "apply", "hold", "accept"))


def test_a_webserver_that_does_not_answer_is_an_error_with_the_fix(alone):
    alone.environment["CANDID_AGENT_TOKEN_FILE"] = "/nowhere/token"

    async def talk(client):
        return await client.call_tool("status", {})

    answer = over_stdio(alone, talk)
    assert answer.is_error
    assert "CANDID_AGENT_TOKEN_FILE" in answer.content[0].text


def test_a_task_is_launched_once_waited_for_and_reported(web):
    async def talk(client):
        async def call(name, **arguments):
            answer = await client.call_tool(name, arguments)
            assert not answer.is_error, answer
            return json.loads(answer.content[0].text)

        first = await call("launch", task="M-1", job="refresh_gudang")
        again = await call("launch", task="M-1", job="refresh_gudang")
        assert first["run_id"] == again["run_id"]
        ended = await call("wait", run_id=first["run_id"], seconds=200)
        report = await call("report", run_id=first["run_id"])
        wrong = await client.call_tool("launch", {"task": "M-2", "job": "refresh_gudan"})
        return ended, report, wrong

    ended, report, wrong = over_stdio(web, talk)
    assert ended["status"] == report["status"] == "SUCCESS"
    assert wrong.is_error
    assert "refresh_gudang" in wrong.content[0].text
