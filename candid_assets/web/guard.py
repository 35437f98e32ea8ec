"""Puts the policy in front of each of Dagster's routes.

The guard sits on the route itself: whatever path leads to a route leads through its guard, and
a route that the policy does not name answers nobody.
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
from candid_assets.web.identity import caller_of
from candid_assets.web.launches import examine_report
from candid_assets.web.mutations import Judge, heard, read_json_body, replayed
from candid_assets.web.policy import Roles
from candid_assets.web.refusal import Refused, refuse
from candid_assets.web.subscriptions import Subscriptions

REPORTS = {
    "/report_asset_materialization/{asset_key:path}": "ASSET_MATERIALIZATION",
    "/report_asset_observation/{asset_key:path}": "ASSET_OBSERVATION",
    "/report_asset_check/{asset_key:path}": "ASSET_CHECK_EVALUATION",
}


class GuardedRoute(BaseRoute):
    """One of Dagster's routes with the policy in front of it."""

    def __init__(self, route: BaseRoute, judge: Judge, subscriptions: Subscriptions) -> None:
        self.route, self.judge, self.subscriptions = route, judge, subscriptions
        self.path = str(getattr(route, "path", ""))
        self.kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
        table = judge.policy.websocket if self.kind == "websocket" else judge.policy.http
        self.roles: Roles = table.get(self.path, ())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what Dagster's route matches."""
        return self.route.matches(scope)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Name what Dagster's route names."""
        return self.route.url_path_for(name, **path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to Dagster if the policy says so."""
        sent = False

        async def noted(message: Any) -> None:
            nonlocal sent
            sent = True
            await send(message)

        try:
            await self._judged(scope, receive, noted)
        except Refused as refused:
            if sent:
                raise
            if refused.status == 401 and _is_a_page(scope):
                target = scope["path"] + (
                    f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
                )
                answer = RedirectResponse(f"/login?next={quote(target, safe='')}", 303)
                await answer(scope, receive, send)
                return
            await refuse(refused, scope, receive, send)

    async def _judged(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != self.kind:
            raise Refused(403, "there is no WebSocket here")
        caller = caller_of(scope)
        if caller.user.role not in self.roles:
            raise Refused(403, f"a user with the role {caller.user.role} may not open this")
        if self.kind == "websocket":
            await self.subscriptions(self.route.handle, scope, receive, send)
        elif self.path == "/graphql":
            await self.judge.graphql(self.route.handle, scope, receive, send)
        elif self.path in REPORTS:
            await self._report(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "this is only read", {"Allow": "GET"})
        else:
            await self.route.handle(scope, receive, send)

    async def _report(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller, judge = caller_of(scope), self.judge
        asking = new_id()
        told = {"id": asking, **caller.told, "operation": scope["path"]}
        body = await read_json_body(scope, receive)
        try:
            if scope["query_string"]:
                raise Refused(400, "everything stands in the body")
            if caller.user.role == "agent":
                examine_report(judge.settings.env, judge.policy, REPORTS[self.path])
        except Refused as refused:
            outcome = f"refused: {refused.message}"
            await run_in_threadpool(judge.audit.write, "report", **told, outcome=outcome)
            raise
        told["variables"] = shortened(body.decode("utf-8", "replace"))
        await run_in_threadpool(judge.audit.write, "report", **told, outcome="asked")
        async with heard(send, partial(judge.audit.write, "report", **told)) as said:
            await self.route.handle(*replayed(scope, receive, body), said)


def guarded(
    routes: Iterable[BaseRoute], judge: Judge, subscriptions: Subscriptions
) -> list[BaseRoute]:
    """Return the routes, each behind its guard."""
    return [GuardedRoute(route, judge, subscriptions) for route in routes]


def _is_a_page(scope: Scope) -> bool:
    accepted = HTTPConnection(scope).headers.get("accept", "")
    return scope["type"] == "http" and scope["method"] == "GET" and "text/html" in accepted
