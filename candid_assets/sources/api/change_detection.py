"""Whether anything changed, asked of an API that can tell: by ETag or Last-Modified of each page.

What was answered with is remembered page by page. Where every page of every table had a validator,
a look asks for each again under a condition; when all answers are that nothing is new, nothing is
read. Anything else is left to a reading.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from dlt.sources.helpers.rest_client.client import RESTClient
from requests import PreparedRequest, RequestException, Response

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.api.paging import ForeignAddressError
from candid_assets.sources.listed_tables import EPOCH, version_of
from candid_assets.sources.protocol import SourceState, UncertainState

_SETTLED: Final = timedelta(seconds=2)
"""Last-Modified counts seconds: a record may still have changed in the one that it names."""
MOST_PAGES: Final = 200
"""Pages of a source up to which asking for each is less than reading them."""
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as it was answered with."""

    url: str
    """Without the key, where that stands in the query."""
    etag: str = ""
    modified: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """The headers that ask for the page only if it changed."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.modified}


@dataclass(slots=True)
class Memory:
    """The pages of each table as its last reading found them."""

    file: Path
    key: str
    """Hash of all in the contracts that decides what is asked for and how it is landed."""
    pages: dict[str, list[Seen]] = field(default_factory=dict)

    def keep(self, table: str, seen: Sequence[Seen] | None) -> None:
        """Remember the pages of a table; None forgets them, as one had no validator."""
        if seen is None:
            self.pages.pop(table, None)
        else:
            self.pages[table] = list(seen)

    def save(self) -> None:
        """Write it down, whole or not at all."""
        pages = {table: [asdict(page) for page in seen] for table, seen in self.pages.items()}
        write_whole(self.file, json.dumps({"key": self.key, "pages": pages}))

    def state(self, workbook: Workbook) -> SourceState:
        """Return what a look at exactly these pages would tell."""
        told = list(self._all(workbook))
        if not told:
            return UncertainState(EPOCH, 0, workbook.title)
        return _state(workbook, self.key, told)

    def _all(self, workbook: Workbook) -> Iterator[Seen]:
        """Yield every page of every table, or none where one of them is not known."""
        tables = [tab.name for tab in workbook.living_tabs]
        if all(self.pages.get(table) for table in tables):
            pages = [page for table in tables for page in self.pages[table]]
            yield from pages if len(pages) <= MOST_PAGES else []

    def look(self, workbook: Workbook, client: RESTClient, facts: Mapping[str, Any]) -> SourceState:
        """Ask for every page under its condition; what fails is left to a reading to tell."""
        now = []
        for page in self._all(workbook):
            try:
                answer = client.session.get(
                    page.url,
                    headers={**(client.headers or {}), **page.condition},
                    auth=client.auth,
                    stream=True,
                )
            except (RequestException, ForeignAddressError, OSError):
                return UncertainState(EPOCH, 0, workbook.title)
            with answer:
                if answer.status_code == _NOT_MODIFIED:
                    now.append(page)
                    continue
                found = seen_of(answer, facts)
                if answer.status_code >= 300 or found is None:
                    return UncertainState(EPOCH, 0, workbook.title)
                now.append(Seen(page.url, found.etag, found.modified))
        return _state(workbook, self.key, now) if now else self.state(workbook)


def remembered(folder: Path, workbook: Workbook, env: str) -> Memory:
    """Return what is known of an API; nothing where the contracts ask otherwise now."""
    memory = Memory(folder / f"{workbook.name}.json", _key(workbook, env))
    try:
        told = json.loads(memory.file.read_text())
        if told["key"] == memory.key:
            memory.pages = {
                table: [Seen(**page) for page in seen] for table, seen in told["pages"].items()
            }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        memory.pages = {}
    return memory


def seen_of(answer: Response, facts: Mapping[str, Any]) -> Seen | None:
    """Return a page's validators; None where it has none that can be relied on."""
    url = _without_key(answer.request, facts)
    if etag := answer.headers.get("ETag", ""):
        return Seen(url, etag=etag)
    modified = answer.headers.get("Last-Modified", "")
    when, now = _moment(modified), _moment(answer.headers.get("Date", ""))
    if when is None or (now or datetime.now(UTC)) - when < _SETTLED:
        return None
    return Seen(url, modified=modified)


def _state(workbook: Workbook, key: str, pages: Sequence[Seen]) -> SourceState:
    moments = [when for page in pages if (when := _moment(page.modified)) is not None]
    parts = [key, *(f"{page.url} {page.etag} {page.modified}" for page in pages)]
    return SourceState(max(moments, default=EPOCH), version_of(parts), workbook.title)


def _key(workbook: Workbook, env: str) -> str:
    parts: list[object] = [workbook.locations[env], sorted(workbook.servers.get(env, {}).items())]
    for tab in workbook.living_tabs:
        parts += [tab.name, tab.title, tab.reading]
        parts += [(column.header, column.logical_type) for column in tab.columns]
    return str(version_of(parts))


def _without_key(request: PreparedRequest, facts: Mapping[str, Any]) -> str:
    url = request.url or ""
    if facts.get("auth") != "api_key" or facts.get("keyIn") != "query":
        return url
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query) if k != facts.get("keyName")]
    return parts._replace(query=urlencode(query)).geturl()


def _moment(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
