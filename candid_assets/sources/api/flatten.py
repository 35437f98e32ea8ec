"""Nested JSON records as rows of cells: one column for each path to a value."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from candid_assets.contracts.catalog import Tab
from candid_assets.settings import ZONE
from candid_assets.sources.cell_kinds import (
    BLANK_CELL,
    Cell,
    columns_of,
    whole_characters,
    without_exponent,
)
from candid_assets.sources.json_texts import json_text
from candid_assets.sources.row_buffer import RowBuffer
from candid_assets.sources.table_limits import current_limits

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6}0*)?)?(?:Z|[+-]\d\d:?\d\d)?"
)
MOST_CELLS: Final = 200_000
"""Cells that are collected before they are written to the buffer."""


class RecordTable:
    """Flattens records into a buffer of rows; the contract's paths are the first columns."""

    def __init__(self, tab: Tab, buffer: RowBuffer, header: Sequence[str | None] = ()) -> None:
        """Put the columns of an earlier header first, so that its rows fit below this one."""
        self._buffer, self._limits = buffer, current_limits()
        self._moments = {c.header for c in tab.columns if c.logical_type == "timestamp"}
        self._objects = {c.header for c in tab.columns}
        names = [*(name for name in header if name), *(c.header for c in tab.columns)]
        self.paths: dict[str, int] = {n: at for at, n in enumerate(dict.fromkeys(names))}
        self._rows: list[list[Cell]] = []

    def add(self, records: Iterable[Any]) -> None:
        """Append records; one that is no object gets the path `value`.

        Raises:
            TableTooLargeError: They have too many paths, or a value is too long.
        """
        self._limits.require_time()
        for record in records:
            row = [BLANK_CELL] * len(self.paths)
            fields = record if isinstance(record, Mapping) else {"value": record}
            for written, value in flattened(fields, self._objects):
                path = whole_characters(written)
                position = self.paths.setdefault(path, len(self.paths))
                self._limits.require_size(0, len(self.paths))
                row.extend([BLANK_CELL] * (position + 1 - len(row)))
                row[position] = self._cell(path, value)
            self._rows.append(row)
            if len(self._rows) * len(self.paths) >= MOST_CELLS:
                self.flush()

    @property
    def rows(self) -> int:
        """Records so far."""
        return self._buffer.rows + len(self._rows)

    def flush(self) -> None:
        """Write the collected records to the buffer."""
        if self._rows:
            self._buffer.add(*columns_of(self._rows, len(self.paths)))
            self._rows = []

    def _cell(self, path: str, value: Any) -> Cell:
        if path in self._moments and isinstance(value, str) and _MOMENT.fullmatch(value):
            return "s", in_wib(value)
        cell = cell_of(value)
        self._limits.require_text(len(cell[1] or ""))
        return cell


def flattened(
    record: Mapping[str, Any], objects: Collection[str], before: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything in a record, and of the objects at some paths as such."""
    for key, value in record.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping) and value:
            if path in objects:
                yield path, value
            yield from flattened(value, objects, f"{path}.")
        else:
            yield path, value


def cell_of(value: Any) -> Cell:
    """Return kind and text of a JSON value."""
    if value is None:
        return BLANK_CELL
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return "m", str(value)
    if isinstance(value, Decimal):
        return "m", without_exponent(str(value))
    if isinstance(value, str):
        return "x", value
    return "x", json_text(value)


def in_wib(written: str) -> str:
    """Return a moment in WIB; one without a zone stays as it is written."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZONE).replace(tzinfo=None)
    return moment.isoformat(" ")
