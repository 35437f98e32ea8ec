"""The reader of PostgreSQL: all tables of a source from one snapshot, in one transaction."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pyarrow as pa

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.header_text import normalise
from candid_assets.settings import Settings
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.growing_tables import LandedRows
from candid_assets.sources.listed_tables import extract_of, read_listed
from candid_assets.sources.postgres.advice import advice_of
from candid_assets.sources.postgres.connection import Connection, connected
from candid_assets.sources.postgres.constraints import declared_by
from candid_assets.sources.postgres.copy_rows import BLOCK, LARGEST, RowTooLongError, batches
from candid_assets.sources.postgres.new_rows import growing
from candid_assets.sources.postgres.permissions import (
    allow_policies,
    selected_fields,
    table_error,
    unreadable_tables,
)
from candid_assets.sources.postgres.postgres_errors import lost_error
from candid_assets.sources.postgres.tables import key_of, tables_of
from candid_assets.sources.postgres.value_types import PostgresColumn
from candid_assets.sources.protocol import (
    KEPT,
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
from candid_assets.sources.source_errors import LostSourceError
from candid_assets.sources.source_metadata import (
    DeclaredConstraints,
    TabMetadata,
    WorkbookMetadata,
    typed_tables,
)
from candid_assets.sources.spool import Spool, spooling
from candid_assets.sources.spool_folder import spool_folder

log = logging.getLogger(__name__)

ATTEMPTS: Final = 3
"""How often a source is read whose connection is lost: each time from a new snapshot."""
PAUSE_SECONDS: Final = 0.5


class PostgresReader(Reader):
    """Reads tables by COPY in bounded memory."""

    def __init__(self, spools: Path) -> None:
        self._spools = spools
        self._statements = 0
        self._clock = SourceClock()

    def states(self, workbooks: Sequence[Workbook], env: str) -> dict[str, StateOrError]:
        """Return uncertain states: PostgreSQL does not record when a table last changed."""
        return {workbook.locations[env]: uncertain(workbook) for workbook in workbooks}

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tables that have contracts, all from one snapshot."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._extract(workbook, env, request)
            except LostSourceError as lost:
                log.warning("%s: the connection was lost (%s)", workbook.name, lost)
                if attempt == ATTEMPTS:
                    raise lost_error(workbook, lost, ATTEMPTS) from lost
                time.sleep(PAUSE_SECONDS * attempt)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def metadata(self, workbook: Workbook, env: str) -> WorkbookMetadata:
        """Return the tables of the database that the account can see."""
        with connected(workbook, env) as connection:
            tables = tables_of(connection, _schema(workbook, env))
        return typed_tables(workbook.locations[env], workbook.name, tables)

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, DeclaredConstraints]:
        """Return what the catalogue declares of keys, nulls and references."""
        with connected(workbook, env) as connection:
            declared = declared_by(connection, _schema(workbook, env))
        return {title: table for title, table in declared.items() if title in titles}

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Return tables that cannot be read completely, and what is unwise about the account."""
        with connected(workbook, env) as connection:
            self._compare_clock(connection)
            tables = tables_of(connection, _schema(workbook, env))
            unreadable = unreadable_tables(connection, workbook, tables)
            faults = [Advice(e.message, KEPT, e.fix, stops=True) for e in unreadable]
            return [*faults, *advice_of(connection, workbook)]

    @property
    def conduct(self) -> Conduct:
        """Statements of read-only transactions, in which the server itself refuses to write."""
        return Conduct(self._statements, description="statements, all in read-only transactions")

    @property
    def clock(self) -> SourceClock:
        """How this computer's clock compares with those of the databases."""
        return self._clock

    def _compare_clock(self, connection: Connection) -> None:
        row = connection.execute("select pg_catalog.clock_timestamp()").fetchone()
        if row is not None:
            self._clock.compare(row[0])

    def _extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        state = request.before or uncertain(workbook)
        with connected(workbook, env) as connection:
            with _lost_connection(connection):
                tables = tables_of(connection, _schema(workbook, env))
                self._compare_clock(connection)

            def read(tab: Tab, table: TabMetadata) -> TabExtract:
                try:
                    with _lost_connection(connection), connection.transaction():
                        spool, assurance = self._spooled(connection, tab, table, request)
                except psycopg.Error as error:
                    raise table_error(connection, workbook, tab, table, error) from error
                if table.facts["relkind"] == "f":
                    assurance += ", as its foreign server shows them"
                if tab.reading.rows_by_policy:
                    assurance += ", as far as row-level security shows them to this account"
                return extract_of(spool, workbook.locations[env], table, state, assurance)

            return read_listed(workbook, request, tables, state, read)

    def _spooled(
        self, connection: Connection, tab: Tab, table: TabMetadata, request: Request
    ) -> tuple[Spool, str]:
        allow_policies(connection, tab)
        fields = selected_fields(connection, tab, table)
        order = key_of(connection, table) or _declared_key(tab, fields)
        new_rows = growing(connection, tab, fields, request.last(tab.name))
        self._statements += 5
        for block in (BLOCK, LARGEST):
            copied = batches(
                connection,
                table,
                fields,
                order=order,
                where=new_rows[1] if new_rows else None,
                block=block,
                most=None if request.part is None else request.part.rows_of(len(fields)),
            )
            try:
                # A transaction inside the transaction, which goes on after a statement failed.
                with connection.transaction():
                    return self._written(fields, copied, new_rows[0] if new_rows else None)
            except RowTooLongError:
                log.info("%s has a row of more than %d bytes", table.title, block)
        raise AssertionError  # pragma: no cover - any row fits into the second block

    def _written(
        self,
        fields: Sequence[PostgresColumn],
        copied: Iterator[pa.RecordBatch],
        kept: LandedRows | None,
    ) -> tuple[Spool, str]:
        """Return a spool of the rows copied and kept, and how it is known to be complete."""
        with spooling(self._spools, len(fields)) as spool, RowBuffer(self._spools) as new_rows:
            spool.add_header([field.name for field in fields])
            for batch in copied:
                columns = zip(fields, batch.columns, strict=True)
                cells = [field.cells(column) for field, column in columns]
                target = spool if kept is None else new_rows
                target.add([texts for texts, _ in cells], [kinds for _, kinds in cells])
            if kept is None:
                return spool, ", in one snapshot of the database"
            number = kept.join(spool, new_rows)
            return spool, (
                f", {new_rows.rows} of them in one snapshot of the database from"
                f" {kept.column} {kept.since} on, {number} as they were"
            )


def _schema(workbook: Workbook, env: str) -> str | None:
    schema: str | None = workbook.servers.get(env, {}).get("schema")
    return schema


def _declared_key(tab: Tab, fields: Sequence[PostgresColumn]) -> list[str]:
    """Return the contract's key if the table has all of its columns, else nothing."""
    names = {normalise(field.name): field.name for field in fields}
    headers = {c.name: normalise(c.header) for c in tab.columns}
    key = [names.get(headers[name]) for name in tab.primary_key]
    return [name for name in key if name] if all(key) else []


@contextmanager
def _lost_connection(connection: Connection) -> Iterator[None]:
    """Raise `LostSourceError` where the connection is lost, and with it the snapshot."""
    try:
        yield
    except (psycopg.Error, pa.ArrowException, OSError) as error:
        if connection.closed or connection.broken:
            raise LostSourceError(str(error)) from error
        raise


@contextmanager
def open_reader(settings: Settings) -> Iterator[PostgresReader]:
    """Yield a reader; rows that were not kept are removed at the end."""
    with spool_folder(settings.landing_dir) as folder:
        yield PostgresReader(folder)
