"""Checks the messages of a WebSocket: only subscriptions that the policy allows pass."""

import json
import time
from typing import Any, Final

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candid_assets.web.graphql_documents import read_json, read_operation
from candid_assets.web.identity import authenticate, principal_of
from candid_assets.web.policy import Policy
from candid_assets.web.query_limits import require_modest
from candid_assets.web.refusal import Refused
from candid_assets.web.users import Users

LARGEST_MESSAGE: Final = 200_000
RECHECK_SECONDS: Final = 5.0
"""How often an open connection checks that its user is neither removed nor logged out."""
KINDS: Final = ("connection_init", "connection_terminate", "start", "stop")


class Subscriptions:
    """Passes on a WebSocket message by message, each parsed and serialised again."""

    def __init__(self, policy: Policy, users: Users) -> None:
        self.policy, self.users = policy, users

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until it closes or sends a message that is refused."""
        role = principal_of(scope).user.role
        checked_at = time.monotonic()
        closed = False

        async def receive_checked() -> Message:
            message = await receive()
            if closed:
                return {"type": "websocket.disconnect", "code": 1008}
            if message["type"] != "websocket.receive":
                return message
            try:
                self._require_user(scope)
                text = self._judge(message, role)
            except Refused as refused:
                await close(refused.message)
                return {"type": "websocket.disconnect", "code": 1008}
            return {"type": "websocket.receive", "text": text}

        async def send_checked(message: Message) -> None:
            nonlocal checked_at
            if closed:
                return
            if (
                message["type"] == "websocket.send"
                and time.monotonic() - checked_at > RECHECK_SECONDS
            ):
                checked_at = time.monotonic()
                try:
                    self._require_user(scope)
                except Refused as refused:
                    await close(refused.message)
                    return
            await send(message)

        async def close(reason: str) -> None:
            nonlocal closed
            closed = True
            await send({"type": "websocket.close", "code": 1008, "reason": reason[:100]})

        await app(scope, receive_checked, send_checked)

    def _require_user(self, scope: Scope) -> None:
        principal = authenticate(HTTPConnection(scope), self.users)
        if principal is None or principal.user.role != principal_of(scope).user.role:
            raise Refused(401, "the session has ended; log in again")

    def _judge(self, message: Message, role: str) -> str:
        text = message.get("text")
        if not isinstance(text, str) or len(text) > LARGEST_MESSAGE:
            raise Refused(413, "a message is text and not longer than a subscription")
        request = read_json(text)
        if not isinstance(request, dict) or request.get("type") not in KINDS:
            raise Refused(400, "this is not a message of the graphql-ws protocol")
        checked: dict[str, Any] = {"type": request["type"]}
        if request["type"] in ("start", "stop"):
            if not isinstance(request.get("id"), str):
                raise Refused(400, "`id` must be text")
            checked["id"] = request["id"]
        if request["type"] == "start":
            checked["payload"] = json.loads(self._judge_start(request.get("payload"), role))
        return json.dumps(checked)

    def _judge_start(self, payload: Any, role: str) -> bytes:
        operation = read_operation(payload)
        if operation.kind is not OperationType.SUBSCRIPTION:
            raise Refused(403, "only subscriptions go over a WebSocket")
        require_modest(operation)
        for name in operation.names:
            if role not in self.policy.subscriptions.get(name, ()):
                raise Refused(403, f"a user with the role {role} may not subscribe to {name}")
        return operation.body
