"""A real browser, a shop, and a warehouse whose runs and values are written down by hand."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import PACKAGE
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.browser import browser
from candid_assets_tests.refresh.conftest import shop

__all__ = ["browser", "shop"]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(PACKAGE / "catalog")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "staging")
        yield connection
