"""The errors of stored data: the warehouse, the published snapshot, extracts and catalogs."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from candid_assets.errors import CandidError


class WarehouseError(CandidError):
    """Stored data is missing, damaged or belongs to another environment."""


class LandingError(WarehouseError):
    """An extract is missing or damaged."""


@contextmanager
def duckdb_errors() -> Iterator[None]:
    """Raise what DuckDB raises inside as a `WarehouseError`."""
    try:
        yield
    except duckdb.Error as error:
        raise WarehouseError(str(error)) from error
