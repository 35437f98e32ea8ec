"""A DuckDB connection that has the parsers."""

from collections.abc import Iterator

import duckdb
import pytest

from candid_assets.cleaning.macros import install_macros


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection in memory with the macros installed."""
    with duckdb.connect() as opened:
        install_macros(opened)
        yield opened
