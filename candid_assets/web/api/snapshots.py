"""Opens the published snapshot: each publication once, read-only, while it is the current one.

DuckDB returns the database that it has open when the same path is opened again, although another
file has replaced it. So each publication is attached to an instance of its own, in which no
other file and no network can be reached.
"""

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import TIME_ZONE, Settings
from candid_assets.sql import literal
from candid_assets.warehouse.builds import built_tables
from candid_assets.warehouse.memory import open_scratch
from candid_assets.warehouse.publications import last_publication
from candid_assets.warehouse.versions import environment_of
from candid_assets.web.api.relations import Relation, tables_of
from candid_assets.web.refusal import Refused

THREADS: Final = 2
_PUBLISHED: Final = (
    "select schema_name, table_name, map(list(column_name), list(data_type)) from duckdb_columns()"
    " where database_name = 'snapshot' and not internal group by all"
)


@dataclass(frozen=True)
class Snapshot:
    """An open publication and the catalog that declares its tables."""

    id: str
    env: str
    catalog: Catalog
    tables: dict[str, Relation]
    """By their names, `ready.fct_invoices`."""
    built: dict[str, tuple[int, str]]
    """Row count and build time of each table."""
    connection: duckdb.DuckDBPyConnection
    made: dict[str, Any] = field(default_factory=dict)
    """Answers made once for this snapshot, such as the OpenAPI document."""

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a new cursor for one request."""
        cursor = self.connection.cursor()
        cursor.execute("use snapshot")
        return cursor


class Snapshots:
    """Opens the snapshot that is published now."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._opened: tuple[tuple[int, int, int], Snapshot] | None = None

    def opened(self) -> Snapshot | None:
        """Return the current snapshot if it is already open, else None; costs one `stat`."""
        opened = self._opened
        try:
            return opened[1] if opened and opened[0] == _state(self._file) else None
        except OSError:
            return None

    def current(self) -> Snapshot:
        """Return the snapshot that is published now, opening it if it is new.

        Raises:
            Refused: Nothing is published, or it cannot be opened.
        """
        with self._lock:
            if opened := self.opened():
                return opened
            try:
                state = _state(self._file)
                snapshot = _open(self.settings, self._file, state)
            except FileNotFoundError as error:
                raise _unready("nothing is published yet; run `candid run`") from error
            except (OSError, duckdb.Error) as error:
                message = f"the published snapshot cannot be read ({error}); run `candid run`"
                raise _unready(message) from error
            # A request that reads the previous one keeps it open until it is answered.
            self._opened = (state, snapshot)
            return snapshot

    @property
    def _file(self) -> Path:
        return self.settings.published_file


def _state(file: Path) -> tuple[int, int, int]:
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _unready(message: str) -> Refused:
    return Refused(503, message, {"Retry-After": "60"})


def _open(settings: Settings, file: Path, state: tuple[int, int, int]) -> Snapshot:
    connection = open_scratch(settings.data_dir, threads=THREADS)
    connection.execute(f"attach {literal(str(file))} as snapshot (read_only)")
    connection.execute(f"set global TimeZone = '{TIME_ZONE}'")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    connection.execute("use snapshot")
    catalog = load_catalog(settings.catalog_dir)
    rows = connection.execute(_PUBLISHED).fetchall()
    published = {(schema, table): columns for schema, table, columns in rows}
    tables = {relation.name: relation for relation in tables_of(catalog, published)}
    built = {
        f"{table.layer}.{table.table}": (table.rows, f"{table.built_at:%Y-%m-%dT%H:%M:%S}+07:00")
        for table in built_tables(connection)
    }
    digest = hashlib.sha256(repr((last_publication(connection), state)).encode())
    for name, content in sorted(catalog.files.items()):
        digest.update(name.encode() + b"\0" + content)
    env = str(environment_of(connection))
    return Snapshot(digest.hexdigest()[:20], env, catalog, tables, built, connection)
