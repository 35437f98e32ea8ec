"""The refusal of a request: an HTTP status and a reason that says what to do."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from candid_assets.errors import CandidError

FOR_PROGRAMS: Final = ("/api/", "/healthz", "/readyz", "/metrics")
"""Refusals below these paths are answered as RFC 9457 problems."""


class Refused(CandidError):  # noqa: N818 - it becomes an answer
    """A request that is not carried out."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = dict(headers or {})

    def response(self, connection: HTTPConnection) -> Response:
        """Return the answer: a problem for the API, text for a browser, else a GraphQL error."""
        if connection.scope["path"].startswith(FOR_PROGRAMS):
            title = HTTPStatus(self.status).phrase
            problem = {"type": "about:blank", "title": title, "status": self.status}
            problem["detail"] = self.message
            media = "application/problem+json"
            return JSONResponse(problem, self.status, self.headers, media_type=media)
        if "text/html" in connection.headers.get("accept", ""):
            return PlainTextResponse(f"{self.message}\n", self.status, self.headers)
        body = {"errors": [{"message": self.message}]}
        return JSONResponse(body, self.status, self.headers)


async def refuse(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a refusal: answer the request, or close a WebSocket before it is open."""
    if scope["type"] == "websocket":
        if "websocket.http.response" in scope.get("extensions", {}):
            await refused.response(HTTPConnection(scope))(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": refused.message[:100]})
        return
    await refused.response(HTTPConnection(scope))(scope, receive, send)
