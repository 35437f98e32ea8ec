"""The pages /login and /logout."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from candid_assets.web.audit_log import AuditLog
from candid_assets.web.errors import UsersError
from candid_assets.web.identity import Principal, begin_session
from candid_assets.web.one_time_links import use_link
from candid_assets.web.refusal import Refused
from candid_assets.web.users import User, Users

FAILURES_OF_ONE: Final = parse_limit("5 per 5 minutes")
TRIES_OF_ALL: Final = parse_limit("60 per 5 minutes")
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
)

_PAGES: Final = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Login:
    """Logs people in by password or one-time link, and out."""

    def __init__(self, users: Users, audit: AuditLog, env: str) -> None:
        self.users, self.audit, self.env = users, audit, env
        self._failures = MovingWindowRateLimiter(MemoryStorage())

    def routes(self) -> list[Route]:
        """Return the routes that need no authentication."""
        return [
            Route("/login", self.page, methods=["GET"]),
            Route("/login", self.enter, methods=["POST"]),
            Route("/logout", self.leave, methods=["GET", "POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Answer with the form, or log in by the one-time link in `?key=`."""
        key = request.query_params.get("key")
        if key is None:
            return self._show(request)
        return await self._enter(request, "one-time link", "", lambda: use_link(self.users, key))

    async def enter(self, request: Request) -> Response:
        """Log in by the name and password of the form."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            return Refused(415, "send the form of /login").response(request)
        try:
            body = (await request.body()).decode("utf-8")
            form = parse_qs(body, keep_blank_values=True, max_num_fields=10)
        except ValueError:
            return Refused(400, "send the form of /login").response(request)
        name, password = (form.get(field, [""])[0] for field in ("name", "password"))
        return await self._enter(
            request, "password", name.lower()[:64], lambda: self.users.by_password(name, password)
        )

    async def leave(self, request: Request) -> Response:
        """End every session of the user on POST; answer GET with the form that confirms it."""
        principal = request.scope.get("candid.principal")
        if request.method != "POST":
            return self._show(request)
        if isinstance(principal, Principal) and principal.via == "session":
            await run_in_threadpool(self.users.end_sessions, principal.user.name)
            self.audit.write("logout", **principal.fields)
        request.session.clear()
        return RedirectResponse("/login", 303)

    async def _enter(
        self, request: Request, how: str, name: str, find: Callable[[], User | None]
    ) -> Response:
        # Counted before the attempt, so that concurrent attempts cannot exceed the limit.
        wait = self._wait(name)
        if wait:
            self.audit.write("login", who=name, via=how, outcome="refused: too many failures")
            message = f"too many failed logins; try again in {wait} seconds"
            return self._show(request, message, 429, {"Retry-After": str(wait)})
        try:
            user = await run_in_threadpool(find)
        except UsersError as error:
            return self._show(request, f"logins are refused: {error}", 503)
        if user is None:
            self.audit.write("login", who=name, via=how, outcome="refused")
            reasons = {
                "password": "This name and password are not known.",
                "one-time link": "This link was used, or is too old. Log in, or make another with "
                "`candid users link NAME`.",
            }
            return self._show(request, reasons[how], 401)
        self._failures.clear(FAILURES_OF_ONE, "name", name)
        self.audit.write("login", who=user.name, role=user.role, via=how, outcome="done")
        begin_session(request.session, user)
        return RedirectResponse(_local_path(request.query_params.get("next")), 303)

    def _wait(self, name: str) -> int:
        for limit, of in ((TRIES_OF_ALL, ("*",)), (FAILURES_OF_ONE, ("name", name))):
            if not self._failures.hit(limit, *of):
                reset = self._failures.get_window_stats(limit, *of).reset_time
                return max(1, math.ceil(reset - time.time()))
        return 0

    def _show(
        self,
        request: Request,
        message: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        principal = request.scope.get("candid.principal")
        target = _local_path(request.query_params.get("next"))
        page = _PAGES.get_template("login.html.j2").render(
            env=self.env,
            message=message,
            principal=principal if isinstance(principal, Principal) else None,
            action="/login" if target == "/" else f"/login?next={quote(target, safe='')}",
        )
        policy = {"Content-Security-Policy": PAGE_POLICY}
        return HTMLResponse(page, status, {**policy, **(headers or {})})


def _local_path(target: str | None) -> str:
    """Return the target of the redirect after a login: a path of this server, else `/`."""
    plain = target and target.startswith("/") and target.isprintable() and "\\" not in target
    return target if target and plain and not target.startswith("//") else "/"
