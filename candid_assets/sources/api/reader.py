"""The reader of APIs: records of every page, whole or not at all."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.client import RESTClient
from requests import HTTPError, RequestException, Response

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import Settings
from candid_assets.sources.api.api_errors import read_error
from candid_assets.sources.api.change_detection import Seen, remembered, seen_of
from candid_assets.sources.api.flatten import Table
from candid_assets.sources.api.new_records import growing
from candid_assets.sources.api.paging import (
    ForeignAddressError,
    OneOrigin,
    client_of,
    pages_of,
    records_at,
)
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.growing_tables import Growing, header_of
from candid_assets.sources.listed_tables import (
    EPOCH,
    Listed,
    extract_of,
    listed,
    read_listed,
    spool_folder,
    spooling,
)
from candid_assets.sources.protocol import (
    Advice,
    Conduct,
    Request,
    SourceExtract,
    SourceState,
    UncertainState,
)
from candid_assets.sources.read_undescribed import browsed
from candid_assets.sources.row_buffer import Aside
from candid_assets.sources.source_errors import SourceError, place
from candid_assets.sources.spool import Spool
from candid_assets.sources.undescribed import Declared, FoundWorkbook

ROUNDS: Final = 3
"""How often all pages are read of records that change in between."""

More = tuple[Growing, dict[str, str]] | None
"""What stays of the last extract, and how to ask for the rest."""


class _PagesChangedError(Exception):
    """The pages do not add up to the number of records that the API tells."""


class ApiReader:
    """Reads paths of JSON APIs."""

    def __init__(self, settings: Settings, spools: Path) -> None:
        self._settings, self._spools = settings, spools
        self._memories = settings.data_dir / "looks"
        self._asked = self._looked = 0
        self._writes: list[str] = []

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return what each API tells of its pages; of one that tells nothing only a read does."""
        found: dict[str, SourceState | SourceError] = {}
        for workbook in workbooks:
            location = workbook.locations[env]
            found[location] = UncertainState(EPOCH, 0, workbook.title)
            memory = remembered(self._memories, workbook, env)
            if not memory.pages:
                continue
            # A key that is not set is told by the reading, at the table.
            with suppress(SourceError):
                client, adapter = self._client(workbook, env)
                found[location] = memory.look(workbook, client, workbook.servers.get(env, {}))
                self._looked += adapter.asked
                self._writes += adapter.writes
        return found

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read every path that a contract names."""
        state = request.before or UncertainState(EPOCH, 0, workbook.title)
        client, adapter = self._client(workbook, env)
        facts = workbook.servers.get(env, {})

        memory = remembered(self._memories, workbook, env)
        whole = request.most_rows is None

        def read(tab: Tab, table: Listed) -> TabExtract:
            with Aside(self._spools) as aside:
                try:
                    more = growing(tab, facts, request.last(tab.name))
                    reading = Reading(client, tab, facts, request.most_rows, more)
                    rows = self._records(reading, aside)
                except (RequestException, ForeignAddressError, ValueError) as error:
                    raise read_error(workbook, env, tab, error) from error
                memory.keep(tab.name, reading.seen)
                spool, told = _spooled(self._spools, rows, aside, more)
            return extract_of(spool, workbook.locations[env], table, state, told)

        # Nobody lists the paths of an API: those that contracts name are there or tell of it.
        tables = [listed(tab.title) for tab in workbook.living_tabs]
        try:
            found = read_listed(workbook, request, tables, state, read)
        finally:
            self._asked += adapter.asked
            self._writes += adapter.writes
        if not whole:
            return found
        memory.save()
        return replace(found, state=memory.state(workbook))

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every table of a source that nobody described, or those of some titles."""
        return browsed(self, workbook, env, only)

    def titles(self, workbook: Workbook, env: str) -> Sequence[tuple[str, bool]]:
        """Return the paths that contracts name; ask one of them whether the API answers."""
        client, _ = self._client(workbook, env)
        facts = workbook.servers.get(env, {})
        for tab in workbook.living_tabs[:1]:
            try:
                next(pages_of(client, tab, facts, {}), None)
            except (RequestException, ForeignAddressError, ValueError) as error:
                raise read_error(workbook, env, tab, error) from error
        return [(tab.title, False) for tab in workbook.living_tabs]

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, Declared]:
        """Return where the records stand in the answers, unless they are the answers."""
        client, adapter = self._client(workbook, env)
        found = {title: records_at(client, title) for title in titles}
        self._asked += adapter.asked
        return {
            title: Declared("the first answer", options={"recordsAt": path})
            for title, path in found.items()
            if path
        }

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Tell of a key that travels unencrypted."""
        facts, location = workbook.servers.get(env, {}), workbook.locations[env]
        local = ("http://127.0.0.1", "http://localhost", "http://[::1]")
        if not location.startswith("http:") or location.startswith(local):
            return []
        why = "whoever is on the way can read the records" + (
            " and the key" if facts.get("auth", "none") != "none" else ""
        )
        return [Advice(f"{location} is not encrypted", why, f"write https:// in {workbook.path}")]

    @property
    def conduct(self) -> Conduct:
        """Requests sent, all of them GET."""
        return Conduct(
            self._asked + self._looked, tuple(self._writes), told="requests, all of them GET"
        )

    @property
    def reads(self) -> tuple[int, int]:
        """Nothing that a quota of ours counts."""
        return 0, 0

    def _client(self, workbook: Workbook, env: str) -> tuple[RESTClient, OneOrigin]:
        return client_of(workbook, env, self._settings.ledgers_dir)

    def _records(self, reading: "Reading", aside: Aside) -> Table:
        for turn in range(1, ROUNDS + 1):
            try:
                return reading.all_pages(aside)
            except _PagesChangedError as moved:
                aside.clear()
                if turn == ROUNDS:
                    tab = reading.tab
                    raise SourceError(
                        "changed_while_reading",
                        f"{place(tab.workbook, tab.title)} changed during each of {ROUNDS}"
                        f" readings: {moved}",
                        "run again when fewer records are written, or let the API sort them by a"
                        " key (parameters:)",
                        tab.workbook,
                        tab.name,
                    ) from moved
        raise AssertionError  # pragma: no cover - the last turn returns or raises


@dataclass(slots=True)
class Reading:
    """One table on its way, page by page."""

    client: RESTClient
    tab: Tab
    facts: Mapping[str, Any]
    most: int | None
    more: More
    seen: list[Seen] | None = None
    """Validators of the pages; None where one of them had none."""

    def all_pages(self, aside: Aside) -> Table:
        """Return all records, or those that are enough."""
        tab, facts, more = self.tab, self.facts, self.more
        table, digests = Table(tab, aside, header_of(more[0].path) if more else ()), set()
        asked = more[1] if more else {}
        totals: list[Any] = []
        told: list[Seen | None] = []
        short, self.seen = False, None
        size = int(facts.get("pageSize", 100))
        for number, (records, response) in enumerate(pages_of(self.client, tab, facts, asked), 1):
            _require_good(response)
            told.append(seen_of(response, facts))
            if facts.get("totalAt"):
                totals += jsonpath.find_values(facts["totalAt"], response.json())
            digest = hashlib.sha256(json.dumps(records, default=str).encode()).digest()
            if records and digest in digests:
                raise _repeated(tab, f"page {number} is the same as an earlier one")
            if number > int(facts.get("mostPages", 10_000)):
                raise _repeated(tab, f"there are more than {number - 1} pages")
            digests.add(digest)
            if records and short:
                raise _PagesChangedError(
                    f"a page before page {number} has fewer than {size} records"
                )
            short = facts.get("pagination") == "offset" and len(records) < size
            table.add(records)
            if self.most is not None and table.rows >= self.most:
                return table
        if totals and (len(set(totals)) > 1 or int(totals[-1]) > table.rows):
            spoken = " then ".join(dict.fromkeys(map(str, totals)))
            raise _PagesChangedError(f"the API tells of {spoken} records and gave {table.rows}")
        known = [page for page in told if page is not None]
        self.seen = known if len(known) == len(told) else None
        return table


def _require_good(response: Response) -> None:
    if response.status_code >= 400:
        raise HTTPError(response=response)


def _repeated(tab: Tab, why: str) -> SourceError:
    return SourceError(
        "pages_repeat",
        f"{place(tab.workbook, tab.title)} cannot be read: {why}, so that its pages never end",
        "correct pagination, nextAt, pageParameter or mostPages of the server in contract.yaml",
        tab.workbook,
        tab.name,
    )


def _spooled(folder: Path, table: Table, aside: Aside, more: More) -> tuple[Spool, str]:
    """Write the records down, below those of the last extract that stand as they were."""
    table.flush()
    width = len(table.paths)
    with spooling(folder, width) as spool:
        spool.add_header(list(table.paths))
        if more is not None:
            kept = more[0].join(spool, aside)
            return spool, f", {aside.rows} of them from {more[0].since} on, {kept} as they were"
        for texts, kinds in aside.batches(width):
            spool.add(texts, kinds)
    return spool, ", every page of one reading"


@contextmanager
def open_reader(settings: Settings) -> Iterator[ApiReader]:
    """Yield a reader; what it read and nobody kept goes with it."""
    with spool_folder(settings.landing_dir) as folder:
        yield ApiReader(settings, folder)
