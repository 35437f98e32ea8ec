"""What an answer says of further pages: links, cursors, flags, counts of records and of pages."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from requests import Response

from candid_assets.sources.api.answers import AnswerPage, address_in

Says = Literal["more", "end", "records", "pages", "size"]
_DIGITS: Final = 18
"""Of a number of records or pages that is told from a larger one."""
_NEXT: Final = re.compile(
    r"next(?:results?)?(?:page|records|batch)?(?:url|uri|link|href|path|token|cursor|key|marker"
    r"|offset|start|startkey|id|number|continuationtoken)?"
)
_CURSORS: Final = frozenset(
    {
        *("cursor", "continuation", "continuationtoken", "continue", "continuetoken", "marker"),
        *("pagetoken", "paginationtoken", "resumptiontoken", "lastevaluatedkey", "bookmark"),
    }
)
_SIZED: Final = frozenset({"offset", "start", "after"})
"""Keys that echo a number, or hold the cursor of the next page where they hold a text."""
_MORE_FLAGS: Final = re.compile(
    r"(?:has|is)?(?:more|next|nextpage|truncated)(?:items|records|results|pages?|available|data"
    r"|elements|rows)?|incompleteresults"
)
_END_FLAGS: Final = frozenset(
    {
        *("last", "islast", "lastpage", "islastpage", "isfinal", "done", "isdone", "finished"),
        *("complete", "iscomplete", "endofrecords", "endofresults", "eof", "exhausted"),
    }
)
_RECORDS: Final = re.compile(
    r"(?:total|grandtotal)(?:number|no|num)?(?:of)?"
    r"(?:count|counts|records?|results?|items?|elements?|hits|size|rows?|data|entries|objects)?"
    r"|(?:records?|results?|items?|rows?|data|entries)(?:total|filtered)"
    r"|(?:result|item|row|record|data)?counts?|numfound|found"
)
_PAGES: Final = re.compile(
    r"(?:total|last|max|num|number(?:of)?|n)pages?|pages?(?:count|total)|pages"
)
_SIZES: Final = frozenset(
    {*("limit", "perpage", "pagesize", "pagelimit", "itemsperpage", "maxresults", "size", "top")}
)
_HEADERS: Final[dict[str, Says]] = {
    "X-Total-Count": "records",
    "X-Total": "records",
    "X-WP-Total": "records",
    "X-Pagination-Total-Count": "records",
    "X-Total-Pages": "pages",
    "X-WP-TotalPages": "pages",
    "X-Pagination-AnswerPage-Count": "pages",
    "X-Next-AnswerPage": "more",
    "X-Next-Cursor": "more",
}
_RANGE: Final = re.compile(r"[\w-]+ (?:\d+-\d+|\*)/(\d+)")
_DEPTH: Final = 4
_PARTIAL_CONTENT: Final = 206


@dataclass(frozen=True, slots=True)
class Sign:
    """One place of an answer that says something of further pages."""

    path: str
    """Where it is, such as `meta.next`; a header by its name."""
    value: Any
    says: Says

    def __str__(self) -> str:
        """Return the place with its value."""
        value = str(self.value)
        return f"{self.path}: {value if len(value) <= 60 else value[:57] + '...'}"


def signs_of(page: AnswerPage, ignored: Collection[str] = ()) -> list[Sign]:
    """Return all signs in an answer's headers and around its records, but for ignored ones."""
    signs = [*_of_headers(page.response)]
    # Of an answer that is one object the fields are the table's.
    if page.records_at:
        signs += _of_content(page.content, page.records_at, ())
    return [sign for sign in signs if sign.path not in ignored]


def more_in(signs: Collection[Sign], rows: int, page: int = 1) -> Sign | None:
    """Return a sign that there is more than the rows and pages read so far, None without one.

    A flag such as `has_more: false` goes before an address or cursor, which some APIs give always.
    """
    ended = has_end_flag(signs)
    for sign in signs:
        limit = {"records": rows, "pages": page}.get(sign.says)
        if sign.says == "more" and (isinstance(sign.value, bool) or not ended):
            return sign
        if limit is not None and sign.value > limit:
            return sign
    return None


def full_page(signs: Collection[Sign], rows: int) -> Sign | None:
    """Return the stated size of a page that is as large as the page itself, None without one."""
    return next((s for s in signs if s.says == "size" and 0 < s.value <= rows), None)


def is_last(signs: Collection[Sign], page: int) -> bool:
    """Whether an answer says that it is the last page, and nothing in it says otherwise."""
    if any(sign.says == "more" for sign in signs) and not has_end_flag(signs):
        return False
    pages = [sign.value for sign in signs if sign.says == "pages"]
    return any(sign.says == "end" for sign in signs) or (bool(pages) and max(pages) <= page)


def has_end_flag(signs: Collection[Sign]) -> bool:
    """Whether a flag, such as `has_more: false`, says that an answer is the last page."""
    return any(sign.says == "end" and isinstance(sign.value, bool) for sign in signs)


def stated_records(signs: Collection[Sign]) -> Sign | None:
    """Return the largest number of records that an answer states, None where it states none."""
    counts = [sign for sign in signs if sign.says == "records"]
    return max(counts, key=lambda sign: sign.value, default=None)


def _of_headers(response: Response) -> Iterator[Sign]:
    if address := response.links.get("next", {}).get("url"):
        yield Sign("Link", address, "more")
    for name, says in _HEADERS.items():
        value: Any = response.headers.get(name, "").strip()
        if value and says == "more":
            yield Sign(name, value, says)
        elif (count := _whole(value)) is not None:
            yield Sign(name, count, says)
    stated = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if stated:
        yield Sign("Content-Range", int(stated[1]), "records")
    elif response.status_code == _PARTIAL_CONTENT:
        yield Sign("status", _PARTIAL_CONTENT, "more")


def _of_content(content: Any, records_at: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Sign]:
    if not isinstance(content, Mapping) or len(path) >= _DEPTH:
        return
    for key, value in content.items():
        here = (*path, str(key))
        if here == records_at:
            continue
        folded = re.sub(r"[^a-z0-9]", "", str(key).lower()).removeprefix("odata")
        says = _said(folded, value)
        if says is not None:
            yield Sign(".".join(here), *says)
        elif isinstance(value, Mapping):
            yield from _of_content(value, records_at, here)
        elif folded in ("links", "link") and isinstance(value, list):
            for link in value:
                if isinstance(link, Mapping) and link.get("rel") == "next" and address_in(link):
                    yield Sign(f"{'.'.join(here)}[next]", address_in(link), "more")


def _said(key: str, value: Any) -> tuple[Any, Says] | None:  # noqa: PLR0911 - one for each kind
    """Return a value and what it says under a key, None where it says nothing."""
    if isinstance(value, bool):
        if _MORE_FLAGS.fullmatch(key):
            return value, "more" if value else "end"
        return (value, "end" if value else "more") if key in _END_FLAGS else None
    if _NEXT.fullmatch(key) or key in _CURSORS:
        address = address_in(value)
        if address is None or isinstance(address, str | int | Decimal):
            return address, "more" if address else "end"
        return None
    if key in _SIZED and isinstance(value, str) and value and not value.isdigit():
        return value, "more"
    if isinstance(value, Mapping) and _RECORDS.fullmatch(key):
        value = value.get("value")
    count = _whole(value)
    if count is None:
        return None
    if _PAGES.fullmatch(key):
        return count, "pages"
    if _RECORDS.fullmatch(key):
        return count, "records"
    return (count, "size") if key in _SIZES else None


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        is_count = value.isascii() and value.isdigit()
        return int(value[: _DIGITS + 1]) if is_count else None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    if isinstance(value, Decimal) and value.adjusted() > _DIGITS:
        return 10**_DIGITS
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return int(value) if value == int(value) else None
    return None
