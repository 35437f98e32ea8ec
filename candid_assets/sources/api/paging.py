"""Requests the pages of a table one after the other, as the contract's `pagination` says.

Stepping goes by what came: an offset grows by the records received, so that an API which gives
fewer records than were asked for is read whole. Pages end where an answer says so, or where one
has no records; an API may also answer a page behind the last one with 204 or 404.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin

from dlt.sources.helpers.rest_client.client import RESTClient
from requests import HTTPError, Response

from candid_assets.contracts.catalog import Tab
from candid_assets.errors import CandidError
from candid_assets.sources.api.answers import (
    NOT_FOUND,
    AnswerPage,
    NoRecordsError,
    address_in,
    page_of,
    value_at,
)
from candid_assets.sources.api.client import fetch, require_same_origin
from candid_assets.sources.api.page_signs import Sign, has_end_flag, is_last, more_in, signs_of

COUNTED: Final = frozenset({"page", "offset", "last_record"})
"""Ways of paging in which the next page is computed and not named by the API."""
_BEHIND_THE_LAST: Final = frozenset({400, 404, 410, 416, 422})
"""How APIs answer the request of a page behind the last one; but for 404 they must have said so."""
_DEFAULT_PARAMETERS: Final = {
    "page": "page",
    "offset": "offset",
    "cursor": "cursor",
    "last_record": "starting_after",
}


class MissingPageError(CandidError):
    """A page is missing whose existence the page before states."""


def pages_of(
    client: RESTClient, tab: Tab, facts: Mapping[str, Any], more: Mapping[str, str]
) -> Iterator[AnswerPage]:
    """Yield the pages of a table.

    Args:
        client: The API.
        tab: The table's contract.
        facts: The custom properties of the server.
        more: Query parameters beside those of the contract.

    Raises:
        HTTPError: A page is answered with an error.
        ValueError: An answer is no JSON or holds no records where they should be.
    """
    first = first_parameters(facts) | {**tab.reading.parameters, **more}
    address, params = tab.title, first
    before: AnswerPage | None = None
    rows = number = 0
    while True:
        response = fetch(client, address, params)
        if response.status_code >= 400:
            if before is not None and _is_behind_the_last(response, before, facts, number, rows):
                return
            # A refusal is believed when it comes twice.
            response = fetch(client, address, params)
            if response.status_code >= 400:
                raise HTTPError(response=response)
        page = page_of(response, tab.reading.records_at or "", before)
        repeats = before is not None and page.records == before.records
        # Some APIs give the last page again for every page behind it.
        if repeats and is_last(_signs(page, facts), number):
            return
        number += 1
        rows += len(page.records)
        yield page
        step = _next(page, facts, number, rows)
        if step is None or (step == address and not page.records):
            return
        before = page
        address, params = (step, {}) if isinstance(step, str) else (tab.title, {**first, **step})


def second_page(
    client: RESTClient, path: str, first: AnswerPage, facts: Mapping[str, Any]
) -> AnswerPage | None:
    """Return the page behind a first one that was requested without parameters.

    Returns:
        None where the first page leads to no other one, or that is answered with an error.

    Raises:
        ValueError: The answer is no JSON or holds no records where they should be.
    """
    step = _next(first, facts, 1, len(first.records))
    if step is None:
        return None
    sizes = {k: v for k, v in first_parameters(facts).items() if k == facts.get("sizeParameter")}
    address, params = (step, {}) if isinstance(step, str) else (path, {**sizes, **step})
    response = fetch(client, address, params)
    return page_of(response, "", first) if response.ok else None


def _signs(page: AnswerPage, facts: Mapping[str, Any]) -> list[Sign]:
    return signs_of(page, facts.get("ignoredSigns") or ())


def _is_behind_the_last(
    response: Response, before: AnswerPage, facts: Mapping[str, Any], number: int, rows: int
) -> bool:
    """Whether an error is how an API answers the request of a page that there is not.

    Raises:
        MissingPageError: The page before says that there is more.
    """
    signs = _signs(before, facts)
    status = response.status_code
    if facts.get("pagination") not in COUNTED or status not in _BEHIND_THE_LAST:
        return False
    if (said := more_in(signs, rows, number)) is not None:
        raise MissingPageError(f"page {number + 1} is missing ({said})")
    return status == NOT_FOUND or is_last(signs, number)


def first_parameters(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the first page."""
    kind = facts.get("pagination", "none")
    params: dict[str, Any] = {}
    size = facts.get("sizeParameter") or ("limit" if kind == "offset" else None)
    if size:
        params[size] = facts.get("pageSize", 100)
    if kind == "page":
        params[_parameter(facts)] = int(facts.get("firstPage", 1))
    if kind == "offset":
        params[_parameter(facts)] = 0
    return params


def _parameter(facts: Mapping[str, Any]) -> str:
    return str(facts.get("pageParameter") or _DEFAULT_PARAMETERS[facts["pagination"]])


def _next(
    page: AnswerPage, facts: Mapping[str, Any], number: int, rows: int
) -> str | dict[str, Any] | None:
    """Return the address or the parameters of the next page, None behind the last one."""
    kind, next_at = facts.get("pagination", "none"), facts.get("nextAt")
    if kind in COUNTED:
        return _counted(kind, page, facts, number, rows) if page.records else None
    if kind == "none" or has_end_flag(_signs(page, facts)):
        return None
    if kind == "link":
        return _absolute(page, page.response.links.get("next", {}).get("url"))
    value = value_at(page.content, next_at or "next")
    if kind == "next_url":
        return _absolute(page, address_in(value))
    return {_parameter(facts): value} if value not in (None, "", False) else None


def _counted(
    kind: str, page: AnswerPage, facts: Mapping[str, Any], number: int, rows: int
) -> dict[str, Any]:
    if kind == "page":
        return {_parameter(facts): int(facts.get("firstPage", 1)) + number}
    if kind == "offset":
        return {_parameter(facts): rows}
    key = facts.get("nextAt") or "id"
    last = value_at(page.records[-1], key)
    if last is None:
        raise NoRecordsError(f"the last record of page {number} has no {key}")
    return {_parameter(facts): last}


def _absolute(page: AnswerPage, address: Any) -> str | None:
    if not address:
        return None
    try:
        following = urljoin(page.response.url, str(address))
    except ValueError:
        following = str(address)
    require_same_origin(following, page.response.url)
    return following
