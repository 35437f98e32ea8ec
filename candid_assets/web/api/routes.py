"""The API's routes: each reads the snapshot that is published when it is asked."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.settings import Settings
from candid_assets.web.api.listings import metrics_listed, tables_listed
from candid_assets.web.api.openapi import ROOT, openapi
from candid_assets.web.api.query_parameters import (
    Statement,
    once,
    read_question,
    read_value,
    select,
    unknown,
)
from candid_assets.web.api.relations import CHECKS, LEDGER, SERIES, Relation
from candid_assets.web.api.responses import (
    MEDIA,
    Format,
    Limits,
    Runner,
    format_of,
    page_of,
    written,
)
from candid_assets.web.api.schemas import Definition, Health, Lineage
from candid_assets.web.api.snapshots import Snapshot, Snapshots
from candid_assets.web.audit_log import Audit
from candid_assets.web.identity import caller_of
from candid_assets.web.refusal import Refused

_SERIES_ASKS: Final = ("grain", "dimension", "member", "from", "to")
_PAGE_ASKS: Final = ("limit", "offset", "format", "snapshot")
Make = Callable[[Snapshot], dict[str, Any]]


class Api:
    """Answers what is asked of the published snapshot."""

    def __init__(self, settings: Settings, audit: Audit, limits: Limits | None = None) -> None:
        self.snapshots, self.audit = Snapshots(settings), audit
        self.limits = limits or Limits()
        self.run = Runner(self.limits)

    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be guarded like all others; the last takes what is left over."""
        found: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/openapi.json": self._document,
            "/tables": self._tables,
            "/tables/{table}": self._table,
            "/metrics": self._metrics,
            "/metrics/{name}": self._series,
            "/metrics/{name}/definition": self._definition,
            "/lineage/{name:path}": self._lineage,
            "/quality": self._checks,
            "/quality/ledger": self._ledger,
            "/quality/health": self._health,
        }
        known = [Route(f"{ROOT}{path}", endpoint) for path, endpoint in found.items()]
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
            found = definition(snapshot.catalog, metric)
            found.pop("file")
            return Definition(**found).model_dump()

        metric = _metric(await self._snapshot(), request.path_params["name"])
        return await self._once(request, f"definition {metric.name}", make)

    async def _lineage(self, request: Request) -> Response:
        from candid_assets.lineage.errors import LineageError
        from candid_assets.web.api.lineage import traced

        _only(request, ("direction", "format"))
        form = format_of(request, ("json",))
        snapshot = await self._snapshot()
        direction = request.query_params.get("direction")
        if direction not in (None, "up", "down"):
            raise Refused(400, "`direction` is up or down")
        name = request.path_params["name"]

        try:
            found = await self.run(snapshot, lambda c: traced(snapshot, c, name, direction))
        except LineageError as error:
            raise Refused(404, str(error)) from error
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        told = Lineage.model_validate(found).model_dump()
        return self._answer(request, snapshot, form, written(told))

    async def _health(self, request: Request) -> Response:
        from candid_assets.warehouse.snapshot_status import snapshot_status

        _only(request, ("format",))
        form = format_of(request, ("json",))
        snapshot = await self._snapshot()
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        found = await self.run(snapshot, snapshot_status)
        told = Health(snapshot=snapshot.id, **found).model_dump()
        return self._answer(request, snapshot, form, written(told))

    async def _table(self, request: Request) -> Response:
        snapshot = await self._snapshot()
        name = request.path_params["table"]
        relation = snapshot.tables.get(name) or snapshot.tables.get(f"ready.{name}")
        if relation is None:
            told = unknown("table", name, snapshot.tables)
            raise Refused(404, told.message)
        return await self._rows(request, snapshot, relation)

    async def _checks(self, request: Request) -> Response:
        return await self._rows(request, await self._snapshot(), CHECKS)

    async def _ledger(self, request: Request) -> Response:
        return await self._rows(request, await self._snapshot(), LEDGER)

    async def _rows(self, request: Request, snapshot: Snapshot, relation: Relation) -> Response:
        statement = read_question(relation, request.query_params.multi_items())
        return await self._page(request, snapshot, statement, {})

    async def _series(self, request: Request) -> Response:
        snapshot = await self._snapshot()
        metric = _metric(snapshot, request.path_params["name"])
        if SERIES.name not in snapshot.tables:
            raise Refused(404, "no values of metrics are published yet; run `candid run`")
        _only(request, (*_SERIES_ASKS, *_PAGE_ASKS))
        asked = request.query_params
        grain = _chosen(asked.get("grain"), "grain", metric.grains, metric.grains[0])
        by = _chosen(asked.get("dimension"), "dimension", (TOTAL, *metric.dimensions), TOTAL)
        conditions = ["metric = ?", "grain = ?", "dimension = ?"]
        values: list[Any] = [metric.name, grain, by]
        for name, condition in (
            ("member", "member = ?"),
            ("from", "period_start >= ?"),
            ("to", "period_start <= ?"),
        ):
            if (text := asked.get(name)) is not None:
                conditions.append(condition)
                values.append(_series_value(name, text))
        sort = ("member", "period_start")
        statement = select(SERIES, SERIES.fields, conditions, values, sort=sort, own=asked)
        told = {"metric": metric.name, "grain": grain, "dimension": by}
        return await self._page(request, snapshot, statement, told)

    async def _page(
        self, request: Request, snapshot: Snapshot, statement: Statement, told: dict[str, Any]
    ) -> Response:
        form = format_of(request)
        if request.query_params.get("snapshot", snapshot.id) != snapshot.id:
            raise Refused(409, "another snapshot was published since; begin again at offset 0")
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same

        def around(count: int, more: bool) -> dict[str, Any]:
            following = _following(request, snapshot, statement) if more else None
            head = {"snapshot": snapshot.id, "env": snapshot.env}
            return {**head, **told, "count": count, "next": following}

        page = await self.run(snapshot, lambda c: page_of(c, statement, form, around))
        headers = {}
        if page.more:
            headers["Link"] = f'<{_following(request, snapshot, statement)}>; rel="next"'
        return self._answer(request, snapshot, form, page.body, headers, rows=page.rows)

    async def _once(self, request: Request, name: str, make: Make) -> Response:
        """Answer with what is made once for each snapshot."""
        _only(request, ("format",))
        form = format_of(request, ("json",))
        snapshot = await self._snapshot()
        if (same := _unchanged(request, snapshot, form)) is not None:
            return same
        if name not in snapshot.made:
            snapshot.made[name] = await run_in_threadpool(lambda: written(make(snapshot)))
        return self._answer(request, snapshot, form, snapshot.made[name])

    async def _snapshot(self) -> Snapshot:
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
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.audit.note(
            "read", **caller_of(request.scope).told, operation=asked, rows=rows, format=form
        )
        told = {**_tag(snapshot, form), **(headers or {})}
        return Response(body, 200, told, media_type=MEDIA[form])


def _metric(snapshot: Snapshot, name: str) -> Metric:
    metrics = {metric.name: metric for metric in snapshot.catalog.registry.metrics}
    if name not in metrics:
        raise Refused(404, unknown("metric", name, metrics).message)
    return metrics[name]


def _chosen(text: str | None, what: str, known: tuple[str, ...], default: str) -> str:
    if text is None:
        return default
    if text not in known:
        raise unknown(what, text, known)
    return text


def _series_value(name: str, text: str) -> str | date:
    field = SERIES.field["member" if name == "member" else "period_start"]
    found: str | date = read_value(replace(field, name=name), text)
    return found


def _only(request: Request, known: tuple[str, ...]) -> None:
    """Refuse parameters that are not known here, or stand twice."""
    asked = request.query_params.multi_items()
    for name, _ in asked:
        if name not in known:
            raise unknown("parameter", name, known)
    once(asked, known)


def _following(request: Request, snapshot: Snapshot, statement: Statement) -> str:
    """Return the address of the rows that follow."""
    own = ("offset", "snapshot")
    kept = [(n, v) for n, v in request.query_params.multi_items() if n not in own]
    kept += [("offset", str(statement.offset + statement.limit)), ("snapshot", snapshot.id)]
    return f"{quote(request.url.path)}?{urlencode(kept)}"


def _tag(snapshot: Snapshot, form: Format) -> dict[str, str]:
    return {
        "ETag": f'"{snapshot.id}-{form}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }


def _unchanged(request: Request, snapshot: Snapshot, form: Format) -> Response | None:
    """Return the answer to who has this snapshot's answer already."""
    told = _tag(snapshot, form)
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return Response(status_code=304, headers=told) if tags & {told["ETag"], "*"} else None


async def _nothing(_: Request) -> Response:
    raise Refused(404, f"there is nothing here; {ROOT}/openapi.json tells what there is")
