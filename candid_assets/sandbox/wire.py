"""Answers that break on their way: reset, cut short, slow or stalled."""

import asyncio
import socket
import struct
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "candid.sandbox.transport"
_OWN = (b"content-length",)
_LENGTHS = {"long_length": 40, "short_length": -7}
"""By how many bytes the length that is told differs from the body's."""


class SandboxProtocol(H11Protocol):
    """uvicorn's HTTP protocol that hands the connection to the application.

    ASGI has no word for a reset or for a body cut short, and the faults need both.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Wrap the application so that its scope holds the connection's transport."""
        super().__init__(*args, **kwargs)
        application = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_TRANSPORT] = self.transport
            await application(scope, receive, send)

        self.app = with_transport


class BrokenResponse(Response):
    """A right answer that does not arrive as it should."""

    def __init__(
        self, content: bytes, status: int, headers: Mapping[str, str], do: Mapping[str, Any]
    ) -> None:
        """Send `content` in the way that the fault `do` says."""
        self.do = do
        super().__init__(content, status, dict(headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, or what is left of it."""
        transport: asyncio.Transport = scope["extensions"][_TRANSPORT]
        kind, seconds = self.do["do"], float(self.do.get("seconds", 1))
        if kind == "close":
            transport.close()
            await _gone(receive)
            return
        if kind == "reset":
            _abort(transport)
            await _gone(receive)
            return
        if kind in _LENGTHS or kind in ("reset_in_headers", "reset_in_body"):
            await self._raw(transport, receive, kind)
            return
        if kind == "slow":
            if await _stays(receive, seconds):
                await super().__call__(scope, receive, send)
            return
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        body = bytes(self.body)
        half = int(len(body) * float(self.do.get("at", 0.5)))
        await send(_part(body[:half], more=True))
        if kind == "truncate":
            transport.close()
            await _gone(receive)
            return
        if kind == "stall":
            if await _stays(receive, seconds):
                await send(_part(body[half:], more=False))
            return
        await self._drip(body[half:], seconds, send)

    async def _raw(self, transport: asyncio.Transport, receive: Receive, kind: str) -> None:
        """Write to the connection past HTTP's rules, then close or reset it."""
        body = bytes(self.body)
        length = len(body) + _LENGTHS.get(kind, 0)
        lines = [f"HTTP/1.1 {self.status_code} OK", f"content-length: {max(1, length)}"]
        lines += [f"{n.decode()}: {v.decode()}" for n, v in self.raw_headers if n not in _OWN]
        head = "\r\n".join([*lines, "", ""]).encode()
        if kind == "reset_in_headers":
            transport.write(head[: len(head) // 2])
        else:
            transport.write(head + (body[: len(body) // 2] if kind == "reset_in_body" else body))
        if kind in _LENGTHS:
            transport.close()
        else:
            await asyncio.sleep(0.02)
            _abort(transport)
        await _gone(receive)

    @staticmethod
    async def _drip(rest: bytes, seconds: float, send: Send) -> None:
        size = max(1, len(rest) // 10)
        for start in range(0, len(rest), size):
            await asyncio.sleep(seconds / 10)
            await send(_part(rest[start : start + size], more=True))
        await send(_part(b"", more=False))


def _part(body: bytes, *, more: bool) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _abort(transport: asyncio.Transport) -> None:
    """Close with a reset (RST), as a dropped connection does."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _stays(receive: Receive, seconds: float) -> bool:
    """Wait, and return whether the client is still connected."""
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return True
    return False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
