"""Opens the warehouse for a refresh, without Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION, require_deployed
from candid_assets.settings import Settings
from candid_assets.warehouse.data_folder import keep_private, mark_folder, require_files
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.errors import WarehouseError, duckdb_errors
from candid_assets.warehouse.memory import fit_to_size
from candid_assets.warehouse.opening import opened_for_writing


@contextmanager
def open_for_refresh(file: Path, env: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the bootstrapped warehouse of an environment.

    Raises:
        GateError: It is production's, and this process does not run what is deployed there.
        WarehouseError: As `opened_for_writing` says.
    """
    if env == PRODUCTION:
        _require_deployed(file)
    require_files(file.parent)
    keep_private(file.parent, Settings().share_with)
    mark_folder(file.parent)
    with opened_for_writing(file) as connection:
        fit_to_size(connection, file)
        bootstrap(connection, env)
        yield connection


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an environment's warehouse.

    Raises:
        GateError: As `open_for_refresh` says.
        WarehouseError: Nothing was read yet, a refresh holds the file, or it cannot be used.
    """
    file = settings.warehouse_file
    if not file.exists():
        raise WarehouseError("nothing was read yet", "run `candid run` first")
    with duckdb_errors(), open_for_refresh(file, settings.env) as connection:
        yield connection


def _require_deployed(file: Path) -> None:
    """Refuse production's warehouse to a run of another environment that was pointed at it."""
    settings = Settings()
    if settings.env != PRODUCTION or file != settings.warehouse_file:
        raise GateError(
            f"{file} is no warehouse of environment {settings.env}",
            "CANDID_ENV=production candid run",
        )
    require_deployed(settings)
