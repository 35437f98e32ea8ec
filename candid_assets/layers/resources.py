"""Dagster resources: the warehouse and the connection to Google Sheets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, require_deployed
from candid_assets.settings import Settings
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.memory import start_small

if TYPE_CHECKING:
    from candid_assets.sheets.session import SheetsSession


class Warehouse(DuckDBResource):
    """The working DuckDB file, opened for writing by one refresh at a time.

    The parent's `get_connection` leaves the connection open when the block raises; this one
    closes it, so that a failed run does not keep the file locked.
    """

    env: str

    @contextmanager
    def get_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection to the bootstrapped warehouse.

        Raises:
            GateError: It is production's, and this process does not run what is deployed there.
        """
        if self.env == PRODUCTION:
            self._require_deployed()
        with super().get_connection() as connection:
            try:
                start_small(connection, Path(self.database))
                bootstrap(connection, self.env)
                yield connection
            finally:
                connection.close()

    def _require_deployed(self) -> None:
        """Refuse production's warehouse to a run of another environment that was pointed at it."""
        settings = Settings()
        if settings.env != PRODUCTION or Path(self.database) != settings.warehouse_file:
            raise GateError(
                f"{self.database} is no warehouse of environment {settings.env}",
                "CANDID_ENV=production candid run",
            )
        require_deployed(settings)


class Sheets(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where Sheets are read from: Google, or in sample mode the local sandbox."""

    @contextmanager
    def session(self, settings: Settings) -> "Iterator[SheetsSession]":
        """Yield an open read-only session.

        In the sample environment without `CANDID_GOOGLE_API_URL` a sandbox server with the
        generated sample workbooks is started for as long as the session is open.
        """
        # gspread costs half a second to import; the graph loads without it.
        from candid_assets.sheets.session import SheetsSession

        if settings.env == "sample" and settings.google_api_url is None:
            # The one place outside the CLI that knows the sandbox: without it a run started
            # from the UI in sample mode would have nothing to read.
            from candid_assets.sandbox.sample import sample_settings

            with sample_settings(settings) as local, SheetsSession.from_settings(local) as session:
                yield session
            return
        with SheetsSession.from_settings(settings) as session:
            yield session
