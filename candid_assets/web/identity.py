"""Authenticates the user of a request by bearer token or login session."""

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
class Principal:
    """An authenticated user and how it was authenticated."""

    user: User
    via: Literal["token", "session"]

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the principal in the audit log."""
        return {"who": self.user.name, "role": self.user.role, "via": self.via}


class Identity:
    """ASGI middleware that authenticates the user of a request and stores it in the scope."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self.app, self.users = app, users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store the principal, or None, in the scope and pass the request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            scope["candid.principal"] = authenticate(HTTPConnection(scope), self.users)
        except Refused as refused:
            await refuse(refused, scope, receive, send)
            return
        await self.app(scope, receive, send)


def authenticate(connection: HTTPConnection, users: Users) -> Principal | None:
    """Return the principal, or None if there is neither a token nor a valid session.

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
            return Principal(user, "token")
        session = connection.session
        if not session or not _fresh(session.get("until")):
            return None
        user = users.by_stamp(session.get("name"), session.get("stamp"))
        return Principal(user, "session") if user else None
    except UsersError as error:
        raise Refused(503, f"logins are refused: {error}") from error


def principal_of(scope: Scope) -> Principal:
    """Return the principal of a request.

    Raises:
        Refused: The request is not authenticated.
    """
    principal = scope.get("candid.principal")
    if not isinstance(principal, Principal):
        raise Refused(401, "log in at /login, or send Authorization: Bearer …", LOGIN)
    return principal


def begin_session(session: dict[str, Any], user: User) -> None:
    """Replace the content of a session by that of a new one of the user."""
    session.clear()
    until = int(time.time()) + SESSION_SECONDS
    session.update({"name": user.name, "stamp": user.stamp, "until": until})


def _fresh(until: object) -> bool:
    return isinstance(until, int) and time.time() < until
