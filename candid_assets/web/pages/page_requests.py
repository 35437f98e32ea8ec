"""Reads the parameters of a request for a page; an unknown one is refused with the nearest."""

from collections.abc import Sequence

from starlette.requests import Request

from candid_assets.web.api.query_parameters import require_once, unknown
from candid_assets.web.pages.table_page import CONDITION


def conditions(request: Request, *more: str) -> list[tuple[str, str]]:
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


def given(request: Request, known: Sequence[str]) -> dict[str, str]:
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


def target(request: Request) -> str:
    """Return the address that was asked for, below the server's own."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
