"""Judges what comes over a WebSocket: subscriptions of the policy, and nothing else."""

import json
import time
from typing import Any, Final

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candid_assets.web.graphql_documents import read_json, read_operation
from candid_assets.web.identity import caller_of, recognize
from candid_assets.web.policy import Policy
from candid_assets.web.refusal import Refused
from candid_assets.web.users import Users

LARGEST_MESSAGE: Final = 200_000
ANEW_SECONDS: Final = 5.0
"""How often an open connection is checked for a user who was removed or logged out."""
KINDS: Final = ("connection_init", "connection_terminate", "start", "stop")


class Subscriptions:
    """Passes a WebSocket on, message by message, each written anew."""

    def __init__(self, policy: Policy, users: Users) -> None:
        self.policy, self.users = policy, users

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until it ends or says what it may not."""
        role = caller_of(scope).user.role
        looked = time.monotonic()
        closed = False

        async def judged() -> Message:
            message = await receive()
            if closed:
                return {"type": "websocket.disconnect", "code": 1008}
            if message["type"] != "websocket.receive":
                return message
            try:
                self._still_known(scope)
                text = self._judge(message, role)
            except Refused as refused:
                await close(refused.message)
                return {"type": "websocket.disconnect", "code": 1008}
            return {"type": "websocket.receive", "text": text}

        async def watched(message: Message) -> None:
            nonlocal looked
            if closed:
                return
            if message["type"] == "websocket.send" and time.monotonic() - looked > ANEW_SECONDS:
                looked = time.monotonic()
                try:
                    self._still_known(scope)
                except Refused as refused:
                    await close(refused.message)
                    return
            await send(message)

        async def close(reason: str) -> None:
            nonlocal closed
            closed = True
            await send({"type": "websocket.close", "code": 1008, "reason": reason[:100]})

        await app(scope, judged, watched)

    def _still_known(self, scope: Scope) -> None:
        caller = recognize(HTTPConnection(scope), self.users)
        if caller is None or caller.user.role != caller_of(scope).user.role:
            raise Refused(401, "the session has ended; log in again")

    def _judge(self, message: Message, role: str) -> str:
        text = message.get("text")
        if not isinstance(text, str) or len(text) > LARGEST_MESSAGE:
            raise Refused(413, "a message is text and not longer than a subscription")
        asked = read_json(text)
        if not isinstance(asked, dict) or asked.get("type") not in KINDS:
            raise Refused(400, "this is no message of the graphql-ws protocol")
        told: dict[str, Any] = {"type": asked["type"]}
        if asked["type"] in ("start", "stop"):
            if not isinstance(asked.get("id"), str):
                raise Refused(400, "`id` must be text")
            told["id"] = asked["id"]
        if asked["type"] == "start":
            told["payload"] = json.loads(self._judge_start(asked.get("payload"), role))
        return json.dumps(told)

    def _judge_start(self, payload: Any, role: str) -> bytes:
        operation = read_operation(payload)
        if operation.kind is not OperationType.SUBSCRIPTION:
            raise Refused(403, "only subscriptions go over a WebSocket")
        for name in operation.names:
            if role not in self.policy.subscriptions.get(name, ()):
                raise Refused(403, f"a user with the role {role} may not subscribe to {name}")
        return operation.body
