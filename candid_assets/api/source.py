"""The reader of APIs: records of every page, whole or not at all."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from dlt.common import jsonpath
from requests import HTTPError, RequestException, Response

from candid_assets.api.asking import ForeignAddressError, client_of, pages_of, variable_of
from candid_assets.api.flat import BLANK, Table
from candid_assets.api.growing import growing
from candid_assets.contracts.model import Tab, Workbook
from candid_assets.settings import Settings
from candid_assets.sources.browsing import browsed
from candid_assets.sources.errors import ErrorCode, SourceError, place
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.found import FoundWorkbook
from candid_assets.sources.growing import Growing, header_of
from candid_assets.sources.listed import (
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
from candid_assets.sources.spool import Spool

ROUNDS: Final = 3
"""How often all pages are read of records that change in between."""
_BATCH: Final = 20_000
_STATUS: Final[dict[int, tuple[ErrorCode, str]]] = {
    401: ("bad_credentials", "check the key in {variable}, and auth: in {head}"),
    403: ("permission_denied", "let the key of {variable} read this path"),
    404: ("tab_missing", "correct physicalName in {file}, the path below the server's location"),
    429: ("quota_exhausted", "run again in some minutes; nothing else should use this key"),
}


More = tuple[Growing, dict[str, str]] | None
"""What stays of the last extract, and how to ask for the rest."""


class PagesMovedError(Exception):
    """The pages do not add up to the number of records that the API tells."""


class ApiReader:
    """Reads paths of JSON APIs."""

    def __init__(self, spools: Path) -> None:
        self._spools = spools
        self._asked = 0
        self._writes: list[str] = []

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return that only a read tells: few APIs say when their records changed."""
        return {w.locations[env]: UncertainState(EPOCH, 0, w.title) for w in workbooks}

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read every path that a contract names."""
        state = request.before or UncertainState(EPOCH, 0, workbook.title)
        client, adapter = client_of(workbook, env)
        facts = workbook.servers.get(env, {})

        def read(tab: Tab, table: Listed) -> TabExtract:
            try:
                more = growing(tab, facts, request.last(tab.name))
                rows = self._records(client, tab, facts, request.most_rows, more)
            except (RequestException, ForeignAddressError, ValueError) as error:
                raise _error(workbook, env, tab, error) from error
            spool, told = _spooled(self._spools, rows, more)
            return extract_of(spool, workbook.locations[env], table, state, told)

        # Nobody lists the paths of an API: those that contracts name are there or tell of it.
        tables = [listed(tab.title) for tab in workbook.living_tabs]
        try:
            return read_listed(workbook, request, tables, state, read)
        finally:
            self._asked += adapter.asked
            self._writes += adapter.writes

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every table of a source that nobody described, or those of some titles."""
        return browsed(self, workbook, env, only)

    def titles(self, workbook: Workbook, env: str) -> Sequence[tuple[str, bool]]:
        """Return the paths that contracts name; ask one of them whether the API answers."""
        client, _ = client_of(workbook, env)
        facts = workbook.servers.get(env, {})
        for tab in workbook.living_tabs[:1]:
            try:
                next(pages_of(client, tab, facts, {}), None)
            except (RequestException, ForeignAddressError, ValueError) as error:
                raise _error(workbook, env, tab, error) from error
        return [(tab.title, False) for tab in workbook.living_tabs]

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
        return Conduct(self._asked, tuple(self._writes), told="requests, all of them GET")

    @property
    def reads(self) -> tuple[int, int]:
        """Nothing that a quota of ours counts."""
        return 0, 0

    def _records(
        self, client: Any, tab: Tab, facts: Mapping[str, Any], most: int | None, more: More
    ) -> Table:
        for turn in range(1, ROUNDS + 1):
            try:
                return _all_pages(client, tab, facts, most, more)
            except PagesMovedError as moved:
                if turn == ROUNDS:
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


def _all_pages(
    client: Any, tab: Tab, facts: Mapping[str, Any], most: int | None, more: More
) -> Table:
    table, seen = Table(tab, header_of(more[0].path) if more else ()), set()
    asked = more[1] if more else {}
    totals: list[Any] = []
    short = False
    size = int(facts.get("pageSize", 100))
    for number, (records, response) in enumerate(pages_of(client, tab, facts, asked), 1):
        _require_good(response)
        if facts.get("totalAt"):
            totals += jsonpath.find_values(facts["totalAt"], response.json())
        digest = hashlib.sha256(json.dumps(records, default=str).encode()).digest()
        if records and digest in seen:
            raise _repeated(tab, f"page {number} is the same as an earlier one")
        if number > int(facts.get("mostPages", 10_000)):
            raise _repeated(tab, f"there are more than {number - 1} pages")
        seen.add(digest)
        if records and short:
            raise PagesMovedError(f"a page before page {number} has fewer than {size} records")
        short = facts.get("pagination") == "offset" and len(records) < size
        table.add(records)
        if most is not None and len(table.rows) >= most:
            return table
    if totals and (len(set(totals)) > 1 or int(totals[-1]) > len(table.rows)):
        told = " then ".join(dict.fromkeys(map(str, totals)))
        raise PagesMovedError(f"the API tells of {told} records and gave {len(table.rows)}")
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


def _spooled(folder: Path, table: Table, more: More) -> tuple[Spool, str]:
    """Write the records down, below those of the last extract that stand as they were."""
    width = len(table.paths)
    told = ", every page of one reading"
    with spooling(folder, width) as spool:
        spool.add_header(list(table.paths))
        batches = list(_columns(table, width))
        if more is not None:
            kept = more[0].keep(spool, [texts for texts, _ in batches])
            told = f", {len(table.rows)} of them from {more[0].since} on, {kept} as they were"
        for texts, kinds in batches:
            spool.add(texts, kinds)
    return spool, told


def _columns(table: Table, width: int) -> Iterator[tuple[list[pa.Array], list[Any]]]:
    rows = iter(table.rows)
    while batch := list(islice(rows, _BATCH)):
        whole = [row + [BLANK] * (width - len(row)) for row in batch]
        columns = list(zip(*whole, strict=True))
        yield (
            [pa.array([text for _, text in column], pa.string()) for column in columns],
            [np.array([ord(kind) for kind, _ in c], dtype=np.uint8) for c in columns],
        )


def _error(workbook: Workbook, env: str, tab: Tab, error: Exception) -> SourceError:
    where = place(tab.workbook, tab.title)
    named = {
        "variable": variable_of(workbook, env),
        "head": workbook.path,
        "file": tab.path.name,
    }
    response = getattr(error, "response", None)
    code: ErrorCode = "network"
    told, fix = str(error), "check location: in {head}, that the API runs, and the network"
    if response is not None and response.status_code >= 400:
        status = response.status_code
        code, fix = _STATUS.get(
            status, ("server_error", "run again; if it stays, ask the API's owner")
        )
        told = f"the API answered {status} {response.reason}"
    elif isinstance(error, ForeignAddressError):
        code, fix = (
            "malformed",
            "ask the API's owner: only its own host is asked, for the key's sake",
        )
    elif isinstance(error, json.JSONDecodeError) or not isinstance(error, RequestException):
        code, told = "malformed", f"the answer is no JSON ({error})"
        fix = "run again; if it stays, see whether the path gives JSON"
    elif "IncompleteRead" in told or "ChunkedEncoding" in type(error).__name__:
        code, told = "malformed", "the answer was cut off"
        fix = "run again; if it stays, see whether a proxy cuts answers"
    elif "timed out" in told.lower():
        code, fix = "timed_out", "run again, or raise statementTimeout in {head}"
    short = told if len(told) <= 200 else told[:197] + "..."
    message = f"{where} cannot be read: {short}"
    return SourceError(code, message, fix.format(**named), tab.workbook, tab.name)


@contextmanager
def open_reader(settings: Settings) -> Iterator[ApiReader]:
    """Yield a reader; what it read and nobody kept goes with it."""
    with spool_folder(settings.landing_dir) as folder:
        yield ApiReader(folder)
