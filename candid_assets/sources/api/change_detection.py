"""Whether an API changed, by the ETag or Last-Modified of each page.

The validators of every page are remembered. If every page of every table had one, each is requested
again under a condition; if all answers are 304 Not Modified, nothing is read. Anything else is left
to a reading.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from dlt.sources.helpers.rest_client.client import RESTClient
from pydantic import BaseModel
from requests import PreparedRequest, RequestException, Response

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import Workbook
from candid_assets.regular_files import read_bytes
from candid_assets.sources.api.client import ForeignAddressError
from candid_assets.sources.listed_tables import version_of
from candid_assets.sources.protocol import EPOCH, SourceState, uncertain

_SETTLED: Final = timedelta(seconds=2)
"""Last-Modified counts seconds: a record may still change within the second that it names."""
MOST_PAGES: Final = 200
"""Pages up to which a conditional request for each is cheaper than reading them."""
_NOT_MODIFIED: Final = 304


class PageValidators(BaseModel, frozen=True):
    """The address of one page and the validators of its last answer."""

    url: str
    """Without the key, where that is part of the query."""
    etag: str = ""
    modified: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """The headers of a request for the page only if it changed."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.modified}


class PageMemory(BaseModel):
    """The pages of each table as its last reading received them."""

    key: str
    """Hash of all in the contracts that decides what is requested and how it is landed."""
    pages: dict[str, list[PageValidators]] = {}

    def keep(self, table: str, pages: Sequence[PageValidators] | None) -> None:
        """Remember the pages of a table; None forgets them, as one had no validator."""
        if pages is None:
            self.pages.pop(table, None)
        else:
            self.pages[table] = list(pages)

    def save(self, folder: Path, workbook: Workbook) -> None:
        """Write the memory to its file, completely or not at all."""
        write_whole(folder / f"{workbook.name}.json", self.model_dump_json())

    def state(self, workbook: Workbook) -> SourceState:
        """Return the state of an API whose pages are exactly those remembered."""
        pages = list(self._all(workbook))
        return _state(workbook, self.key, pages) if pages else uncertain(workbook)

    def _all(self, workbook: Workbook) -> Iterator[PageValidators]:
        """Yield every page of every table, or none if one of them is not known."""
        tables = [tab.name for tab in workbook.living_tabs]
        if all(self.pages.get(table) for table in tables):
            pages = [page for table in tables for page in self.pages[table]]
            yield from pages if len(pages) <= MOST_PAGES else []

    def fetch_state(
        self, workbook: Workbook, client: RESTClient, facts: Mapping[str, Any]
    ) -> SourceState:
        """Request every page under its condition and return the API's state.

        After a request that fails the state is uncertain; a reading reports the error.
        """
        pages = []
        for page in self._all(workbook):
            try:
                answer = client.session.get(
                    page.url,
                    headers={**(client.headers or {}), **page.condition},
                    auth=client.auth,
                    stream=True,
                )
            except (RequestException, ForeignAddressError, OSError):
                return uncertain(workbook)
            with answer:
                if answer.status_code == _NOT_MODIFIED:
                    pages.append(page)
                    continue
                changed = validators_of(answer, facts)
                if answer.status_code >= 300 or changed is None:
                    return uncertain(workbook)
                pages.append(changed.model_copy(update={"url": page.url}))
        return _state(workbook, self.key, pages) if pages else uncertain(workbook)


def remembered(folder: Path, workbook: Workbook, env: str) -> PageMemory:
    """Return the pages of an API's last readings; none if the contracts request other ones now."""
    key = _key(workbook, env)
    try:
        file = folder / f"{workbook.name}.json"
        memory = PageMemory.model_validate_json(read_bytes(file))
    except (OSError, ValueError):  # not there, or damaged
        return PageMemory(key=key)
    return memory if memory.key == key else PageMemory(key=key)


def validators_of(answer: Response, facts: Mapping[str, Any]) -> PageValidators | None:
    """Return a page's validators; None if it has none that can be relied on."""
    url = _without_key(answer.request, facts)
    if etag := answer.headers.get("ETag", ""):
        return PageValidators(url=url, etag=etag)
    modified = answer.headers.get("Last-Modified", "")
    when, now = _moment(modified), _moment(answer.headers.get("Date", ""))
    if when is None or (now or datetime.now(UTC)) - when < _SETTLED:
        return None
    return PageValidators(url=url, modified=modified)


def _state(workbook: Workbook, key: str, pages: Sequence[PageValidators]) -> SourceState:
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
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
