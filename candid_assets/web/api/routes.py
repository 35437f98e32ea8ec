"""The API's routes: each request reads the snapshot that is published when it arrives."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from candid_assets.settings import Settings
from candid_assets.web.api.formula_texts import FORMULAS
from candid_assets.web.api.listings import metrics_listed, tables_listed
from candid_assets.web.api.metric_series import (
    SERIES_PARAMETERS,
    chosen,
    find_metric,
    series_query,
)
from candid_assets.web.api.openapi import ROOT, openapi
from candid_assets.web.api.query_parameters import (
    Statement,
    compile_query,
    require_once,
    unknown,
)
from candid_assets.web.api.relations import CELLS, CHECKS, LEDGER, Relation
from candid_assets.web.api.responses import (
    MEDIA,
    Format,
    Limits,
    Runner,
    format_of,
    page_of,
    to_json,
)
from candid_assets.web.api.schemas import Definition, Health, Lineage, MetricCellsShape
from candid_assets.web.api.snapshots import Snapshot, Snapshots
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.identity import principal_of
from candid_assets.web.refusal import Refused

_PAGE_PARAMETERS: Final = ("limit", "offset", "format", "formulas", "snapshot")
Make = Callable[[Snapshot], dict[str, Any]]


class Api:
    """Answers requests from the published snapshot."""

    def __init__(self, settings: Settings, audit: AuditLog, limits: Limits | None = None) -> None:
        self.snapshots, self.audit = Snapshots(settings), audit
        self.limits = limits or Limits()
        self.run = Runner(self.limits)

    def routes(self) -> list[BaseRoute]:
        """Return the routes; the last one refuses every other path below `/api/`."""
        endpoints: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/openapi.json": self._document,
            "/tables": self._tables,
            "/tables/{table}": self._table,
            "/metrics": self._metrics,
            "/metrics/{name}": self._series,
            "/metrics/{name}/definition": self._definition,
            "/metrics/{name}/cells": self._metric_cells,
            "/lineage/{name:path}": self._lineage,
            "/quality": self._checks,
            "/quality/ledger": self._ledger,
            "/quality/cells": self._cells,
            "/quality/health": self._health,
        }
        known = [Route(f"{ROOT}{path}", endpoint) for path, endpoint in endpoints.items()]
        return [*known, Route("/api/{path:path}", _nothing)]

    async def _document(self, request: Request) -> Response:
        return await self._once(request, "document", lambda s: openapi(s, self.limits))

    async def _tables(self, request: Request) -> Response:
        return await self._once(request, "tables", tables_listed)

    async def _metrics(self, request: Request) -> Response:
        return await self._once(request, "metrics", metrics_listed)

    async def _definition(self, request: Request) -> Response:
        from candid_assets.metrics.lookup import definition

        def make(snapshot: Snapshot) -> dict[str, Any]:
            facts = definition(snapshot.catalog, metric)
            facts.pop("file")
            return Definition(**facts).model_dump()

        metric = find_metric(await self.snapshot(), request.path_params["name"])
        return await self._once(request, f"definition {metric.name}", make)

    async def _lineage(self, request: Request) -> Response:
        from candid_assets.lineage.errors import LineageError
        from candid_assets.web.api.lineage import traced

        _only(request, ("direction", "format"))
        form = format_of(request, ("json",))
        snapshot = await self.snapshot()
        direction = request.query_params.get("direction")
        if direction not in (None, "up", "down"):
            raise Refused(400, "`direction` is up or down")
        name = request.path_params["name"]

        try:
            answer = await self.run(snapshot, lambda c: traced(snapshot, c, name, direction))
        except LineageError as error:
            raise Refused(404, str(error)) from error
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        body = to_json(Lineage.model_validate(answer).model_dump())
        return self._answer(request, snapshot, form, body)

    async def _metric_cells(self, request: Request) -> Response:
        from candid_assets.lineage.errors import LineageError
        from candid_assets.web.api.metric_cells import CELLS_PARAMETERS, cells_of, cells_query

        _only(request, (*CELLS_PARAMETERS, "format"))
        form = format_of(request, ("json",))
        snapshot = await self.snapshot()
        metric = find_metric(snapshot, request.path_params["name"])
        asked = cells_query(snapshot, metric, request.query_params)
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        try:
            answer = await self.run(snapshot, lambda c: cells_of(snapshot, c, asked))
        except LineageError as error:
            raise Refused(404, str(error)) from error
        body = to_json(MetricCellsShape.model_validate(answer).model_dump())
        return self._answer(request, snapshot, form, body)

    async def _health(self, request: Request) -> Response:
        from candid_assets.warehouse.snapshot_status import snapshot_status

        _only(request, ("format",))
        form = format_of(request, ("json",))
        snapshot = await self.snapshot()
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        status = await self.run(snapshot, snapshot_status)
        body = to_json(Health(snapshot=snapshot.id, **status.as_dict()).model_dump())
        return self._answer(request, snapshot, form, body)

    async def _table(self, request: Request) -> Response:
        snapshot = await self.snapshot()
        name = request.path_params["table"]
        relation = snapshot.tables.get(name) or snapshot.tables.get(f"ready.{name}")
        if relation is None:
            raise Refused(404, unknown("table", name, snapshot.tables).message)
        return await self._rows(request, snapshot, relation)

    async def _checks(self, request: Request) -> Response:
        return await self._rows(request, await self.snapshot(), CHECKS)

    async def _ledger(self, request: Request) -> Response:
        return await self._rows(request, await self.snapshot(), LEDGER)

    async def _cells(self, request: Request) -> Response:
        return await self._rows(request, await self.snapshot(), CELLS)

    async def _rows(self, request: Request, snapshot: Snapshot, relation: Relation) -> Response:
        statement = compile_query(relation, request.query_params.multi_items())
        return await self._page(request, snapshot, statement, {})

    async def _series(self, request: Request) -> Response:
        snapshot = await self.snapshot()
        metric = find_metric(snapshot, request.path_params["name"])
        _only(request, (*SERIES_PARAMETERS, *_PAGE_PARAMETERS))
        asked = series_query(snapshot, metric, request.query_params)
        head = {"metric": metric.name, "grain": asked.grain, "dimension": asked.dimension}
        return await self._page(request, snapshot, asked.statement, head)

    async def _page(
        self, request: Request, snapshot: Snapshot, statement: Statement, head: dict[str, Any]
    ) -> Response:
        form = format_of(request)
        query = request.query_params
        formulas = chosen(query.get("formulas"), "formulas", FORMULAS, FORMULAS[0])
        if request.query_params.get("snapshot", snapshot.id) != snapshot.id:
            raise Refused(409, "another snapshot was published since; begin again at offset 0")
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same

        def head_of(count: int, more: bool) -> dict[str, Any]:
            following = _following(request, snapshot, statement) if more else None
            of = {"snapshot": snapshot.id, "env": snapshot.env}
            return {**of, **head, "count": count, "next": following}

        page = await self.run(snapshot, lambda c: page_of(c, statement, form, head_of, formulas))
        headers = {}
        if page.more:
            headers["Link"] = f'<{_following(request, snapshot, statement)}>; rel="next"'
        return self._answer(request, snapshot, form, page.body, headers, rows=page.rows)

    async def _once(self, request: Request, name: str, make: Make) -> Response:
        """Answer with a body that is made once for each snapshot."""
        _only(request, ("format",))
        form = format_of(request, ("json",))
        snapshot = await self.snapshot()
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        if name not in snapshot.made:
            snapshot.made[name] = await run_in_threadpool(lambda: to_json(make(snapshot)))
        return self._answer(request, snapshot, form, snapshot.made[name])

    async def snapshot(self) -> Snapshot:
        """Return the snapshot that is published now.

        Raises:
            Refused: There is none, or it cannot be opened.
        """
        if (opened := self.snapshots.opened()) is not None:
            return opened
        return await run_in_threadpool(self.snapshots.current)

    def _answer(
        self,
        request: Request,
        snapshot: Snapshot,
        form: Format,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        rows: int | None = None,
    ) -> Response:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.audit.note(
            "read", **principal_of(request.scope).fields, operation=target, rows=rows, format=form
        )
        sent = {**_cache_headers(snapshot, form), **(headers or {})}
        return Response(body, 200, sent, media_type=MEDIA[form])


def _only(request: Request, known: tuple[str, ...]) -> None:
    """Raise `Refused` if a parameter is unknown or given twice."""
    parameters = request.query_params.multi_items()
    for name, _ in parameters:
        if name not in known:
            raise unknown("parameter", name, known)
    require_once(parameters, known)


def _following(request: Request, snapshot: Snapshot, statement: Statement) -> str:
    """Return the address of the rows that follow."""
    own = ("offset", "snapshot")
    kept = [(n, v) for n, v in request.query_params.multi_items() if n not in own]
    kept += [("offset", str(statement.offset + statement.limit)), ("snapshot", snapshot.id)]
    return f"{quote(request.url.path)}?{urlencode(kept)}"


def _cache_headers(snapshot: Snapshot, form: Format) -> dict[str, str]:
    return {
        "ETag": f'"{snapshot.id}-{form}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }


def _unchanged(request: Request, snapshot: Snapshot, form: Format) -> Response | None:
    """Return 304 if `If-None-Match` names this snapshot's answer, else None."""
    headers = _cache_headers(snapshot, form)
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return Response(status_code=304, headers=headers) if tags & {headers["ETag"], "*"} else None


async def _nothing(_: Request) -> Response:
    raise Refused(404, f"this path does not exist; {ROOT}/openapi.json lists those that do")
