import asyncio
import json
import os
import sys

import duckdb
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets.warehouse.publish import publish

READING = {"jobs", "status", "run", "wait", "checks", "assets", "report", "lineage", "query"}


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


def test_the_snapshot_is_queried_and_never_written(alone, tmp_path):
    publish_numbers(alone.settings.published_file, tmp_path)

    async def talk(client):
        async def call(sql, **more):
            return await client.call_tool("query", {"sql": sql, **more})

        first = await call(
            "select n, (n * 0.3333)::decimal(18, 4) as part from ready.numbers order by n"
        )
        some = await call("from ready.numbers", limit=2)
        both = await asyncio.gather(*(call("select max(n) from ready.numbers") for _ in range(8)))
        refused = [
            await call(sql)
            for sql in (
                "drop table ready.numbers",
                "select 1; select 2",
                "set lock_configuration = false",
                "from read_csv('/etc/passwd')",
                "copy ready.numbers to '/tmp/numbers.csv'",
                "attach '/tmp/other.duckdb'",
                "select * from nowhere",
            )
        ]
        return first, some, both, refused, await call("from ready.numbers", limit=100_000)

    first, some, both, refused, too_many = over_stdio(alone, talk)
    first_answer = json.loads(first.content[0].text)
    assert (first_answer["env"], first_answer["columns"], len(first_answer["rows"])) == (
        "staging",
        ["n", "part"],
        100,
    )
    assert (first_answer["rows"][2], first_answer["more"]) == ({"n": 2, "part": 0.6666}, True)
    assert json.loads(some.content[0].text)["rows"] == [{"n": 0}, {"n": 1}]
    assert {answer.content[0].text for answer in both} == {both[0].content[0].text}
    assert not both[0].is_error
    assert all(answer.is_error for answer in [*refused, too_many])
    assert "DROP is refused" in refused[0].content[0].text
    with open_published(alone.settings.published_file) as published:
        assert published.execute("select count(*) from ready.numbers").fetchone() == (200,)


def publish_numbers(target, folder):
    with duckdb.connect(str(folder / "numbers.duckdb")) as connection:
        bootstrap(connection, "staging")
        connection.execute("create table ready.numbers as select range as n from range(200)")
        publish(connection, target)


def test_a_webserver_that_does_not_answer_is_an_error_with_the_fix(alone):
    alone.environment["CANDID_AGENT_TOKEN_FILE"] = "/nowhere/token"

    async def talk(client):
        return await client.call_tool("status", {})

    answer = over_stdio(alone, talk)
    assert answer.is_error
    assert "CANDID_AGENT_TOKEN_FILE" in answer.content[0].text


@pytest.mark.served
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
