"""The reader of APIs: the records of every page, or none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from dlt.sources.helpers.rest_client.client import RESTClient
from requests import RequestException

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import Settings
from candid_assets.sources.api.api_errors import read_error
from candid_assets.sources.api.change_detection import remembered
from candid_assets.sources.api.client import ForeignAddressError, OneOrigin, client_of
from candid_assets.sources.api.flatten import RecordTable
from candid_assets.sources.api.new_records import growing
from candid_assets.sources.api.paging import pages_of
from candid_assets.sources.api.recognise_paging import recognised_paging, records_at
from candid_assets.sources.api.table_facts import table_facts
from candid_assets.sources.api.table_reading import NewRecords, TableReading
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.listed_tables import extract_of, read_listed
from candid_assets.sources.protocol import (
    Advice,
    Conduct,
    Reader,
    Request,
    SourceExtract,
    StateOrError,
    uncertain,
)
from candid_assets.sources.row_buffer import RowBuffer
from candid_assets.sources.source_clock import SourceClock
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import (
    DeclaredConstraints,
    ProposedReading,
    TabMetadata,
    WorkbookMetadata,
    typed_table,
    typed_tables,
)
from candid_assets.sources.spool import Spool, spooling
from candid_assets.sources.spool_folder import spool_folder


class ApiReader(Reader):
    """Reads paths of JSON APIs."""

    def __init__(self, settings: Settings, spools: Path) -> None:
        self._settings, self._spools = settings, spools
        self._memories = settings.data_dir / "looks"
        self._requests = 0
        self._clock = SourceClock()
        self._writes: list[str] = []

    def states(self, workbooks: Sequence[Workbook], env: str) -> dict[str, StateOrError]:
        """Return each API's state by the validators of its pages; without them it is uncertain."""
        states: dict[str, StateOrError] = {}
        for workbook in workbooks:
            location = workbook.locations[env]
            states[location] = uncertain(workbook)
            memory = remembered(self._memories, workbook, env)
            if not memory.pages:
                continue
            # Reading the tables reports a key that is not set.
            with suppress(SourceError):
                client, adapter = self._client(workbook, env)
                facts = workbook.servers.get(env, {})
                states[location] = memory.fetch_state(workbook, client, facts)
                self._count(adapter)
        return states

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read every path that a contract names."""
        state = request.before or uncertain(workbook)
        client, adapter = self._client(workbook, env)
        facts = workbook.servers.get(env, {})
        most = None if request.part is None else request.part.rows
        memory = remembered(self._memories, workbook, env)

        def read(tab: Tab, table: TabMetadata) -> TabExtract:
            with RowBuffer(self._spools) as buffer:
                try:
                    own = table_facts(facts, tab.reading)
                    new_records = growing(tab, own, request.last(tab.name))
                    reading = TableReading(client, tab, own, most, new_records)
                    records = reading.read_certain(buffer)
                except (RequestException, ForeignAddressError, ValueError) as error:
                    raise read_error(workbook, env, tab, error) from error
                memory.keep(tab.name, reading.pages)
                spool, assurance = _spooled(self._spools, records, buffer, new_records)
            return extract_of(spool, workbook.locations[env], table, state, assurance)

        # APIs do not list their paths: each that a contract names is tried.
        tables = [typed_table(tab.title) for tab in workbook.living_tabs]
        try:
            extract = read_listed(workbook, request, tables, state, read)
        finally:
            self._count(adapter)
        if request.part is not None:
            return extract
        memory.save(self._memories, workbook)
        return replace(extract, state=memory.state(workbook))

    def metadata(self, workbook: Workbook, env: str) -> WorkbookMetadata:
        """Return the paths that contracts name, after reading the first page of one of them."""
        client, _ = self._client(workbook, env)
        facts = workbook.servers.get(env, {})
        for tab in workbook.living_tabs[:1]:
            try:
                next(pages_of(client, tab, table_facts(facts, tab.reading), {}), None)
            except (RequestException, ForeignAddressError, ValueError) as error:
                raise read_error(workbook, env, tab, error) from error
        tables = [typed_table(tab.title) for tab in workbook.living_tabs]
        return typed_tables(workbook.locations[env], workbook.name, tables)

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, DeclaredConstraints]:
        """Return the path to the records in the answers, unless the answers are the records."""
        client, adapter = self._client(workbook, env)
        paths = {title: records_at(client, title) for title in titles}
        self._count(adapter)
        return {
            title: DeclaredConstraints("the first answer", options={"recordsAt": path})
            for title, path in paths.items()
            if path
        }

    def proposed_reading(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> ProposedReading:
        """Return how each path is paged, after asking for its second page."""
        client, adapter = self._client(workbook, env)
        try:
            return recognised_paging(client, titles, workbook.servers.get(env, {}))
        finally:
            self._count(adapter)

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Return advice on records and keys that are sent unencrypted."""
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
        description = "requests, all of them GET"
        return Conduct(self._requests, tuple(self._writes), description=description)

    def _count(self, adapter: OneOrigin) -> None:
        self._requests += adapter.requests
        self._writes += adapter.writes

    def _client(self, workbook: Workbook, env: str) -> tuple[RESTClient, OneOrigin]:
        return client_of(workbook, env, self._settings.ledgers_dir, self._clock)

    @property
    def clock(self) -> SourceClock:
        """How this computer's clock compares with those of the APIs."""
        return self._clock


def _spooled(
    folder: Path, table: RecordTable, buffer: RowBuffer, new_records: NewRecords
) -> tuple[Spool, str]:
    """Return a spool with the landed rows that are kept and the records read."""
    table.flush()
    width = len(table.paths)
    with spooling(folder, width) as spool:
        spool.add_header(list(table.paths))
        if new_records is not None:
            landed = new_records[0]
            kept = landed.join(spool, buffer)
            return spool, f", {buffer.rows} of them from {landed.since} on, {kept} as they were"
        for texts, kinds in buffer.batches(width):
            spool.add(texts, kinds)
    return spool, ", every page of one reading"


@contextmanager
def open_reader(settings: Settings) -> Iterator[ApiReader]:
    """Yield a reader; rows that were not kept are removed at the end."""
    with spool_folder(settings.landing_dir) as folder:
        yield ApiReader(settings, folder)
