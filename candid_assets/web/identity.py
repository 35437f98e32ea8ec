"""Who is calling: a bearer token, or a session that a login began."""

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
    """A user and how it was recognized."""

    user: User
    via: Literal["token", "session"]

    @property
    def told(self) -> dict[str, str]:
        """What the audit log says of the caller."""
        return {"who": self.user.name, "role": self.user.role, "via": self.via}


class Identity:
    """ASGI middleware that finds out who is calling and notes it in the scope."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self.app, self.users = app, users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the caller, or None, and pass on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            scope["candid.caller"] = recognize(HTTPConnection(scope), self.users)
        except Refused as refused:
            await refuse(refused, scope, receive, send)
            return
        await self.app(scope, receive, send)


def recognize(connection: HTTPConnection, users: Users) -> Caller | None:
    """Return who is calling; a token that is not good counts for no session beside it.

    Raises:
        Refused: The token is not good, or the file of users is not.
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
    """Return who is calling.

    Raises:
        Refused: Nobody who is known.
    """
    caller = scope.get("candid.caller")
    if not isinstance(caller, Caller):
        raise Refused(401, "log in at /login, or send Authorization: Bearer …", LOGIN)
    return caller


def begin(session: dict[str, Any], user: User) -> None:
    """Begin a session."""
    session.clear()
    until = int(time.time()) + SESSION_SECONDS
    session.update({"name": user.name, "stamp": user.stamp, "until": until})


def _fresh(until: object) -> bool:
    return isinstance(until, int) and time.time() < until
