"""Checks the policy in front of each route.

The guard wraps the route itself, so every path to a route passes its guard. A route that the policy
does not name is refused to everybody.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URLPath
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match, WebSocketRoute
from starlette.types import Receive, Scope, Send

from candid_assets.web.audit_log import new_id, shortened
from candid_assets.web.identity import principal_of
from candid_assets.web.launches import Reported, examine_report
from candid_assets.web.mutations import Judge, outcome_written, read_json_body, with_body
from candid_assets.web.policy import Roles
from candid_assets.web.refusal import Refused, refuse
from candid_assets.web.subscriptions import Subscriptions

REPORTS = {
    "/report_asset_materialization/{asset_key:path}": "ASSET_MATERIALIZATION",
    "/report_asset_observation/{asset_key:path}": "ASSET_OBSERVATION",
    "/report_asset_check/{asset_key:path}": "ASSET_CHECK_EVALUATION",
}


class GuardedRoute(BaseRoute):
    """A route that is served only to the roles that the policy gives it."""

    def __init__(self, route: BaseRoute, judge: Judge, subscriptions: Subscriptions) -> None:
        self.route, self.judge, self.subscriptions = route, judge, subscriptions
        self.path = str(getattr(route, "path", ""))
        self.kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
        table = judge.policy.websocket if self.kind == "websocket" else judge.policy.http
        self.roles: Roles = table.get(self.path, ())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the match of the guarded route."""
        return self.route.matches(scope)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the path of the guarded route."""
        return self.route.url_path_for(name, **path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the route if the policy allows it, else answer with the refusal."""
        sent = False

        async def send_and_note(message: Any) -> None:
            nonlocal sent
            sent = True
            await send(message)

        try:
            await self._handle_checked(scope, receive, send_and_note)
        except Refused as refused:
            if sent:
                raise
            if refused.status == 401 and _accepts_html(scope):
                target = scope["path"] + (
                    f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
                )
                answer = RedirectResponse(f"/login?next={quote(target, safe='')}", 303)
                await answer(scope, receive, send)
                return
            await refuse(refused, scope, receive, send)

    async def _handle_checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != self.kind:
            raise Refused(403, "there is no WebSocket here")
        principal = principal_of(scope)
        if principal.user.role not in self.roles:
            raise Refused(403, f"a user with the role {principal.user.role} may not open this")
        if self.kind == "websocket":
            await self.subscriptions(self.route.handle, scope, receive, send)
        elif self.path == "/graphql":
            await self.judge.graphql(self.route.handle, scope, receive, send)
        elif self.path in REPORTS:
            await self._report(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "this address only answers GET", {"Allow": "GET"})
        else:
            await self.route.handle(scope, receive, send)

    async def _report(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal, judge = principal_of(scope), self.judge
        fields = {"id": new_id(), **principal.fields, "operation": scope["path"]}
        body = await read_json_body(scope, receive)
        try:
            if scope["query_string"]:
                raise Refused(400, "send everything in the body, not in the address")
            if principal.user.role == "agent":
                # As Dagster takes it apart; without it the body could name another asset.
                key = str(scope["path_params"]["asset_key"])
                reported = Reported(REPORTS[self.path], key.split("/") if key else [])
                run_query = judge.client.within(scope)
                env, policy = judge.settings.env, judge.policy
                await examine_report(principal.user, env, policy, reported, run_query)
        except Refused as refused:
            outcome = f"refused: {refused.message}"
            await run_in_threadpool(judge.audit.write, "report", **fields, outcome=outcome)
            raise
        fields["variables"] = shortened(body.decode("utf-8", "replace"))
        await run_in_threadpool(judge.audit.write, "report", **fields, outcome="asked")
        async with outcome_written(
            send, partial(judge.audit.write, "report", **fields)
        ) as logged_send:
            await self.route.handle(*with_body(scope, receive, body), logged_send)


def guarded(
    routes: Iterable[BaseRoute], judge: Judge, subscriptions: Subscriptions
) -> list[BaseRoute]:
    """Return the routes, each wrapped in its guard."""
    return [GuardedRoute(route, judge, subscriptions) for route in routes]


def _accepts_html(scope: Scope) -> bool:
    accepted = HTTPConnection(scope).headers.get("accept", "")
    return scope["type"] == "http" and scope["method"] == "GET" and "text/html" in accepted
