"""The pages /login and /logout."""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from candid_assets.web.audit_log import AuditLog
from candid_assets.web.errors import UsersError
from candid_assets.web.identity import Principal, begin_session
from candid_assets.web.login_limits import LoginLimits
from candid_assets.web.one_time_links import is_open, use_link
from candid_assets.web.refusal import Refused
from candid_assets.web.users import User, Users

PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
)
USED_LINK: Final = (
    "This link was used, or is too old. Log in, or make another with `candid users link NAME`."
)

HOME: Final = "/candid"
"""Where a person arrives who asked for nothing else."""

_PAGES: Final = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Login:
    """Logs people in by password or one-time link, and out."""

    def __init__(self, users: Users, audit: AuditLog, env: str, limits: LoginLimits) -> None:
        self.users, self.audit, self.env, self.limits = users, audit, env, limits

    def routes(self) -> list[Route]:
        """Return the routes that need no authentication."""
        return [
            Route("/login", self.page, methods=["GET"]),
            Route("/login", self.enter, methods=["POST"]),
            Route("/logout", self.leave, methods=["GET", "POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Answer with a form: of name and password, or of the one-time link in `?key=`.

        Whatever opens an address (a preview in a chat, a scanner of mail) changes nothing by it:
        only the button of the page logs in and uses the link up.
        """
        key = request.query_params.get("key")
        if key is None:
            return self._show(request)
        try:
            good = await run_in_threadpool(is_open, self.users, key)
        except UsersError as error:
            return self._show(request, f"logins are refused: {error}", 503)
        return self._show(request, link=key) if good else self._show(request, USED_LINK, 401)

    async def enter(self, request: Request) -> Response:
        """Log in by the name and password of the form, or by the key of a one-time link."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            return Refused(415, "send the form of /login").response(request)
        try:
            body = (await request.body()).decode("utf-8")
            form = parse_qs(body, keep_blank_values=True, max_num_fields=10)
        except ValueError:
            return Refused(400, "send the form of /login").response(request)
        if "key" in form:
            return await self._enter_by_link(request, form["key"][0])
        name, password = (form.get(field, [""])[0] for field in ("name", "password"))
        return await self._enter_by_password(request, name, password)

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

    async def _enter_by_link(self, request: Request, key: str) -> Response:
        # Not counted: nobody guesses 256 bits, and whoever has a link is to get in with it.
        try:
            user = await run_in_threadpool(use_link, self.users, key)
        except UsersError as error:
            return self._show(request, f"logins are refused: {error}", 503)
        if user is None:
            self.audit.note("login", who="", via="one-time link", outcome="refused")
            return self._show(request, USED_LINK, 401)
        return self._begin(request, user, "one-time link")

    async def _enter_by_password(self, request: Request, name: str, password: str) -> Response:
        shown = name.lower()[:64]
        wait = self.limits.seconds_to_wait(request, shown)
        if wait:
            self.audit.note("login", who=shown, via="password", outcome="refused: too many")
            message = (
                f"too many failed logins; try again in {wait} seconds, or log in by a link:"
                " `candid users link NAME` on the server prints one"
            )
            return self._show(request, message, 429, {"Retry-After": str(wait)})
        try:
            user = await run_in_threadpool(self.users.by_password, name, password)
        except UsersError as error:
            return self._show(request, f"logins are refused: {error}", 503)
        if user is None:
            self.audit.write("login", who=shown, via="password", outcome="refused")
            return self._show(request, "This name and password are not known.", 401)
        self.limits.succeeded(request, shown)
        return self._begin(request, user, "password")

    def _begin(self, request: Request, user: User, how: str) -> Response:
        self.audit.write("login", who=user.name, role=user.role, via=how, outcome="done")
        begin_session(request.session, user)
        answer = RedirectResponse(_local_path(request.query_params.get("next")), 303)
        self.limits.remember(request, answer, user.name)
        return answer

    def _show(
        self,
        request: Request,
        message: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
        link: str = "",
    ) -> Response:
        principal = request.scope.get("candid.principal")
        target = _local_path(request.query_params.get("next"))
        page = _PAGES.get_template("login.html.j2").render(
            env=self.env,
            message=message,
            link=link,
            principal=principal if isinstance(principal, Principal) else None,
            action="/login" if target == HOME else f"/login?next={quote(target, safe='')}",
        )
        policy = {"Content-Security-Policy": PAGE_POLICY}
        return HTMLResponse(page, status, {**policy, **(headers or {})})


def _local_path(target: str | None) -> str:
    """Return the target of the redirect after a login: a path of this server, else Home."""
    plain = target and target.startswith("/") and target.isprintable() and "\\" not in target
    return target if target and plain and not target.startswith("//") else HOME
