"""The ways in which APIs page, each with the shape that its public documentation gives."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from candid_assets_tests.sources.api.orders_api import Answer, order

SIZE = 10
Query = Mapping[str, str]
Shape = Callable[[Sequence[Any], Query, str], tuple[Any, dict[str, str]]]


@dataclass(frozen=True)
class PagedApi:
    """A way of paging: how it answers, and what `candid discover` writes of it."""

    shape: Shape
    """Returns content and headers of the answer, given all records, the query and the address."""
    paging: dict[str, Any]

    def answer(self, count: int) -> Callable[[str, str, Query], Answer]:
        """Return what answers requests for so many orders."""
        orders = [order(n) for n in range(1, count + 1)]

        def reply(address: str, _: str, query: Query) -> Answer:
            content, headers = self.shape(orders, query, address)
            return 200, headers, json.dumps(content).encode()

        return reply


def _slice(rows: Sequence[Any], start: int, size: int = SIZE) -> tuple[Sequence[Any], int | None]:
    """Return a page, and where the next one begins."""
    after = start + size
    return rows[start:after], after if after < len(rows) else None


def _stripe(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("starting_after", 0)))
    return {"object": "list", "data": part, "has_more": after is not None}, {}


def _github(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("page", 1))
    part, after = _slice(rows, (page - 1) * SIZE)
    link = f'<{address}?page=1>; rel="first"'
    return part, {"Link": f'<{address}?page={page + 1}>; rel="next", {link}' if after else link}


def _django(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("page", 1))
    part, after = _slice(rows, (page - 1) * SIZE)
    following = f"{address}?page={page + 1}" if after else None
    return {"count": len(rows), "next": following, "previous": None, "results": part}, {}


def _shopify(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("page_info", "p0")[1:]))
    link = f'<{address}?page_info=p{after}&limit=10>; rel="next"'
    return {"orders": part}, {"Link": link} if after else {}


def _odata(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("$skiptoken", 0)))
    content: dict[str, Any] = {"@odata.context": "$metadata#Orders", "value": part}
    if after:
        content["@odata.nextLink"] = f"{address}?$skiptoken={after}"
    return content, {}


def _json_api(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("page[number]", 1))
    part, after = _slice(rows, (page - 1) * SIZE)
    following = f"{address}?page[number]={page + 1}" if after else None
    return {"data": part, "links": {"self": address, "next": following}}, {}


def _relative(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("from", 0)))
    link = {"href": f"{urlsplit(address).path}?from={after}"} if after else None
    return {"_embedded": {"orders": part}, "_links": {"next": link}}, {}


def _google(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("pageToken", "t0")[1:]))
    return {"kind": "list", "items": part} | ({"nextPageToken": f"t{after}"} if after else {}), {}


def _slack(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("cursor", "c0")[1:]))
    following = f"c{after}" if after else ""
    return {"ok": True, "items": part, "response_metadata": {"next_cursor": following}}, {}


def _square(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("cursor", "c0")[1:]))
    return {"objects": part} | ({"cursor": f"c{after}"} if after else {}), {}


def _airtable(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("offset", "rec0")[3:]))
    return {"records": part} | ({"offset": f"rec{after}"} if after else {}), {}


def _number_as_cursor(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("after", 0)))
    return {"users": part} | ({"next": str(after)} if after else {}), {}


def _zendesk(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("page[after]", 0)))
    following = f"{address}?page[after]={after or len(rows)}"
    meta = {"has_more": after is not None, "after_cursor": str(after)}
    return {"orders": part, "meta": meta, "links": {"next": following}}, {}


def _salesforce(rows: Sequence[Any], query: Query, address: str) -> tuple[Any, dict[str, str]]:
    part, after = _slice(rows, int(query.get("at", 0)))
    content: dict[str, Any] = {"totalSize": len(rows), "done": after is None, "records": part}
    following = {"nextRecordsUrl": f"{urlsplit(address).path}?at={after}"} if after else {}
    return content | following, {}


def _jurnal(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("page", 1))
    part, _after = _slice(rows, (page - 1) * SIZE)
    pages = -(-len(rows) // SIZE)
    return {
        "orders": part,
        "total_count": len(rows),
        "current_page": page,
        "total_pages": pages,
    }, {}


def _accurate(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("sp.page", 1))
    part, _after = _slice(rows, (page - 1) * SIZE)
    counts = {"page": page, "pageSize": SIZE, "pageCount": -(-len(rows) // SIZE)}
    return {"s": True, "d": part, "sp": counts | {"rowCount": len(rows)}}, {}


def _spring(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    page = int(query.get("page", 0))
    part, after = _slice(rows, page * SIZE)
    pages = -(-len(rows) // SIZE)
    counts = {"totalPages": pages, "totalElements": len(rows), "number": page, "size": SIZE}
    return {"content": part, "last": after is None} | counts, {}


def _jira(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    start = int(query.get("startAt", 0))
    part, _after = _slice(rows, start, min(SIZE, int(query.get("maxResults", SIZE))))
    return {"startAt": start, "maxResults": SIZE, "total": len(rows), "issues": part}, {}


def _plain_pages(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    return _slice(rows, (int(query.get("page", 1)) - 1) * SIZE)[0], {}


def _total_header(rows: Sequence[Any], query: Query, _: str) -> tuple[Any, dict[str, str]]:
    return _plain_pages(rows, query, "")[0], {"X-Total-Count": str(len(rows))}


APIS = {
    "stripe": PagedApi(
        _stripe,
        {"pagination": "last_record", "nextAt": "id", "pageParameter": "starting_after"},
    ),
    "github": PagedApi(_github, {"pagination": "link"}),
    "django": PagedApi(_django, {"pagination": "next_url", "nextAt": "next"}),
    "shopify": PagedApi(_shopify, {"pagination": "link"}),
    "odata": PagedApi(_odata, {"pagination": "next_url", "nextAt": "@odata.nextLink"}),
    "json:api": PagedApi(_json_api, {"pagination": "next_url", "nextAt": "links.next"}),
    "hal": PagedApi(_relative, {"pagination": "next_url", "nextAt": "_links.next"}),
    "google": PagedApi(
        _google,
        {"pagination": "cursor", "nextAt": "nextPageToken", "pageParameter": "pageToken"},
    ),
    "slack": PagedApi(
        _slack,
        {
            "pagination": "cursor",
            "nextAt": "response_metadata.next_cursor",
            "pageParameter": "cursor",
        },
    ),
    "square": PagedApi(
        _square, {"pagination": "cursor", "nextAt": "cursor", "pageParameter": "cursor"}
    ),
    "airtable": PagedApi(
        _airtable, {"pagination": "cursor", "nextAt": "offset", "pageParameter": "offset"}
    ),
    "a number as cursor": PagedApi(
        _number_as_cursor, {"pagination": "cursor", "nextAt": "next", "pageParameter": "after"}
    ),
    "zendesk": PagedApi(_zendesk, {"pagination": "next_url", "nextAt": "links.next"}),
    "salesforce": PagedApi(_salesforce, {"pagination": "next_url", "nextAt": "nextRecordsUrl"}),
    "jurnal": PagedApi(_jurnal, {"pagination": "page", "pageParameter": "page", "firstPage": 1}),
    "accurate": PagedApi(
        _accurate, {"pagination": "page", "pageParameter": "sp.page", "firstPage": 1}
    ),
    "spring": PagedApi(_spring, {"pagination": "page", "pageParameter": "page", "firstPage": 0}),
    "jira": PagedApi(
        _jira,
        {
            "pagination": "offset",
            "pageParameter": "startAt",
            "sizeParameter": "maxResults",
            "pageSize": SIZE,
        },
    ),
    "a header of the total": PagedApi(
        _total_header, {"pagination": "page", "pageParameter": "page", "firstPage": 1}
    ),
}
SILENT = PagedApi(_plain_pages, {"pagination": "page", "pageParameter": "page", "firstPage": 1})
"""An API whose answers say nothing of further pages."""
