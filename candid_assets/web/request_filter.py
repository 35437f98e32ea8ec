"""The first check of every request: its host, origin, method, path and size.

It does not authenticate. Any web page can make a browser on this computer call this server, so a
request must name this server as its host and come from its own pages.
"""

import time
from dataclasses import dataclass
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candid_assets.web.connections import BODY_SECONDS
from candid_assets.web.refusal import FOR_PROGRAMS, Refused, refuse

LARGEST_BODY: Final = 1_000_000
LONGEST_TARGET: Final = 8_000
READING: Final = frozenset({"GET", "HEAD"})
ON_EVERY_ANSWER: Final = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Places:
    """The `Host` values that this server answers, each with the origin of its pages."""

    origins: dict[str, str]

    @classmethod
    def of(cls, port: int, public_url: str | None = None) -> "Places":
        """Return the loopback hosts with this port, and the public address if there is one."""
        hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
        if port == 80:
            hosts += ["127.0.0.1", "localhost"]
        origins = {host: f"http://{host}" for host in hosts}
        if public_url:
            origins[public_url.partition("://")[2]] = public_url
        return cls(origins)


class RequestFilter:
    """ASGI middleware that refuses requests not addressed to this server or from other pages."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self.app, self.places = app, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on with a limited body and add headers to the answer."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in ON_EVERY_ANSWER.items():
                    headers[name] = value
                # Several policies all apply: Dagster's own, where it sends one, stays in force.
                headers.append("Content-Security-Policy", "frame-ancestors 'none'")
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            self._examine(scope)
        except Refused as refused:
            await refuse(refused, scope, receive, with_headers)
            return
        await self.app(scope, _limited(receive), with_headers)

    def _examine(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        origin = self._own_origin(headers)
        _examine_target(scope)
        if scope["type"] == "http":
            if scope["path"].startswith(FOR_PROGRAMS) and scope["method"] not in READING:
                raise Refused(405, "this address only answers GET", {"Allow": "GET"})
            if scope["method"] not in READING | {"POST"}:
                raise Refused(405, "only GET, HEAD and POST are answered", {"Allow": "GET, POST"})
            if "content-encoding" in headers:
                raise Refused(415, "a body must not be compressed")
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > LARGEST_BODY:
                raise Refused(413, f"a body has at most {LARGEST_BODY:,} bytes")
        _examine_origin(scope, headers, origin)

    def _own_origin(self, headers: Headers) -> str:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self.places.origins:
            known = " or ".join(self.places.origins.values())
            raise Refused(421, f"this server is {known}; open it by that address")
        return self.places.origins[hosts[0]]


def _examine_target(scope: Scope) -> None:
    path: str = scope["path"]
    raw: bytes = scope.get("raw_path") or b""
    if len(raw) + len(scope["query_string"]) > LONGEST_TARGET:
        raise Refused(414, "the address is too long")
    odd = any(ord(c) < 32 or c in "\\\x7f" for c in path)
    steps = any(part in (".", "..") for part in path.split("/"))
    if not path.startswith("/") or "//" in path or odd or steps:
        raise Refused(400, "the path must be written plainly")


def _examine_origin(scope: Scope, headers: Headers, own: str) -> None:
    origins = headers.getlist("origin")
    if origins and origins != [own]:
        raise Refused(403, f"requests from pages of another origin than {own} are refused")
    reads = scope["type"] == "http" and scope["method"] in READING
    foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    # A link that a person follows opens a page, which changes and counts nothing. An image, a frame
    # or a script of another site has no business here.
    if foreign and not (reads and _is_followed_link(headers)):
        raise Refused(403, "requests from another site are refused")
    if reads:
        return
    # A browser sends Origin with every request that is not GET or HEAD. A request without it must
    # come from a program and carry a token, which a page of another site does not have.
    if not origins and "authorization" not in headers:
        raise Refused(403, "a request without Origin needs a token (Authorization: Bearer …)")


def _is_followed_link(headers: Headers) -> bool:
    opens_page = headers.get("sec-fetch-dest") == "document"
    return opens_page and headers.get("sec-fetch-mode") == "navigate"


def _limited(receive: Receive) -> Receive:
    taken, whole = 0, False
    until = time.monotonic() + BODY_SECONDS

    async def counted() -> Message:
        nonlocal taken, whole
        # After the body only the end of the connection is waited for.
        with anyio.move_on_after(None if whole else until - time.monotonic()) as waiting:
            message = await receive()
        if waiting.cancelled_caught:
            late = f"the body took more than {BODY_SECONDS:.0f} seconds"
            raise Refused(408, late, {"Connection": "close"})
        whole = whole or not message.get("more_body", False)
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise Refused(413, f"a body has at most {LARGEST_BODY:,} bytes")
        return message

    return counted
