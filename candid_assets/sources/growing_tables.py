"""Puts what is new of a growing table together with what was landed before.

The extract stays the whole table: rows that were not asked for again are taken from the last
extract, rows of the overlap and rows whose key came again give way to what the source holds now.
A row that was deleted before the overlap is only missed by a whole reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from candid_assets.contracts.catalog import Tab
from candid_assets.sources.row_buffer import Aside, rows_of
from candid_assets.sources.source_errors import SourceError, place
from candid_assets.sources.spool import Spool

_BETWEEN: Final = "\x1f"
_BLANK: Final = ord("-")


@dataclass(frozen=True, slots=True)
class Growing:
    """What stays of a table as it was landed, while the rest is asked for again."""

    path: Path
    """The last extract."""
    column: str
    since: str
    """The cursor's value from which on rows are asked for, as it is landed."""
    cursor: int
    """Place of the cursor among the columns."""
    keys: tuple[int, ...]
    numeric: bool

    def join(self, spool: Spool, fresh: Aside) -> int:
        """Add the rows of the last extract that stand as they were, then all that came.

        Only the keys of what came are held in memory.

        Args:
            spool: Where to; columns that the extract has not are blank.
            fresh: What came.

        Returns:
            How many rows stand as they were.
        """
        keys = [_keys(texts, self.keys) for texts, _ in fresh.batches(spool.columns)]
        came = pa.chunked_array(keys, pa.string()).combine_chunks()
        kept = 0
        for kinds, texts in landed(self.path):
            before = self._before(texts[self.cursor])
            again = pc.is_in(_keys(texts, self.keys), value_set=came)
            stays = pc.and_(before, pc.invert(again))
            mask = stays.to_numpy(zero_copy_only=False)
            left = int(mask.sum())
            if left:
                more = spool.columns - len(texts)
                blank = np.full(left, _BLANK, dtype=np.uint8)
                spool.add(
                    [text.filter(stays) for text in texts] + [pa.nulls(left, pa.string())] * more,
                    [kinds[mask, at] for at in range(len(texts))] + [blank] * more,
                )
            kept += left
        for columns, codes in fresh.batches(spool.columns):
            spool.add(columns, codes)
        return kept

    def _before(self, texts: pa.Array) -> pa.Array:
        if not self.numeric:
            return pc.fill_null(pc.less(texts, pa.scalar(self.since)), False)
        limit = Decimal(self.since)
        told = [text is not None and _number(text) < limit for text in texts.to_pylist()]
        return pa.array(told, pa.bool_())


def header_of(path: Path) -> list[str | None]:
    """Return the first row of an extract."""
    for _, texts in rows_of(path):
        return [text[0].as_py() for text in texts]
    return []


def highest(path: Path, at: int, kinds_told: str) -> str | None:
    """Return the highest value of a column among its cells of some kinds, None without any."""
    best: Any = None
    told: str | None = None
    codes = np.frombuffer(kinds_told.encode(), dtype=np.uint8)
    for kinds, texts in landed(path):
        values = texts[at].filter(pa.array(np.isin(kinds[:, at], codes)))
        if not len(values):
            continue
        if kinds_told != "n":
            best = told = max(filter(None, (best, pc.max(values).as_py())))
            continue
        for text in values.to_pylist():
            if best is None or Decimal(text) > best:
                best, told = Decimal(text), text
    return told


def landed(path: Path) -> Iterator[tuple["np.ndarray[Any, Any]", list[pa.Array]]]:
    """Yield kinds and texts of an extract's rows below its header."""
    skipped = 1
    for kinds, texts in rows_of(path):
        yield kinds[skipped:], [text.slice(skipped) for text in texts]
        skipped = 0


def unfit(tab: Tab, why: str) -> SourceError:
    """Return the error of a contract whose cursor cannot be one."""
    return SourceError(
        "column_missing",
        f"{place(tab.workbook, tab.title)} cannot be read by its cursor: {why}",
        f"correct cursor: in {tab.path.name}, or remove it to read the table whole",
        tab.workbook,
        tab.name,
    )


def _keys(columns: Sequence[pa.Array], places: Sequence[int]) -> pa.Array:
    parts = [pc.fill_null(columns[place], "") for place in places]
    return pc.binary_join_element_wise(*parts, _BETWEEN) if len(parts) > 1 else parts[0]


def _number(text: str) -> Decimal:
    found = Decimal(text)
    return found if found.is_finite() else Decimal("Infinity")
