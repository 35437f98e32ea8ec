"""The errors of stored data: the warehouse, the published snapshot, extracts and catalogs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from candid_assets.errors import CandidError
from candid_assets.expected_errors import DOCTOR
from candid_assets.storage_errors import storage_error

DAMAGED_FIX: Final = (
    "run `candid run`, which repairs what can be built again, or put a backup back with"
    " `candid restore FILE --replace`"
)
_DAMAGE: Final = (
    "Corrupt database file",
    "Corrupt WAL file",
    "not a valid DuckDB database file",
    "Could not read enough bytes from file",
)


class WarehouseError(CandidError):
    """Stored data is missing, damaged or belongs to another environment."""


class WarehouseHeldError(WarehouseError):
    """Another process writes to the warehouse."""


class LandingError(WarehouseError):
    """An extract is missing or damaged."""


@contextmanager
def duckdb_errors() -> Iterator[None]:
    """Raise what DuckDB raises as a `WarehouseError`, or as the error of the disk behind it."""
    try:
        yield
    except duckdb.Error as error:
        fix = DAMAGED_FIX if is_damage(error) else DOCTOR
        raise storage_error(error, "the data folder") or WarehouseError(str(error), fix) from error


def is_damage(error: BaseException) -> bool:
    """Whether DuckDB met a block that is not as it was written."""
    return isinstance(error, duckdb.Error) and any(words in str(error) for words in _DAMAGE)
