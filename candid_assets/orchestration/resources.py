"""Dagster resources: the warehouse and the sources that workbooks are read from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, require_deployed
from candid_assets.settings import Settings
from candid_assets.warehouse.data_folder import keep_private, mark_folder
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.errors import WarehouseError, duckdb_errors
from candid_assets.warehouse.memory import choose_threads
from candid_assets.warehouse.opening import opened_for_writing

if TYPE_CHECKING:
    from candid_assets.orchestration.run_sources import RunSources
    from candid_assets.sources.open_sources import Sources


class Warehouse(DuckDBResource):
    """The working DuckDB file, opened for writing by one refresh at a time.

    The parent's `get_connection` tries a damaged file for two minutes and leaves the connection
    open when the block raises; `opened_for_writing` says what is wrong and closes it.
    """

    env: str

    @contextmanager
    def get_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection to the bootstrapped warehouse.

        Raises:
            GateError: It is production's, and this process does not run what is deployed there.
            WarehouseError: As `opened_for_writing` says.
        """
        if self.env == PRODUCTION:
            self._require_deployed()
        keep_private(Path(self.database).parent, Settings().share_with)
        mark_folder(Path(self.database).parent)
        with opened_for_writing(Path(self.database)) as connection:
            choose_threads(connection, Path(self.database))
            bootstrap(connection, self.env)
            yield connection

    def _require_deployed(self) -> None:
        """Refuse production's warehouse to a run of another environment that was pointed at it."""
        settings = Settings()
        if settings.env != PRODUCTION or Path(self.database) != settings.warehouse_file:
            raise GateError(
                f"{self.database} is no warehouse of environment {settings.env}",
                "CANDID_ENV=production candid run",
            )
        require_deployed(settings)


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an environment's warehouse.

    Raises:
        GateError: As `Warehouse.get_connection` says.
        WarehouseError: Nothing was read yet, a refresh holds the file, or it cannot be used.
    """
    file = settings.warehouse_file
    if not file.exists():
        raise WarehouseError("nothing was read yet", "run `candid run` first")
    warehouse = Warehouse(database=str(file), env=settings.env)
    with duckdb_errors(), warehouse.get_connection() as connection:
        yield connection


class SourcesResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """What workbooks are read from: in sample mode the local sandbox stands in for Google."""

    @contextmanager
    def session(self, settings: Settings) -> "Iterator[Sources]":
        """Yield the sources; each kind's reader is opened when the first workbook needs it."""
        # gspread and its like cost half a second to import; the graph loads without them.
        from candid_assets.sources.open_sources import Sources

        with Sources(settings) as opened:
            yield opened

    def for_run(self, settings: Settings, log: Callable[[str], None]) -> "RunSources":
        """Return a new session and the log's progress for a run that Dagster launched."""
        from candid_assets.orchestration.run_sources import LoggedProgress, RunSources

        return RunSources(self.session(settings), LoggedProgress(log))
