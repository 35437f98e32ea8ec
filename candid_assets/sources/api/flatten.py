"""Nested JSON records as rows of cells: one column for each path to a value."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa

from candid_assets.contracts.catalog import Tab
from candid_assets.settings import ZONE
from candid_assets.sources.arrow_values import plain
from candid_assets.sources.row_buffer import Aside

Cell = tuple[str, str | None]
BLANK: Final[Cell] = ("-", None)
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
)


MOST_CELLS: Final = 200_000
"""Cells that are gathered before they are written aside."""


class Table:
    """Records as they come, flattened and written aside; the contract's paths stand first."""

    def __init__(self, tab: Tab, aside: Aside, header: Sequence[str | None] = ()) -> None:
        """Put the columns of an earlier header first, so that its rows fit under this one."""
        self._aside = aside
        self._moments = {c.header for c in tab.columns if c.logical_type == "timestamp"}
        self._whole = {c.header for c in tab.columns}
        names = [*(name for name in header if name), *(c.header for c in tab.columns)]
        self.paths: dict[str, int] = {n: at for at, n in enumerate(dict.fromkeys(names))}
        self._rows: list[list[Cell]] = []

    def add(self, records: Iterable[Any]) -> None:
        """Append records; what is no object stands under the path `value`."""
        for record in records:
            row: list[Cell] = [BLANK] * len(self.paths)
            found = record if isinstance(record, Mapping) else {"value": record}
            for path, value in flattened(found, self._whole):
                place = self.paths.setdefault(path, len(self.paths))
                row.extend([BLANK] * (place + 1 - len(row)))
                row[place] = self._cell(path, value)
            self._rows.append(row)
            if len(self._rows) * len(self.paths) >= MOST_CELLS:
                self.flush()

    @property
    def rows(self) -> int:
        """Records so far."""
        return self._aside.rows + len(self._rows)

    def flush(self) -> None:
        """Write aside what is gathered."""
        width, rows = len(self.paths), self._rows
        self._rows = []
        columns = list(zip(*(row + [BLANK] * (width - len(row)) for row in rows), strict=True))
        if not columns:
            return
        self._aside.add(
            [pa.array([text for _, text in column], pa.string()) for column in columns],
            [np.array([ord(kind) for kind, _ in c], dtype=np.uint8) for c in columns],
        )

    def _cell(self, path: str, value: Any) -> Cell:
        if path in self._moments and isinstance(value, str) and _MOMENT.fullmatch(value):
            return "s", in_wib(value)
        return cell_of(value)


def flattened(
    record: Mapping[str, Any], whole: Sequence[str] | set[str], before: str = ""
) -> Iterable[tuple[str, Any]]:
    """Yield the path and value of everything in a record; what the contract names whole, whole."""
    for key, value in record.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping) and value:
            if path in whole:
                yield path, value
            yield from flattened(value, whole, f"{path}.")
        else:
            yield path, value


def cell_of(value: Any) -> Cell:
    """Return kind and text of a JSON value."""
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return "n", str(value)
    if isinstance(value, Decimal):
        return "n", plain(str(value)) or ""
    if isinstance(value, str):
        return "t", value
    return "t", json.dumps(value, ensure_ascii=False, default=_exact)


def in_wib(written: str) -> str:
    """Return a moment in WIB; one without a zone stays as it is written."""
    found = datetime.fromisoformat(written)
    if found.tzinfo is not None:
        found = found.astimezone(ZONE).replace(tzinfo=None)
    return found.isoformat(" ")


def _exact(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
