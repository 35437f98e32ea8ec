"""The routes of the pages: each request is answered from the snapshot published when it arrives."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
import duckdb
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from candid_assets.languages import LANGUAGES, NAMES
from candid_assets.settings import Settings
from candid_assets.web.api.query_parameters import require_once, unknown
from candid_assets.web.api.routes import Api
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.identity import principal_of
from candid_assets.web.pages.change_pages import change_facts
from candid_assets.web.pages.home import home_facts
from candid_assets.web.pages.mend import CHOICES, mend_csv, mend_facts
from candid_assets.web.pages.metric_list import metric_list_facts
from candid_assets.web.pages.metric_page import CHOICES_OF_SERIES, metric_facts
from candid_assets.web.pages.rendering import (
    LANGUAGE_COOKIE,
    ROOT,
    STYLE,
    USER,
    language_of,
    page,
    render,
    signed_in,
    style_version,
    tag_of,
    unchanged,
)
from candid_assets.web.pages.run_pages import report_of, runs_facts
from candid_assets.web.pages.situation import KEPT_SECONDS, Situation
from candid_assets.web.pages.table_list import (
    TableEntry,
    entries,
    search_facts,
    table_list_facts,
)
from candid_assets.web.pages.table_page import CONDITION, relation_of, table_csv, table_facts
from candid_assets.web.refusal import Refused

ICON: Final = STYLE.with_name("icon.svg")
Facts = Callable[[Snapshot, duckdb.DuckDBPyConnection], dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]
KEPT_PAGES: Final = 200
"""Rendered pages that are kept for the next who opens them."""
_YEAR: Final = 365 * 86_400


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
            "/tables": self._tables,
            "/tables/{name}": self._table,
            "/tables/{name}/rows.csv": self._table_csv,
            "/search": self._search,
            "/runs": self._runs,
            "/runs/{run_id}": self._report,
            "/changes": self._changes,
            "/language/{code}": _choose_language,
            "/style/{version}.css": _style,
            "/icon.svg": _icon,
            "/{path:path}": _nothing,
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
        given = _given(request, (*CHOICES, "page"))

        def facts(snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
            return mend_facts(snapshot, connection, self.situation.reach(snapshot), given)

        return await self._page(request, "mend", facts, is_of_now=True)

    async def _mend_csv(self, request: Request) -> Response:
        given = _given(request, CHOICES)
        snapshot = await self.api.snapshot()
        reach = self.situation.reach(snapshot)
        body = await self.api.run(snapshot, lambda c: mend_csv(snapshot, c, reach, given))
        return self._download(request, body, "mend")

    async def _metrics(self, request: Request) -> Response:
        given = _given(request, ("spoke", "status"))
        return await self._page(
            request, "metrics", lambda s, c: metric_list_facts(self.situation.board(s, c), given)
        )

    async def _metric(self, request: Request) -> Response:
        given, name = _given(request, CHOICES_OF_SERIES), request.path_params["name"]
        return await self._page(request, "metric", lambda s, c: metric_facts(s, c, name, given))

    async def _tables(self, request: Request) -> Response:
        given = _given(request, ("layer",))
        return await self._page(
            request, "tables", lambda s, _: table_list_facts(s, self._entries(s), given)
        )

    async def _search(self, request: Request) -> Response:
        text = _given(request, ("q",)).get("q", "")[:100].strip()
        return await self._page(
            request, "search", lambda s, _: search_facts(s, self._entries(s), text)
        )

    async def _table(self, request: Request) -> Response:
        parameters = _conditions(request, "page")

        def facts(snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
            relation = relation_of(snapshot, request.path_params["name"])
            return table_facts(snapshot, connection, relation, parameters)

        return await self._page(request, "table", facts)

    async def _table_csv(self, request: Request) -> Response:
        parameters, snapshot = _conditions(request), await self.api.snapshot()
        relation = relation_of(snapshot, request.path_params["name"])
        body = await self.api.run(snapshot, lambda c: table_csv(c, relation, parameters))
        return self._download(request, body, relation.name)

    async def _runs(self, request: Request) -> Response:
        return await self._page(
            request, "runs", lambda s, c: runs_facts(c, self.situation.now(s)), is_of_now=True
        )

    async def _report(self, request: Request) -> Response:
        run_id = request.path_params["run_id"]
        html, policy = await run_in_threadpool(report_of, self.settings, run_id)
        answer = page(html, None)
        answer.headers["Content-Security-Policy"] = policy
        return answer

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
        self.audit.note("read", **principal.fields, operation=_target(request), format="csv")
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
        target = _target(request)
        stamp = int(datetime.now(UTC).timestamp() // KEPT_SECONDS) if is_of_now else ""
        tag = tag_of(snapshot.id, language, user.name, target, stamp)
        if (same := unchanged(request, tag)) is not None:
            return same

        def made(connection: duckdb.DuckDBPyConnection) -> str:
            facts = make(snapshot, connection)
            return render(language, f"{template}.html.j2", self._frame(request, snapshot) | facts)

        key = (snapshot.id, language, target, stamp)
        html = self._rendered.get(key)
        if html is None:
            html = await self.api.run(snapshot, made)
            self._keep(key, html)
        self.audit.note("read", **principal_of(request.scope).fields, operation=target, rows=None)
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
            "here": _target(request),
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


async def _style(request: Request) -> Response:
    headers = {"Cache-Control": f"private, max-age={_YEAR}, immutable"}
    if request.path_params["version"] != style_version():
        headers["Cache-Control"] = "no-cache"
    return Response(STYLE.read_bytes(), media_type="text/css", headers=headers)


async def _icon(_: Request) -> Response:
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(ICON.read_bytes(), media_type="image/svg+xml", headers=headers)


async def _choose_language(request: Request) -> Response:
    """Keep a person's choice of language in a cookie and go back to where they were."""
    code, back = request.path_params["code"], request.query_params.get("next", ROOT)
    if code not in LANGUAGES:
        raise Refused(404, f"pages are written in {' and '.join(LANGUAGES)}; not in {code[:20]!r}")
    is_page = back == ROOT or back.startswith((f"{ROOT}/", f"{ROOT}?"))
    plain = back.isprintable() and "\\" not in back and "//" not in back
    answer = RedirectResponse(back if is_page and plain else ROOT, 303)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=_YEAR,
        path=ROOT,
        samesite="lax",
        httponly=True,
        secure=request.url.scheme == "https",
    )
    return answer


async def _nothing(_: Request) -> Response:
    raise Refused(404, "there is no such page")


def _conditions(request: Request, *more: str) -> list[tuple[str, str]]:
    """Return the parameters of a request for rows of a table.

    Raises:
        Refused: A parameter is unknown.
    """
    parameters = request.query_params.multi_items()
    known = (*CONDITION, "sort", *more)
    for name, _ in parameters:
        if name not in known:
            raise unknown("parameter", name, known)
    require_once(parameters, ("sort", *more))
    return parameters


def _given(request: Request, known: Sequence[str]) -> dict[str, str]:
    """Return the parameters of a request; a form sends those that were not chosen empty.

    Raises:
        Refused: A parameter is unknown or given twice.
    """
    parameters = request.query_params.multi_items()
    for name, _ in parameters:
        if name not in known:
            raise unknown("parameter", name, known)
    require_once(parameters, known)
    return {name: value for name, value in parameters if value}


def _target(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
