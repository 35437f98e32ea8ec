"""Dagster's webserver as an application that only who may can reach."""

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
from candid_assets.settings import Settings
from candid_assets.web.api.responses import Limits
from candid_assets.web.api.routes import Api
from candid_assets.web.audit_log import Audit
from candid_assets.web.guard import guarded
from candid_assets.web.identity import SESSION_SECONDS, Identity, caller_of
from candid_assets.web.login import Login
from candid_assets.web.mutations import Asking, Judge
from candid_assets.web.passwords import new_key
from candid_assets.web.policy import load_policy
from candid_assets.web.refusal import Refused
from candid_assets.web.request_filter import Frontier, Places
from candid_assets.web.subscriptions import Subscriptions
from candid_assets.web.users import Users

POLL_MILLISECONDS: Final = 2000


class GuardedWebserver(DagsterWebserver[Any, Any]):
    """Dagster's webserver, which knows who is calling."""

    def _make_request_context(self, conn: HTTPConnection) -> Any:
        """Return what a request works with; a viewer's is read-only for Dagster itself too."""
        made = self._process_context.create_request_context(conn)
        if caller_of(conn.scope).user.role != "viewer":
            return made
        return WorkspaceRequestContext(
            instance=made.instance,
            current_workspace=made.get_current_workspace(),
            process_context=made.process_context,
            version=made.version,
            source=conn,
            read_only=True,
        )


def create_app(
    context: IWorkspaceProcessContext[Any],
    settings: Settings,
    places: Places,
    limits: Limits | None = None,
) -> Starlette:
    """Return the application: Dagster's routes, the API and login, behind every check."""
    users, audit = Users(settings.data_dir), Audit(settings)
    webserver = GuardedWebserver(context, live_data_poll_rate=POLL_MILLISECONDS)
    policy = load_policy()
    schema = webserver.build_graphql_schema().graphql_schema
    asking = Asking(webserver.execute_graphql_request)
    judge = Judge(settings, policy, audit, schema, asking)
    ours = Api(settings, audit, limits).routes()
    routes = guarded([*ours, *_routes(webserver)], judge, Subscriptions(policy, users))
    secure = any(origin.startswith("https://") for origin in places.origins.values())
    app = Starlette(
        routes=[*Login(users, audit, settings.env).routes(), *routes],
        middleware=[
            Middleware(Frontier, places=places),
            Middleware(
                SessionMiddleware,
                secret_key=_secret(settings.data_dir),
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
    # A path that almost fits is no path: nothing is redirected, nothing guessed.
    app.router.redirect_slashes = False
    return app


def public_url(text: str | None) -> str | None:
    """Return the address of a TLS proxy in front of the server, such as https://data.candid.id.

    Raises:
        ValueError: It is anything but scheme and host.
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
    """Return the key that signs sessions, made at the first start."""
    file = data_dir / "web" / "session.key"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        write_whole(file, new_key(), PRIVATE)
    found = file.stat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(
            f"{file} can be read by others; remove it, and everybody logs in again"
        )
    return file.read_text()
