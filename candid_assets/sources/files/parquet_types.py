"""The types that a .parquet file declares for its columns of decimals."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.contracts.column_types import decimal_type
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.open_file import open_file


def decimal_types(path: Path) -> dict[str, str]:
    """Return the DuckDB type of each column of decimals; none of a file that cannot be read."""
    try:
        with open_file(path) as file:
            fields = list(pq.read_schema(file))
    except (UnreadableFileError, pa.ArrowException, OSError):
        return {}
    declared = {
        field.name: decimal_type(field.type.precision, field.type.scale)
        for field in fields
        if pa.types.is_decimal(field.type)
    }
    return {name: kind for name, kind in declared.items() if kind}
