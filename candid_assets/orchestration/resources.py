"""Dagster resources: the warehouse and the sources that workbooks are read from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from candid_assets.orchestration.open_warehouse import open_for_refresh
from candid_assets.settings import Settings

if TYPE_CHECKING:
    from candid_assets.orchestration.run_sources import RunSources
    from candid_assets.sources.open_sources import Sources


class Warehouse(DuckDBResource):
    """The working DuckDB file, opened for writing by one refresh at a time.

    The parent's `get_connection` tries a damaged file for two minutes and leaves the connection
    open when the block raises; `open_for_refresh` says what is wrong and closes it.
    """

    env: str

    @contextmanager
    def get_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection to the bootstrapped warehouse.

        Raises:
            GateError: As `open_for_refresh` says.
            WarehouseError: As `opened_for_writing` says.
        """
        with open_for_refresh(Path(self.database), self.env) as connection:
            yield connection


def run_resources(settings: Settings) -> "dict[str, Warehouse | SourcesResource]":
    """Return what a run works with, by the names under which operations ask for it."""
    return {
        "warehouse": Warehouse(database=str(settings.warehouse_file), env=settings.env),
        "sources": SourcesResource(),
    }


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
