"""`/healthz`, `/readyz` and Prometheus' `/metrics`, for whoever watches the server by a token."""

from typing import Any

from dagster._core.workspace.context import IWorkspaceProcessContext
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from candid_assets.monitoring.prometheus_metrics import exposition
from candid_assets.monitoring.readiness import readiness
from candid_assets.settings import Settings


def monitoring_routes(
    settings: Settings, context: IWorkspaceProcessContext[Any]
) -> list[BaseRoute]:
    """Return the routes.

    - `/healthz`: 200 as long as the webserver answers.
    - `/readyz`: 200 if every part works, else 503; either way what is wrong with which part.
    - `/metrics`: text in Prometheus' format.
    """

    def location_errors() -> list[str]:
        entries = context.create_request_context().get_code_location_entries().values()
        return [entry.load_error.message for entry in entries if entry.load_error is not None]

    def ready(_: Request) -> Response:
        parts = readiness(settings, context.instance, location_errors)
        whole = all(part.problem is None for part in parts)
        body = {"ready": whole, "parts": {part.name: part.as_dict() for part in parts}}
        return JSONResponse(body, 200 if whole else 503)

    def metrics(_: Request) -> Response:
        text = exposition(settings, context.instance)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", _healthy), Route("/readyz", ready), Route("/metrics", metrics)]


async def _healthy(_: Request) -> Response:
    return JSONResponse({"healthy": True})
