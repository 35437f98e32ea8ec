"""Checks every request to /graphql against the policy, and logs mutations."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import GraphQLSchema, OperationType
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candid_assets.settings import Settings
from candid_assets.web.audit_log import AuditLog, new_id, shortened
from candid_assets.web.graphql_documents import Operation, bind_arguments, read_json, read_operation
from candid_assets.web.identity import Principal, principal_of
from candid_assets.web.launches import RunQuery, examine, sign_launches
from candid_assets.web.policy import Policy
from candid_assets.web.production_guard import refusal
from candid_assets.web.query_limits import require_modest
from candid_assets.web.query_work import PendingQuery, Turns
from candid_assets.web.refusal import Refused

MOST_KEPT: int = 1_000_000
"""The most bytes of an answer that are kept to log its outcome."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Checks GraphQL requests against the policy."""

    settings: Settings
    policy: Policy
    audit: AuditLog
    schema: GraphQLSchema
    client: "LocalGraphQL"
    turns: Turns = field(default_factory=Turns)

    async def graphql(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to /graphql and log it if it is a mutation.

        Raises:
            Refused: The policy does not allow it, or it is malformed.
        """
        principal = principal_of(scope)
        operation = read_operation(read_json(await read_json_body(scope, receive)))
        require_modest(operation)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise Refused(400, "subscriptions go over a WebSocket")
        if operation.kind is OperationType.QUERY:
            whole, rest = with_body(scope, receive, operation.body)
            query = PendingQuery(principal.user.name, receive)
            await self.turns.run(query, app, whole, rest, send)
            return
        fields = {
            "id": new_id(),
            **principal.fields,
            "operation": operation.name,
            "mutations": operation.names,
            "variables": shortened(operation.variables),
        }
        try:
            arguments = await self._judge(scope, principal, operation)
        except Refused as refused:
            outcome = f"refused: {refused.message}"
            await run_in_threadpool(self.audit.write, "mutation", **fields, outcome=outcome)
            raise
        fields["variables"] = shortened(_plain(operation.names, arguments))
        # Logged before it runs: a mutation that cannot be logged is not carried out.
        await run_in_threadpool(self.audit.write, "mutation", **fields, outcome="asked")
        async with outcome_written(
            send, partial(self.audit.write, "mutation", **fields)
        ) as logged_send:
            await app(*with_body(scope, receive, operation.body), logged_send)

    async def _judge(
        self, scope: Scope, principal: Principal, operation: Operation
    ) -> list[dict[str, Any]]:
        role = principal.user.role
        for name in operation.names:
            if role not in self.policy.mutations.get(name, ()):
                raise Refused(403, f"a user with the role {role} may not call {name}")
        arguments = bind_arguments(operation, self.schema)
        if role == "agent":
            run_query = self.client.within(scope)
            for name, given in zip(operation.names, arguments, strict=True):
                await examine(
                    principal.user, self.settings.env, self.policy, name, given, run_query
                )
        launches = [n for n in operation.names if n in self.policy.launches]
        if launches:
            reason = await run_in_threadpool(refusal, self.settings)
            if reason:
                raise Refused(403, f"{launches[0]} is refused: {reason}")
            sign_launches(principal.user, arguments)
        return arguments


class LocalGraphQL:
    """Runs GraphQL queries on this webserver, as the user of a request."""

    def __init__(self, execute: Any) -> None:
        self._execute = execute

    def within(self, scope: Scope) -> RunQuery:
        """Return a function that runs queries as the user of a request."""

        async def run_query(query: str, variables: dict[str, Any]) -> dict[str, Any]:
            answer = await self._execute(
                request=Request(scope), query=query, variables=variables, operation_name=None
            )
            data: dict[str, Any] = json.loads(answer.body).get("data") or {}
            return data

        return run_query


@asynccontextmanager
async def outcome_written(send: Send, write: Callable[..., None]) -> AsyncIterator["LoggedSend"]:
    """Yield a `send` that logs the answer's outcome; it is logged also if no answer is sent."""
    logged_send = LoggedSend(send, write)
    try:
        yield logged_send
    finally:
        await logged_send.write_outcome()


class LoggedSend:
    """Sends an answer, its last part only after its outcome is logged."""

    def __init__(self, send: Send, write: Callable[..., None]) -> None:
        self._send, self._write = send, write
        self.status = 0
        self._body = bytearray()
        self._began: float | None = time.monotonic()

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            if len(self._body) < MOST_KEPT:
                self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self.write_outcome()
        await self._send(message)

    async def write_outcome(self) -> None:
        """Log the outcome, unless it is logged already."""
        if self._began is not None:
            seconds, self._began = round(time.monotonic() - self._began, 3), None
            await run_in_threadpool(self._write, outcome=self.outcome(), seconds=seconds)

    def outcome(self) -> str:
        """Return the outcome of the request in a few words."""
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
            message = first.get("message") if isinstance(first, dict) else first
            return f"failed: {shortened(str(message))}"
        data = answer.get("data")
        if not isinstance(data, dict):
            return f"{'done' if self.status < 400 else 'failed'}: status {self.status}"
        results = ", ".join(_result(key, value) for key, value in data.items())
        return f"{'failed' if any(_failed(v) for v in data.values()) else 'done'}: {results}"


async def read_json_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body of a POST of JSON.

    Raises:
        Refused: It is another method or another content type.
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


def with_body(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    """Return the scope and receive of a request with another body and without query string."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"content-type", b"content-length", b"transfer-encoding")
    ]
    kept += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    given = False

    async def receive_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return {**scope, "headers": kept, "query_string": b""}, receive_body


def _plain(names: list[str], arguments: list[dict[str, Any]]) -> dict[str, Any]:
    if len(names) == 1:
        return arguments[0]
    return {
        f"{number}:{name}": given
        for number, (name, given) in enumerate(zip(names, arguments, strict=True))
    }


def _failed(value: Any) -> bool:
    kind = value.get("__typename", "") if isinstance(value, dict) else ""
    suffixes = ("Error", "Invalid", "Failure", "Conflict", "Unsupported")
    return bool(kind) and str(kind).endswith(suffixes)


def _result(key: str, value: Any) -> str:
    if not isinstance(value, dict):
        return f"{key} {shortened(str(value))}"
    run = value.get("run") or {}
    named = run.get("runId") or run.get("id") if isinstance(run, dict) else None
    result = f"{value.get('__typename', key)}{f' {named}' if named else ''}"
    message = value.get("message")
    return f"{result}: {shortened(str(message))}" if message else result
