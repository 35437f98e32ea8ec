"""The sandbox's own paths under `/_sandbox/`: faults, changes, log and reset. Loopback only."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from candid_assets.atomic_files import write_whole

if TYPE_CHECKING:
    from candid_assets.sandbox.app import Sandbox

_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(sandbox: "Sandbox") -> list[Route]:
    """Return the routes; a wrong request is answered 400 with what to write instead."""

    async def health(_: Request) -> Response:
        heads = sandbox.folder.heads()
        workbooks = [head.spreadsheet_id for head in heads]
        problems = list(sandbox.folder.problems.values())
        facts = {"ready": True, "process": os.getpid()}
        return _json({**facts, "workbooks": workbooks, "problems": problems})

    async def log(_: Request) -> Response:
        return _json({"counters": sandbox.journal.counts(), "calls": sandbox.journal.entries()})

    async def counters(_: Request) -> Response:
        return _json(sandbox.journal.counts())

    async def list_faults(_: Request) -> Response:
        return _json([asdict(fault) for fault in sandbox.faults.pending()])

    async def add_faults(request: Request) -> Response:
        wanted = orjson.loads(await request.body())
        wanted = wanted if isinstance(wanted, list) else [wanted]
        return _json([sandbox.faults.add(fault).number for fault in wanted])

    async def clear_faults(_: Request) -> Response:
        sandbox.faults.clear()
        return _json({})

    async def change(request: Request) -> Response:
        wanted: dict[str, Any] = orjson.loads(await request.body())
        return _json(sandbox.change(str(wanted.get("workbook", "")), wanted))

    async def settings(request: Request) -> Response:
        _set(sandbox, orjson.loads(await request.body()))
        return _json({})

    async def reset(request: Request) -> Response:
        body = await request.body()
        _reset(sandbox, workbooks=bool(body and orjson.loads(body).get("workbooks")))
        return _json({})

    ways: list[tuple[str, str, _Endpoint]] = [
        ("GET", "/health", health),
        ("GET", "/log", log),
        ("GET", "/counters", counters),
        ("GET", "/faults", list_faults),
        ("POST", "/faults", add_faults),
        ("DELETE", "/faults", clear_faults),
        ("POST", "/change", change),
        ("POST", "/settings", settings),
        ("POST", "/reset", reset),
    ]
    return [Route(path, _guarded(way), methods=[verb]) for verb, path, way in ways]


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _guarded(endpoint: _Endpoint) -> _Endpoint:
    """Refuse other hosts' names, so that no web page can reach the sandbox by rebinding."""

    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if host not in _LOOPBACK or "origin" in request.headers:
            return _json({"error": "only programs on this machine may use /_sandbox/"}, 403)
        try:
            return await endpoint(request)
        except (ValueError, TypeError, AttributeError) as problem:
            return _json({"error": str(problem)}, 400)

    return guarded


def _set(sandbox: "Sandbox", wanted: dict[str, Any]) -> None:
    known = {"quota", "reads_per_minute", "quota_seconds", "clock_offset", "token_seconds"}
    if set(wanted) - known:
        raise ValueError(f"no setting {sorted(set(wanted) - known)}: use {sorted(known)}")
    if "quota" in wanted:
        sandbox.quota.enabled = bool(wanted["quota"])
    if "reads_per_minute" in wanted:
        sandbox.quota.per_minute = int(wanted["reads_per_minute"])
    if "quota_seconds" in wanted:
        sandbox.quota.seconds = float(wanted["quota_seconds"])
    if "clock_offset" in wanted:
        sandbox.tokens.clock_offset = float(wanted["clock_offset"])
    if "token_seconds" in wanted:
        sandbox.tokens.lifetime = int(wanted["token_seconds"])


def _reset(sandbox: "Sandbox", *, workbooks: bool) -> None:
    sandbox.faults.clear()
    sandbox.journal.clear()
    sandbox.quota.reset()
    if workbooks:
        for workbook, content in sandbox.originals.items():
            write_whole(sandbox.folder.folder / f"{workbook}.json", content, durable=False)
        sandbox.originals.clear()
