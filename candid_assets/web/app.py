"""The application: Dagster's webserver, API, pages and login behind authentication and policy."""

import os
import re
from pathlib import Path
from typing import Any, Final

from dagster._core.workspace.context import (
    IWorkspaceProcessContext,
    WorkspaceRequestContext,
)
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings
from candid_assets.web.api.responses import Limits
from candid_assets.web.api.routes import Api
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.guard import guarded
from candid_assets.web.identity import SESSION_SECONDS, Identity, principal_of
from candid_assets.web.login import Login
from candid_assets.web.login_limits import LoginLimits
from candid_assets.web.monitoring import monitoring_routes
from candid_assets.web.mutations import Judge, LocalGraphQL
from candid_assets.web.pages.pages import Pages
from candid_assets.web.passwords import new_key
from candid_assets.web.policy import load_policy
from candid_assets.web.query_work import counted
from candid_assets.web.refusal import Refused
from candid_assets.web.request_filter import Places, RequestFilter
from candid_assets.web.subscriptions import Subscriptions
from candid_assets.web.users import Users

POLL_MILLISECONDS: Final = 2000


class GuardedWebserver(DagsterWebserver[Any, Any]):
    """Dagster's webserver with a read-only request context for viewers."""

    def build_graphql_middleware(self) -> list[Any]:
        """Return what every field of a query passes."""
        return [counted]

    def _make_request_context(self, conn: HTTPConnection) -> Any:
        """Return the context of a request; Dagster itself treats a viewer's as read-only."""
        context = self._process_context.create_request_context(conn)
        if principal_of(conn.scope).user.role != "viewer":
            return context
        return WorkspaceRequestContext(
            instance=context.instance,
            current_workspace=context.get_current_workspace(),
            process_context=context.process_context,
            version=context.version,
            source=conn,
            read_only=True,
        )


def create_app(
    context: IWorkspaceProcessContext[Any],
    settings: Settings,
    places: Places,
    limits: Limits | None = None,
) -> Starlette:
    """Return the application: Dagster's routes, API, pages and login, each request checked."""
    users, audit = Users(settings.data_dir), AuditLog(settings)
    webserver = GuardedWebserver(context, live_data_poll_rate=POLL_MILLISECONDS)
    policy = load_policy()
    schema = webserver.build_graphql_schema().graphql_schema
    client = LocalGraphQL(webserver.execute_graphql_request)
    judge = Judge(settings, policy, audit, schema, client)
    api = Api(settings, audit, limits)
    own = [*monitoring_routes(settings, context), *api.routes()]
    own += Pages(settings, api, audit, context.instance).routes()
    routes = guarded([*own, *_routes(webserver)], judge, Subscriptions(policy, users))
    secure = any(origin.startswith("https://") for origin in places.origins.values())
    secret = _secret(settings.data_dir)
    login = Login(users, audit, settings.env, LoginLimits(secret, settings.env, secure=secure))
    app = Starlette(
        routes=[*login.routes(), *routes],
        middleware=[
            Middleware(RequestFilter, places=places),
            Middleware(
                SessionMiddleware,
                secret_key=secret,
                session_cookie=f"{'__Host-' if secure else ''}candid_{settings.env}",
                max_age=SESSION_SECONDS,
                same_site="strict",
                https_only=secure,
            ),
            Middleware(Identity, users=users),
            *webserver.build_middleware(),
        ],
    )
    app.add_exception_handler(Refused, _answer)
    # A path that differs by a slash is refused, not redirected.
    app.router.redirect_slashes = False
    return app


def public_url(text: str | None) -> str | None:
    """Return the checked address of a TLS proxy in front of the server, or None if there is none.

    Raises:
        ValueError: It is not `https://HOST` or `https://HOST:PORT`.
    """
    if text is None:
        return None
    if not re.fullmatch(r"https://[a-z0-9.-]+[a-z0-9](:[0-9]+)?", text):
        raise ValueError(f"{text!r} is not an address like https://data.example.com")
    return text


def _routes(webserver: GuardedWebserver) -> list[BaseRoute]:
    build: Any = webserver.build_routes
    return list(build())


async def _answer(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.response(request)


def _secret(data_dir: Path) -> str:
    """Return the key that signs sessions, created at the first start.

    Raises:
        PermissionError: Other users of the machine may read its file.
    """
    file = data_dir / "web" / "session.key"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        write_whole(file, new_key(), PRIVATE)
    status = file.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(
            f"{file} can be read by others; remove it, and everybody logs in again"
        )
    key = read_bytes(file)
    # An empty or cut key would let others make sessions.
    if len(key) < len(new_key()) or not key.isascii():
        raise PermissionError(f"{file} is damaged; remove it, and everybody logs in again")
    return key.decode()
