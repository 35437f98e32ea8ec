"""The reader of PostgreSQL: every table of a source from one moment, by one transaction."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pyarrow as pa
from psycopg import sql

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.header_text import normalise
from candid_assets.settings import Settings
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.growing_tables import Growing
from candid_assets.sources.listed_tables import EPOCH, Listed, extract_of, read_listed, spool_folder
from candid_assets.sources.postgres.advice import advice_of
from candid_assets.sources.postgres.connection import Connection, connected
from candid_assets.sources.postgres.constraints import declared_by
from candid_assets.sources.postgres.copy_rows import BLOCK, LARGEST, RowTooLongError, batches
from candid_assets.sources.postgres.new_rows import growing
from candid_assets.sources.postgres.postgres_errors import lost_error, read_error
from candid_assets.sources.postgres.tables import fields_of, key_of, tables_of
from candid_assets.sources.postgres.value_types import Field
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
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.spool import Spool
from candid_assets.sources.undescribed import Declared, FoundWorkbook

log = logging.getLogger(__name__)

ATTEMPTS: Final = 3
"""How often a source is read whose connection is lost: each time from a new moment."""
PAUSE_SECONDS: Final = 0.5


class _LostConnectionError(Exception):
    """The connection ended while a table was read, and with it the moment that was seen."""


class PostgresReader:
    """Reads tables by COPY in bounded memory."""

    def __init__(self, spools: Path) -> None:
        self._spools = spools
        self._statements = 0

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return that only a read tells: PostgreSQL keeps no moment of a table's last change."""
        return {w.locations[env]: UncertainState(EPOCH, 0, w.title) for w in workbooks}

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tables that have contracts, all as they were at one moment."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._extract(workbook, env, request)
            except _LostConnectionError as lost:
                log.warning("%s: the connection was lost (%s)", workbook.name, lost)
                if attempt == ATTEMPTS:
                    raise lost_error(workbook, lost, ATTEMPTS) from lost
                time.sleep(PAUSE_SECONDS * attempt)
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every table of a source that nobody described, or those of some titles."""
        return browsed(self, workbook, env, only)

    def titles(self, workbook: Workbook, env: str) -> Sequence[tuple[str, bool]]:
        """Return the name of every table, and whether it is hidden."""
        with connected(workbook, env) as connection:
            found = tables_of(connection, workbook.servers.get(env, {}).get("schema"))
        return [(table.title, table.hidden) for table in found]

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, Declared]:
        """Return what the catalogue says of keys, nulls and references."""
        with connected(workbook, env) as connection:
            schema = workbook.servers.get(env, {}).get("schema")
            found = declared_by(connection, schema)
        return {title: said for title, said in found.items() if title in titles}

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Tell of an account that may do more than read, and of a file that libpq passes over."""
        with connected(workbook, env) as connection:
            return advice_of(connection, workbook)

    @property
    def conduct(self) -> Conduct:
        """Statements of read-only transactions, which the server itself holds to reading."""
        return Conduct(self._statements, told="statements, all in read-only transactions")

    @property
    def reads(self) -> tuple[int, int]:
        """Nothing that a quota counts."""
        return 0, 0

    def _extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        state = request.before or UncertainState(EPOCH, 0, workbook.title)
        with connected(workbook, env) as connection:
            with _lost_or(connection):
                tables = tables_of(connection, workbook.servers.get(env, {}).get("schema"))

            def read(tab: Tab, table: Listed) -> TabExtract:
                try:
                    with _lost_or(connection), connection.transaction():
                        spool, told = self._spooled(connection, tab, table, request)
                except psycopg.Error as error:
                    user = connection.info.user
                    raise read_error(workbook, tab, _named(table), user, error) from error
                return extract_of(spool, workbook.locations[env], table, state, told)

            return read_listed(workbook, request, tables, state, read)

    def _spooled(
        self, connection: Connection, tab: Tab, table: Listed, request: Request
    ) -> tuple[Spool, str]:
        fields = [f for f in fields_of(connection, table) if not _is_ignored(tab, f)]
        order = key_of(connection, table) or _declared_key(tab, fields)
        more = growing(connection, tab, fields, request.last(tab.name))
        self._statements += 4
        try:
            return self._copied(connection, table, fields, order, more, BLOCK, request.most_rows)
        except RowTooLongError:
            # The transaction goes on: only this statement was given up.
            return self._copied(connection, table, fields, order, more, LARGEST, request.most_rows)

    def _copied(
        self,
        connection: Connection,
        table: Listed,
        fields: Sequence[Field],
        order: Sequence[str],
        more: tuple[Growing, sql.Composable] | None,
        block: int,
        most: int | None,
    ) -> tuple[Spool, str]:
        spool = Spool(self._spools, len(fields))
        try:
            with connection.transaction():
                spool.add_header([field.name for field in fields])
                where = more[1] if more else None
                copied = batches(
                    connection, table, fields, order=order, where=where, block=block, most=most
                )
                if more is None:
                    for batch in copied:
                        _add(spool, fields, batch)
                    return spool, ", in one snapshot of the database"
                with Aside(self._spools) as fresh:
                    for batch in copied:
                        _add(fresh, fields, batch)
                    kept = more[0].join(spool, fresh)
                    return spool, (
                        f", {fresh.rows} of them in one snapshot of the database from"
                        f" {more[0].column} {more[0].since} on, {kept} as they were"
                    )
        except BaseException:
            spool.discard()
            raise


def _add(spool: Spool | Aside, fields: Sequence[Field], batch: pa.RecordBatch) -> None:
    cells = [field.cells(column) for field, column in zip(fields, batch.columns, strict=True)]
    spool.add([texts for texts, _ in cells], [kinds for _, kinds in cells])


def _is_ignored(tab: Tab, field: Field) -> bool:
    """Whether the contract leaves a column out by name; such a column is never asked for."""
    return normalise(field.name) in {normalise(name) for name in tab.options.ignored_headers}


def _declared_key(tab: Tab, fields: Sequence[Field]) -> list[str]:
    """Return the contract's key, where the table has all of its columns."""
    names = {normalise(field.name): field.name for field in fields}
    headers = {c.name: normalise(c.header) for c in tab.columns}
    found = [names.get(headers[name]) for name in tab.primary_key]
    return [name for name in found if name] if all(found) else []


def _named(table: Listed) -> str:
    return f"{table.facts['schema']}.{table.facts['name']}"


@contextmanager
def _lost_or(connection: Connection) -> Iterator[None]:
    """Tell a connection that was lost from a statement that failed."""
    try:
        yield
    except (psycopg.Error, pa.ArrowException, OSError) as error:
        if connection.closed or connection.broken:
            raise _LostConnectionError(str(error)) from error
        raise


@contextmanager
def open_reader(settings: Settings) -> Iterator[PostgresReader]:
    """Yield a reader; what it read and nobody kept goes with it."""
    with spool_folder(settings.landing_dir) as folder:
        yield PostgresReader(folder)
