"""Recognises how an API pages from its first answer, and asks for a second page to be sure."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from dlt.sources.helpers.rest_client.client import RESTClient

from candid_assets.sources.api.answers import AnswerPage, page_of
from candid_assets.sources.api.client import FAILURES, fetch
from candid_assets.sources.api.page_signs import Sign, is_last, signs_of
from candid_assets.sources.api.paging import first_parameters, second_page
from candid_assets.sources.api.table_facts import PAGING
from candid_assets.sources.source_metadata import ProposedReading

Paging = Mapping[str, str | int]
"""Custom properties of the server."""
_CURSORS: Final = (
    *("cursor", "after", "page_token", "pageToken", "next", "start_after", "starting_after"),
    *("continuation_token", "continuationToken", "marker", "offset", "start", "page", "since"),
)
"""Parameters that carry a cursor, where its key in the answer does not say so."""
_LAST_RECORD: Final = (
    *("starting_after", "since_id", "start_after", "after", "after_id", "last_id"),
)
_PAGES: Final = (
    *("page", "page[number]", "pageNumber", "page_number", "pageNo", "pageIndex", "p", "sp.page"),
)
_OFFSETS: Final = (
    *("offset", "skip", "$skip", "start", "startAt", "startIndex", "from", "page[offset]"),
)
_SIZES: Final = (
    *("limit", "per_page", "perPage", "page_size", "pageSize", "page[size]", "size", "$top"),
    *("maxResults", "count", "sp.pageSize", "take"),
)
_NEXT: Final = re.compile(r"^next[_-]?")


@dataclass(frozen=True, slots=True)
class _First:
    """The first answer at a path."""

    client: RESTClient
    path: str
    page: AnswerPage
    signs: Sequence[Sign]

    def is_second(self, paging: Paging) -> bool:
        """Whether a way of paging leads to a page of other records."""
        try:
            page = second_page(self.client, self.path, self.page, paging)
        except FAILURES:
            return False
        return page is not None and bool(page.records) and not _share(self.page, page)

    def heeds(self, paging: Paging) -> bool:
        """Whether reading by a way of paging, which leads to no other records, ends well."""
        try:
            response = fetch(self.client, self.path, first_parameters(paging))
            if not response.ok or not self.begins(page_of(response, "", self.page)):
                return False
            page = second_page(self.client, self.path, self.page, paging)
        except FAILURES:
            return False
        return page is None or not page.records or is_last(signs_of(page), 1)

    def begins(self, page: AnswerPage) -> bool:
        """Whether a page begins with the records of this one, or this one with its."""
        ours, theirs = self.page.records, page.records
        length = min(len(ours), len(theirs))
        return length > 0 and bool(ours[:length] == theirs[:length])

    def is_other(self, params: Mapping[str, Any]) -> bool:
        """Whether parameters lead to other records than the first ones."""
        try:
            response = fetch(self.client, self.path, params)
            page = page_of(response, "", self.page) if response.ok else None
        except FAILURES:
            return False
        return page is not None and bool(page.records) and not _share(self.page, page)

    def begins_at(self, parameter: str) -> int | None:
        """Return the number of the first page, 0 or 1, that a parameter gives."""
        for number in (1, 0):
            try:
                response = fetch(self.client, self.path, {parameter: number})
                if response.ok and page_of(response, "", self.page).records == self.page.records:
                    return number
            except FAILURES:
                continue
        return None


def recognised_paging(
    client: RESTClient, paths: Collection[str], server: Mapping[str, Any]
) -> ProposedReading:
    """Return how the paths are paged, of those whose second page was seen.

    The commonest way becomes the server's, unless it has one, and any other that of its path. A
    path that one page holds, and that does not heed the server's paging, has none.

    Args:
        client: The API.
        paths: The paths of the tables.
        server: The custom properties of the server, whose paging is tried first.
    """
    declared = {k: v for k, v in server.items() if k in PAGING}
    usual: Paging | None = declared if declared.get("pagination", "none") != "none" else None
    firsts = {path: first for path in paths if (first := _first(client, path)) is not None}
    ways: dict[str, Paging] = {}
    for path, first in firsts.items():
        known = [usual] if usual else []
        tried = chain(known, _distinct(ways.values()), _candidates(first))
        paging = next((way for way in tried if first.is_second(way)), None)
        if paging is not None:
            ways[path] = paging
    if usual is None and ways:
        usual = max(_distinct(ways.values()), key=list(ways.values()).count)
    if usual is None:
        return ProposedReading()
    others: dict[str, Paging] = {path: way for path, way in ways.items() if way != usual}
    for path, first in firsts.items():
        if path not in ways and not first.heeds(usual):
            others[path] = {"pagination": "none"}
    return ProposedReading({} if declared == usual else usual, others)


def _distinct(ways: Iterable[Paging]) -> list[Paging]:
    """Return each way once."""
    distinct: list[Paging] = []
    for way in ways:
        if way not in distinct:
            distinct.append(way)
    return distinct


def _first(client: RESTClient, path: str) -> _First | None:
    page = _first_page(client, path)
    if page is None or not page.records:
        return None
    return _First(client, path, page, signs_of(page))


def records_at(client: RESTClient, path: str) -> str:
    """Return the path to the records in the first answer; empty if the answer is the records.

    Without a path, the list that looks most like records is taken.
    """
    page = _first_page(client, path)
    if page is None or not all(re.fullmatch(r"\w+", step) for step in page.records_at):
        return ""
    return ".".join(page.records_at)


def _first_page(client: RESTClient, path: str) -> AnswerPage | None:
    try:
        response = fetch(client, path)
        return page_of(response, "") if response.ok else None
    except FAILURES:
        return None  # reading the table reports the error


def _candidates(first: _First) -> Iterator[Paging]:
    """Yield ways of paging that the answer speaks of, the surest first, then common ones."""
    more = [sign for sign in first.signs if sign.says == "more"]
    for sign in more:
        if not isinstance(sign.value, bool):
            yield from _named(sign)
    last = first.page.records[-1]
    if more and isinstance(last, Mapping):
        key = next((key for key in ("id", "uuid", "_id", "key") if key in last), None)
        for parameter in _LAST_RECORD if key else ():
            yield {"pagination": "last_record", "nextAt": str(key), "pageParameter": parameter}
    yield from _numbered(first)
    yield from _counted(first)


def _named(sign: Sign) -> Iterator[Paging]:
    """Yield the ways in which the answer's own address or cursor of the next page is followed."""
    if sign.path == "Link":
        yield {"pagination": "link"}
        return
    if "[" in sign.path or sign.path.startswith("X-"):
        return
    if re.match(r"https?://|[/?]", str(sign.value)):
        yield {"pagination": "next_url", "nextAt": sign.path}
        return
    key = sign.path.rpartition(".")[2]
    own = _NEXT.sub("", key)
    own = own[:1].lower() + own[1:]
    for parameter in dict.fromkeys(filter(None, (own, key, *_CURSORS))):
        yield {"pagination": "cursor", "nextAt": sign.path, "pageParameter": parameter}


def _numbered(first: _First) -> Iterator[Paging]:
    for parameter in _likely(_PAGES, first):
        begins = first.begins_at(parameter)
        if begins is not None:
            yield {"pagination": "page", "pageParameter": parameter, "firstPage": begins}


def _counted(first: _First) -> Iterator[Paging]:
    rows = len(first.page.records)
    for parameter in _likely(_OFFSETS, first):
        if not first.is_other({parameter: rows}):
            continue
        for size in _likely(_SIZES, first):
            yield {
                "pagination": "offset",
                "pageParameter": parameter,
                "sizeParameter": size,
                "pageSize": rows,
            }


def _likely(names: Sequence[str], first: _First) -> list[str]:
    """Return the names of parameters that the answer echoes, then the others.

    Of an answer that says nothing of further pages only the commonest one is tried.
    """
    echoed = _keys(first.page.content, first.page.records_at)
    spoken = [name for name in names if _folded(name) in echoed]
    others = [name for name in names if name not in spoken]
    says = any(sign.says != "end" for sign in first.signs)
    return [*spoken, *others] if says else [*spoken, *others][:1]


def _keys(content: Any, records_at: Sequence[str], path: tuple[str, ...] = ()) -> set[str]:
    """Return the folded keys around the records."""
    keys: set[str] = set()
    for key, value in content.items() if isinstance(content, Mapping) else ():
        here = (*path, str(key))
        if here == tuple(records_at):
            continue
        keys |= {_folded(str(key)), _folded(str(key)).removeprefix("current")}
        keys |= _keys(value, records_at, here)
    return keys


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("sp."))


def _share(one: AnswerPage, other: AnswerPage) -> bool:
    """Whether a record is on both pages."""
    first = {json.dumps(record, default=str, sort_keys=True) for record in one.records}
    return any(json.dumps(r, default=str, sort_keys=True) in first for r in other.records)
