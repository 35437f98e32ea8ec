"""A raw table in a file that tasks read, some of its rows each."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.sql import literal

PART_CELLS: Final = 1_000_000
"""Cells of a part: its raw rows and what the parsers make of them take some 100 MB."""
_VECTOR: Final = 2_048


@dataclass(frozen=True, slots=True)
class RawFile:
    """A raw table in a file that tasks read."""

    path: Path
    first: int
    """Number of its first row."""
    last: int
    columns: int

    @property
    def part_rows(self) -> int:
        """How many rows are cleaned together."""
        return max(PART_CELLS // max(self.columns, 1) // _VECTOR, 1) * _VECTOR

    @property
    def parts(self) -> list[tuple[int, int]]:
        """The first and the last row number of each part."""
        rows = self.part_rows
        return [
            (first, min(first + rows, self.last + 1) - 1)
            for first in range(self.first, self.last + 1, rows)
        ]

    def view(self, name: str, where: str = "TRUE") -> str:
        """Return the statement that shows some of its rows."""
        return (
            f"CREATE TEMP VIEW {name} AS FROM read_parquet({literal(str(self.path))}) WHERE {where}"
        )


def export_raw(connection: duckdb.DuckDBPyConnection, raw: str, path: Path) -> RawFile | None:
    """Write a raw relation into a file that tasks read; None where it has no rows.

    Args:
        connection: Where the relation is.
        raw: Its name, quoted.
        path: The file to write.
    """
    spans = connection.execute(f"SELECT min(_row), max(_row) FROM {raw}").fetchone()
    first, last = spans or (None, None)
    if first is None or last is None:
        return None
    columns = len(connection.execute(f"DESCRIBE {raw}").fetchall())
    file = RawFile(path, first, last, columns)
    connection.execute(
        f"COPY (FROM {raw}) TO ? (FORMAT parquet, ROW_GROUP_SIZE {file.part_rows})", [str(path)]
    )
    return file


def read_files(files: Iterable[Path]) -> str:
    """Return files as they are named behind FROM, one after the other."""
    return f"read_parquet([{', '.join(literal(str(file)) for file in files)}])"
