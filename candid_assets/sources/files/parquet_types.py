"""The types that a .parquet file declares for its columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.contracts.column_types import decimal_type
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.open_file import open_file

_TYPES: Final[tuple[tuple[Callable[[pa.DataType], bool], str], ...]] = (
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_uint64, "DECIMAL(20,0)"),
    (pa.types.is_integer, "BIGINT"),
    (pa.types.is_float64, "DOUBLE"),
    (pa.types.is_floating, "FLOAT"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP"),
    (pa.types.is_time, "TIME"),
)
"""The first that a type of Arrow's is says what DuckDB's is; all others are read as text."""


def declared_types(path: Path) -> dict[str, str]:
    """Return the DuckDB type of each column; none of a file that cannot be read.

    Decimals of more figures than DuckDB's have none.
    """
    try:
        with open_file(path) as file:
            fields = list(pq.read_schema(file))
    except (UnreadableFileError, pa.ArrowException, OSError):
        return {}
    declared = {field.name: _duckdb_type(field.type) for field in fields}
    return {name: kind for name, kind in declared.items() if kind}


def _duckdb_type(kind: pa.DataType) -> str | None:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_decimal(kind):
        return decimal_type(kind.precision, kind.scale)
    if pa.types.is_null(kind):
        return None
    return next((name for test, name in _TYPES if test(kind)), "VARCHAR")
