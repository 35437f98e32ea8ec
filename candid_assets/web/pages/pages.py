"""The routes of the pages: each request is answered from the snapshot published when it arrives."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
import duckdb
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from candid_assets.languages import LANGUAGES, NAMES
from candid_assets.settings import Settings
from candid_assets.web.api.routes import Api
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.identity import principal_of
from candid_assets.web.pages.change_pages import change_facts
from candid_assets.web.pages.frame import choose_language, icon, nothing, style
from candid_assets.web.pages.home import home_facts
from candid_assets.web.pages.mend import CHOICES, mend_csv, mend_facts
from candid_assets.web.pages.metric_list import metric_list_facts
from candid_assets.web.pages.metric_page import CHOICES_OF_SERIES, metric_facts
from candid_assets.web.pages.page_requests import conditions, given, target
from candid_assets.web.pages.rendering import (
    ROOT,
    USER,
    language_of,
    page,
    render,
    signed_in,
    tag_of,
    unchanged,
)
from candid_assets.web.pages.run_pages import audited_page, report_of, runs_facts
from candid_assets.web.pages.situation import KEPT_SECONDS, Situation
from candid_assets.web.pages.table_list import (
    TableEntry,
    entries,
    search_facts,
    table_list_facts,
)
from candid_assets.web.pages.table_page import relation_of, table_csv, table_facts
from candid_assets.web.pages.value_page import CHOICES_OF_VALUE, value_facts
from candid_assets.web.refusal import Refused

Facts = Callable[[Snapshot, duckdb.DuckDBPyConnection], dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]
KEPT_PAGES: Final = 200
"""Rendered pages that are kept for the next who opens them."""


class Pages:
    """Answers people's requests with pages."""

    def __init__(
        self, settings: Settings, api: Api, audit: AuditLog, instance: dg.DagsterInstance
    ) -> None:
        self.settings, self.api, self.audit = settings, api, audit
        self.situation = Situation(settings, instance)
        self._rendered: dict[tuple[object, ...], str] = {}

    def routes(self) -> list[BaseRoute]:
        """Return the routes; the last one answers every other path below `/candid`."""
        endpoints: dict[str, Endpoint] = {
            "": self._home,
            "/mend": self._mend,
            "/mend.csv": self._mend_csv,
            "/metrics": self._metrics,
            "/metrics/{name}": self._metric,
            "/metrics/{name}/cells": self._value,
            "/tables": self._tables,
            "/tables/{name}": self._table,
            "/tables/{name}/rows.csv": self._table_csv,
            "/search": self._search,
            "/runs": self._runs,
            "/runs/{run_id}": self._report,
            "/audit/{name}": self._audited,
            "/changes": self._changes,
            "/language/{code}": choose_language,
            "/style/{version}.css": style,
            "/icon.svg": icon,
            "/{path:path}": nothing,
        }
        return [
            Route(f"{ROOT}{path}", self._explained(endpoint))
            for path, endpoint in endpoints.items()
        ]

    async def _home(self, request: Request) -> Response:
        return await self._page(
            request, "home", lambda s, c: home_facts(s, c, self.situation), is_of_now=True
        )

    async def _mend(self, request: Request) -> Response:
        choices = given(request, (*CHOICES, "page"))

        def facts(snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
            return mend_facts(snapshot, connection, self.situation.reach(snapshot), choices)

        return await self._page(request, "mend", facts, is_of_now=True)

    async def _mend_csv(self, request: Request) -> Response:
        choices = given(request, CHOICES)
        snapshot = await self.api.snapshot()
        reach = self.situation.reach(snapshot)
        body = await self.api.run(snapshot, lambda c: mend_csv(snapshot, c, reach, choices))
        return self._download(request, body, "mend")

    async def _metrics(self, request: Request) -> Response:
        choices = given(request, ("spoke", "status"))
        return await self._page(
            request, "metrics", lambda s, c: metric_list_facts(self.situation.board(s, c), choices)
        )

    async def _metric(self, request: Request) -> Response:
        choices, name = given(request, CHOICES_OF_SERIES), request.path_params["name"]
        return await self._page(request, "metric", lambda s, c: metric_facts(s, c, name, choices))

    async def _value(self, request: Request) -> Response:
        choices, name = given(request, CHOICES_OF_VALUE), request.path_params["name"]
        return await self._page(request, "value", lambda s, c: value_facts(s, c, name, choices))

    async def _tables(self, request: Request) -> Response:
        choices = given(request, ("layer",))
        return await self._page(
            request, "tables", lambda s, _: table_list_facts(s, self._entries(s), choices)
        )

    async def _search(self, request: Request) -> Response:
        text = given(request, ("q",)).get("q", "")[:100].strip()
        return await self._page(
            request, "search", lambda s, _: search_facts(s, self._entries(s), text)
        )

    async def _table(self, request: Request) -> Response:
        parameters = conditions(request, "page")

        def facts(snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
            relation = relation_of(snapshot, request.path_params["name"])
            return table_facts(snapshot, connection, relation, parameters)

        return await self._page(request, "table", facts)

    async def _table_csv(self, request: Request) -> Response:
        parameters, snapshot = conditions(request), await self.api.snapshot()
        relation = relation_of(snapshot, request.path_params["name"])
        body = await self.api.run(snapshot, lambda c: table_csv(c, relation, parameters))
        return self._download(request, body, relation.name)

    async def _runs(self, request: Request) -> Response:
        return await self._page(
            request,
            "runs",
            lambda s, c: runs_facts(c, self.situation.now(s), self.settings),
            is_of_now=True,
        )

    async def _report(self, request: Request) -> Response:
        run_id = request.path_params["run_id"]
        return _with_policy(*await run_in_threadpool(report_of, self.settings, run_id))

    async def _audited(self, request: Request) -> Response:
        name = request.path_params["name"]
        return _with_policy(*await run_in_threadpool(audited_page, self.settings, name))

    async def _changes(self, request: Request) -> Response:
        return await self._page(
            request,
            "changes",
            lambda s, c: change_facts(c, s.catalog, self.settings),
            is_of_now=True,
        )

    def _entries(self, snapshot: Snapshot) -> list[TableEntry]:
        return self.situation.once(snapshot, "pages tables", lambda: entries(snapshot))

    def _download(self, request: Request, body: bytes, name: str) -> Response:
        principal = principal_of(request.scope)
        self.audit.note("read", **principal.fields, operation=target(request), format="csv")
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

    async def _page(
        self, request: Request, template: str, make: Facts, *, is_of_now: bool = False
    ) -> Response:
        """Answer with a page, or with 304 where the browser has it.

        Args:
            request: The request.
            template: Name of the template, and of the part of the pages it is in.
            make: Returns what the template shows.
            is_of_now: Whether the page also says what is so now, and not only what was published.
        """
        snapshot, language = await self.api.snapshot(), language_of(request)
        user = principal_of(request.scope).user
        address = target(request)
        stamp = int(datetime.now(UTC).timestamp() // KEPT_SECONDS) if is_of_now else ""
        tag = tag_of(snapshot.id, language, user.name, address, stamp)
        if (same := unchanged(request, tag)) is not None:
            return same

        def made(connection: duckdb.DuckDBPyConnection) -> str:
            facts = make(snapshot, connection)
            return render(language, f"{template}.html.j2", self._frame(request, snapshot) | facts)

        key = (snapshot.id, language, address, stamp)
        html = self._rendered.get(key)
        if html is None:
            html = await self.api.run(snapshot, made)
            self._keep(key, html)
        self.audit.note("read", **principal_of(request.scope).fields, operation=address, rows=None)
        return page(signed_in(html, user.name), tag)

    def _keep(self, key: tuple[object, ...], html: str) -> None:
        """Keep a rendered page in place of the one that has been kept longest."""
        if len(self._rendered) >= KEPT_PAGES:
            del self._rendered[next(iter(self._rendered))]
        self._rendered[key] = html

    def _frame(self, request: Request, snapshot: Snapshot | None) -> dict[str, Any]:
        """Return what the frame of every page shows."""
        return {
            "env": self.settings.env,
            "user": USER,
            "snapshot": snapshot,
            "section": request.url.path.removeprefix(ROOT).strip("/").partition("/")[0],
            "here": target(request),
            "languages": [(code, NAMES[code]) for code in LANGUAGES],
            "search": request.query_params.get("q", "")[:100],
        }

    def _explained(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that answers a refusal with a page which explains it."""

        async def explained(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as refused:
                facts = self._frame(request, None)
                facts |= {"status": refused.status, "message": refused.message}
                html = render(language_of(request), "refused.html.j2", facts)
                name = principal_of(request.scope).user.name
                answer = page(signed_in(html, name), None, refused.status)
                answer.headers.update(refused.headers)
                return answer

        return explained


def _with_policy(html: str, policy: str) -> Response:
    """Answer with a page that was written before, under the policy that it needs."""
    answer = page(html, None)
    answer.headers["Content-Security-Policy"] = policy
    return answer
