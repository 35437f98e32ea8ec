"""The work of one GraphQL query: it ends with its client, and takes no more than its share."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send

from candid_assets.web.refusal import Refused

MOST_VALUES: Final = 500_000
"""The most fields of one answer: about 100 MB while it is made."""
MOST_SECONDS: Final = 120.0
AT_ONCE: Final = 4
"""Queries of one user that run at the same time; the others wait for their turn."""
MOST_WAITING: Final = 100
WORK: Final = "candid.work"


class QueryWork:
    """What a query has done so far, and whether anybody still waits for its answer."""

    def __init__(self) -> None:
        self.is_gone = False
        """Whether the client has closed the connection."""
        self.values = 0
        self._until = time.monotonic() + MOST_SECONDS

    def step(self) -> None:
        """Count one field; end the work where it is asked for in vain or too much of it."""
        self.values += 1
        if self.is_gone:
            raise _Stopped("nobody waits for the answer any more")
        if self.values > MOST_VALUES:
            raise _Stopped(f"an answer has at most {MOST_VALUES:,} values; ask for less at a time")
        if time.monotonic() > self._until:
            raise _Stopped(f"a query takes at most {MOST_SECONDS:.0f} seconds; ask for less")


class _Stopped(BaseException):
    """Ends the resolvers of a query; GraphQL would answer an `Exception` field by field."""


def counted(resolve: Callable[..., Any], root: Any, info: Any, **arguments: Any) -> Any:
    """Resolve one field of a query; a middleware of graphql-core."""
    source = getattr(info.context, "source", None)
    work = source.scope.get(WORK) if source is not None else None
    if work is not None:
        work.step()
    return resolve(root, info, **arguments)


@dataclass(frozen=True, slots=True)
class PendingQuery:
    """Who asks, and how it is heard that nobody waits any more."""

    user: str
    later: Receive
    """Gives the messages of the connection that come after the body."""


class Turns:
    """Runs the queries of each user, a few at a time: none takes the threads of all."""

    def __init__(self) -> None:
        self._running: defaultdict[str, anyio.Semaphore] = defaultdict(
            lambda: anyio.Semaphore(AT_ONCE)
        )
        self._waiting: defaultdict[str, int] = defaultdict(int)
        self.gone_count = 0
        """How many queries have ended because their client was gone."""

    def waiting(self, user: str) -> int:
        """Return how many queries of a user wait for their turn."""
        return self._waiting[user]

    def running(self, user: str) -> int:
        """Return how many queries of a user run now."""
        return AT_ONCE - self._running[user].value

    async def run(
        self, query: PendingQuery, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer a query, as long as its client is there.

        Args:
            query: Who asks, and how it is heard that the client is gone.
            app: What answers.
            scope: The request.
            receive: Gives its body.
            send: Takes the answer.

        Raises:
            Refused: The answer is too large or takes too long, or too many wait.
        """
        work = QueryWork()
        failure: Exception | None = None
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await query.later())["type"] != "http.disconnect":
                    pass
                work.is_gone = True
                self.gone_count += 1
                if not work.values:
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            try:
                async with self._turn(query.user):
                    await app({**scope, WORK: work}, receive, send)
            except Exception as error:
                # Raised below: the group would wrap it.
                failure = error
            except _Stopped as stopped:
                failure = None if work.is_gone else Refused(413, str(stopped))
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure

    @asynccontextmanager
    async def _turn(self, user: str) -> AsyncIterator[None]:
        if self._waiting[user] >= MOST_WAITING:
            raise Refused(
                429, f"{MOST_WAITING} queries of {user} wait already", {"Retry-After": "5"}
            )
        self._waiting[user] += 1
        try:
            await self._running[user].acquire()
        finally:
            self._waiting[user] -= 1
        try:
            yield
        finally:
            self._running[user].release()
