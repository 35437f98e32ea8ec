"""Judges every request to /graphql, and logs those that change something."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import GraphQLSchema, OperationType
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candid_assets.settings import Settings
from candid_assets.web.audit_log import Audit, new_id, shortened
from candid_assets.web.graphql_documents import Operation, read_json, read_operation, take_arguments
from candid_assets.web.identity import Caller, caller_of
from candid_assets.web.launches import Ask, examine, sign_launches
from candid_assets.web.policy import Policy
from candid_assets.web.production_guard import refusal
from candid_assets.web.refusal import Refused

MOST_KEPT: int = 1_000_000
"""Bytes of an answer that are read for its outcome."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything a judgement needs."""

    settings: Settings
    policy: Policy
    audit: Audit
    schema: GraphQLSchema
    ask: "Asking"

    async def graphql(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to /graphql.

        Raises:
            Refused: It is not carried out.
        """
        caller = caller_of(scope)
        operation = read_operation(read_json(await read_json_body(scope, receive)))
        if operation.kind is OperationType.SUBSCRIPTION:
            raise Refused(400, "subscriptions go over a WebSocket")
        if operation.kind is OperationType.QUERY:
            await app(*replayed(scope, receive, operation.body), send)
            return
        told = caller.told | {
            "operation": operation.name,
            "mutations": operation.names,
            "variables": shortened(operation.variables),
        }
        asking = new_id()
        try:
            arguments = await self._judge(scope, caller, operation)
        except Refused as refused:
            outcome = f"refused: {refused.message}"
            await run_in_threadpool(
                self.audit.write, "mutation", id=asking, **told, outcome=outcome
            )
            raise
        told["variables"] = shortened(_plain(operation.names, arguments))
        # Written before it happens: what cannot be logged is not done.
        await run_in_threadpool(self.audit.write, "mutation", id=asking, **told, outcome="asked")
        async with heard(send, partial(self.audit.write, "mutation", id=asking, **told)) as said:
            await app(*replayed(scope, receive, operation.body), said)

    async def _judge(
        self, scope: Scope, caller: Caller, operation: Operation
    ) -> list[dict[str, Any]]:
        role = caller.user.role
        for name in operation.names:
            if role not in self.policy.mutations.get(name, ()):
                raise Refused(403, f"a user with the role {role} may not call {name}")
        arguments = take_arguments(operation, self.schema)
        if role == "agent":
            ask = self.ask.within(scope)
            for name, asked in zip(operation.names, arguments, strict=True):
                await examine(caller.user, self.settings.env, self.policy, name, asked, ask)
        launches = [n for n in operation.names if n in self.policy.launches]
        if launches:
            reason = await run_in_threadpool(refusal, self.settings)
            if reason:
                raise Refused(403, f"{launches[0]} is refused: {reason}")
            sign_launches(caller.user, arguments)
        return arguments


class Asking:
    """Asks the webserver's own GraphQL, in the name of a request."""

    def __init__(self, execute: Any) -> None:
        self._execute = execute

    def within(self, scope: Scope) -> Ask:
        """Return how to ask within a request."""

        async def ask(query: str, variables: dict[str, Any]) -> dict[str, Any]:
            answer = await self._execute(
                request=Request(scope), query=query, variables=variables, operation_name=None
            )
            data: dict[str, Any] = json.loads(answer.body).get("data") or {}
            return data

        return ask


@asynccontextmanager
async def heard(send: Send, write: Callable[..., None]) -> AsyncIterator["Heard"]:
    """Yield a `send` whose answer's outcome is written down, whatever happens."""
    said = Heard(send, write)
    try:
        yield said
    finally:
        await said.written()


class Heard:
    """Passes an answer on, its end only after its outcome was written down."""

    def __init__(self, send: Send, write: Callable[..., None]) -> None:
        self._send, self._write = send, write
        self.status = 0
        self._body = bytearray()
        self._began: float | None = time.monotonic()

    async def __call__(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            if len(self._body) < MOST_KEPT:
                self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self.written()
        await self._send(message)

    async def written(self) -> None:
        """Write down the outcome, once."""
        if self._began is not None:
            seconds, self._began = round(time.monotonic() - self._began, 3), None
            await run_in_threadpool(self._write, outcome=self.outcome(), seconds=seconds)

    def outcome(self) -> str:
        """Say in a few words what came of the request."""
        if not self.status:
            return "failed: no answer"
        try:
            answer = json.loads(bytes(self._body))
        except ValueError:
            return f"{'done' if self.status < 400 else 'failed'}: status {self.status}"
        if not isinstance(answer, dict):
            return f"{'done' if self.status < 400 else 'failed'}: status {self.status}"
        errors = answer.get("errors")
        if errors:
            first = errors[0] if isinstance(errors, list) else errors
            told = first.get("message") if isinstance(first, dict) else first
            return f"failed: {shortened(str(told))}"
        data = answer.get("data")
        if not isinstance(data, dict):
            return f"{'done' if self.status < 400 else 'failed'}: status {self.status}"
        told = ", ".join(_told(key, value) for key, value in data.items())
        return f"{'failed' if any(_failed(v) for v in data.values()) else 'done'}: {told}"


async def read_json_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body of a POST of JSON.

    Raises:
        Refused: It is another method or another kind of content.
    """
    if scope["method"] != "POST":
        raise Refused(405, "GraphQL is answered to POST only", {"Allow": "POST"})
    request = Request(scope, receive)
    kinds = request.headers.getlist("content-type")
    kind, _, charset = (kinds[0] if len(kinds) == 1 else "").partition(";")
    plain = charset.strip().lower().replace('"', "") in ("", "charset=utf-8")
    if kind.strip().lower() != "application/json" or not plain:
        raise Refused(415, "the body must be sent as application/json")
    return await request.body()


def replayed(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    """Return a scope and receive with another body, and nothing in the address beside it."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"content-type", b"content-length", b"transfer-encoding")
    ]
    kept += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return {**scope, "headers": kept, "query_string": b""}, again


def _plain(names: list[str], arguments: list[dict[str, Any]]) -> dict[str, Any]:
    if len(names) == 1:
        return arguments[0]
    return {
        f"{number}:{name}": asked
        for number, (name, asked) in enumerate(zip(names, arguments, strict=True))
    }


def _failed(value: Any) -> bool:
    kind = value.get("__typename", "") if isinstance(value, dict) else ""
    ends = ("Error", "Invalid", "Failure", "Conflict", "Unsupported")
    return bool(kind) and str(kind).endswith(ends)


def _told(key: str, value: Any) -> str:
    if not isinstance(value, dict):
        return f"{key} {shortened(str(value))}"
    run = value.get("run") or {}
    named = run.get("runId") or run.get("id") if isinstance(run, dict) else None
    told = f"{value.get('__typename', key)}{f' {named}' if named else ''}"
    message = value.get("message")
    return f"{told}: {shortened(str(message))}" if message else told
