"""Authenticates the caller of a request by bearer token or login session."""

import time
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from candid_assets.web.errors import UsersError
from candid_assets.web.refusal import Refused, refuse
from candid_assets.web.users import User, Users

SESSION_SECONDS: Final = 12 * 3600
LOGIN: Final = {"WWW-Authenticate": 'Bearer realm="candid"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated user and how it was authenticated."""

    user: User
    via: Literal["token", "session"]

    @property
    def fields(self) -> dict[str, str]:
        """The caller's fields in the audit log."""
        return {"who": self.user.name, "role": self.user.role, "via": self.via}


class Identity:
    """ASGI middleware that authenticates the caller and stores it in the scope."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self.app, self.users = app, users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store the caller, or None, in the scope and pass the request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            scope["candid.caller"] = authenticate(HTTPConnection(scope), self.users)
        except Refused as refused:
            await refuse(refused, scope, receive, send)
            return
        await self.app(scope, receive, send)


def authenticate(connection: HTTPConnection, users: Users) -> Caller | None:
    """Return the caller, or None if there is neither a token nor a valid session.

    An invalid token is refused even with a valid session beside it.

    Raises:
        Refused: The token is not valid, or the users file cannot be read.
    """
    given = connection.headers.getlist("authorization")
    try:
        if given:
            kind, _, token = given[0].partition(" ")
            user = users.by_token(token) if kind.lower() == "bearer" and len(given) == 1 else None
            if user is None:
                raise Refused(401, "this token is not known; `candid users token NAME`", LOGIN)
            return Caller(user, "token")
        session = connection.session
        if not session or not _fresh(session.get("until")):
            return None
        user = users.by_stamp(session.get("name"), session.get("stamp"))
        return Caller(user, "session") if user else None
    except UsersError as error:
        raise Refused(503, f"nobody can come in: {error}") from error


def caller_of(scope: Scope) -> Caller:
    """Return the caller of a request.

    Raises:
        Refused: The request is not authenticated.
    """
    caller = scope.get("candid.caller")
    if not isinstance(caller, Caller):
        raise Refused(401, "log in at /login, or send Authorization: Bearer …", LOGIN)
    return caller


def begin_session(session: dict[str, Any], user: User) -> None:
    """Replace the content of a session by that of a new one of the user."""
    session.clear()
    until = int(time.time()) + SESSION_SECONDS
    session.update({"name": user.name, "stamp": user.stamp, "until": until})


def _fresh(until: object) -> bool:
    return isinstance(until, int) and time.time() < until
