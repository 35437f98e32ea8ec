"""Connections that end when nothing comes over them: no client holds one open for nothing.

uvicorn ends a connection that is idle after an answer. One that never sends a whole request, and
one whose answer nobody takes, it would keep for ever.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 20.0
"""How long the first line and headers of a request may take."""
ANSWER_SECONDS: Final = 60.0
"""How long a client may take no more of an answer."""
BODY_SECONDS: Final = 30.0
"""How long the body of a request may take."""
SILENT_SECONDS: Final = 60
"""After how long the system asks whether a silent client is still there."""


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection that makes no progress."""

    head_seconds = HEAD_SECONDS
    answer_seconds = ANSWER_SECONDS

    _head_timer: asyncio.TimerHandle | None = None
    _answer_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request within its time."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; a request that is not whole has to be so in time."""
        super().data_received(data)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _cancel(self._head_timer)
        self._head_timer = None
        _cancel(self._answer_timer)
        self._answer_timer = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent, but not for ever."""
        super().pause_writing()
        self._answer_timer = self.loop.call_later(self.answer_seconds, self._end)

    def resume_writing(self) -> None:
        """Go on sending."""
        _cancel(self._answer_timer)
        self._answer_timer = None
        super().resume_writing()

    def _expect_head(self) -> None:
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            _cancel(self._head_timer)
            self._head_timer = None
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_seconds, self._end)

    def _end(self) -> None:
        self.transport.abort()


def ask_silent_clients(listener: socket.socket) -> None:
    """Have the system end connections whose other end is gone without a word."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", SILENT_SECONDS),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 4),
    ):
        # Not every system has each of them.
        with suppress(AttributeError, OSError):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
