"""Completes the new rows of a growing table with the rows that were landed before.

An extract is always the complete table: rows below the cursor are taken from the last extract,
except those whose key came again; everything else is what the source holds now. A row that was
deleted below the cursor is only missed by reading the table completely.
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
from candid_assets.sources.cell_kinds import Kinds
from candid_assets.sources.row_buffer import RowBuffer, widened
from candid_assets.sources.source_errors import SourceError, place
from candid_assets.sources.spool import Spool, batches_of

_BETWEEN: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class LandedRows:
    """The rows of the last extract that are kept while newer ones are read again."""

    path: Path
    """The last extract."""
    column: str
    since: str
    """The cursor's value from which on rows are read, as it is landed."""
    cursor: int
    """Position of the cursor among the columns."""
    keys: tuple[int, ...]
    numeric: bool

    def join(self, spool: Spool, new_rows: RowBuffer) -> int:
        """Write the landed rows that are kept into a spool, then all new rows.

        Only the keys of the new rows are held in memory. Columns that the last extract has not
        are blank.

        Returns:
            The number of landed rows kept.
        """
        keys = [_keys(texts, self.keys) for texts, _ in new_rows.batches(spool.columns)]
        new_keys = pa.chunked_array(keys, pa.string()).combine_chunks()
        kept = 0
        for kinds, texts in landed(self.path):
            before = self._is_before(texts[self.cursor])
            replaced = pc.is_in(_keys(texts, self.keys), value_set=new_keys)
            keep = pc.and_(before, pc.invert(replaced))
            mask = keep.to_numpy(zero_copy_only=False)
            columns = [text.filter(keep) for text in texts]
            spool.add(*widened(columns, list(kinds[mask].T), spool.columns))
            kept += int(mask.sum())
        for texts, kinds_of_columns in new_rows.batches(spool.columns):
            spool.add(texts, kinds_of_columns)
        return kept

    def _is_before(self, texts: pa.Array) -> pa.Array:
        if not self.numeric:
            return pc.fill_null(pc.less(texts, pa.scalar(self.since)), False)
        limit = Decimal(self.since)
        below = [text is not None and _number(text) < limit for text in texts.to_pylist()]
        return pa.array(below, pa.bool_())


def header_of(path: Path) -> list[str | None]:
    """Return the first row of an extract."""
    for _, texts in batches_of(path):
        return [text[0].as_py() for text in texts]
    return []


def highest(path: Path, at: int, kinds: str) -> str | None:
    """Return the highest value of a column among its cells of some kinds, None without any."""
    codes = np.frombuffer(kinds.encode(), dtype=np.uint8)
    order: Any = Decimal if kinds == "m" else str
    best: str | None = None
    for kinds_of_rows, texts in landed(path):
        values = texts[at].filter(pa.array(np.isin(kinds_of_rows[:, at], codes)))
        candidates = values.to_pylist() if kinds == "m" else [pc.max(values).as_py()]
        best = max(filter(None, [best, *candidates]), key=order, default=None)
    return best


def holds_kinds(path: Path, kinds: Sequence[str]) -> bool:
    """Return whether an extract's columns hold cells of the kinds given for each of them.

    Extracts of earlier versions have such cells where exact text and numbers are read now; they
    are no part of a new extract.
    """
    codes = [np.frombuffer(letters.encode(), dtype=np.uint8) for letters in kinds]
    return any(
        np.isin(column, older).any()
        for kinds_of_rows, _ in landed(path)
        for column, older in zip(kinds_of_rows.T, codes, strict=False)
    )


def landed(path: Path) -> Iterator[tuple[Kinds, list[pa.Array]]]:
    """Yield kinds and texts of an extract's rows below its header."""
    header_rows = 1
    for kinds, texts in batches_of(path):
        yield kinds[header_rows:], [text.slice(header_rows) for text in texts]
        header_rows = 0


def cursor_error(tab: Tab, why: str) -> SourceError:
    """Return the error of a contract whose cursor cannot be used."""
    return SourceError(
        "column_missing",
        f"{place(tab.workbook, tab.title)} cannot be read by its cursor: {why}",
        f"correct cursor: in {tab.path.name}, or remove it to read the table completely",
        tab.workbook,
        tab.name,
    )


def _keys(columns: Sequence[pa.Array], positions: Sequence[int]) -> pa.Array:
    parts = [pc.fill_null(columns[position], "") for position in positions]
    return pc.binary_join_element_wise(*parts, _BETWEEN) if len(parts) > 1 else parts[0]


def _number(text: str) -> Decimal:
    number = Decimal(text)
    return number if number.is_finite() else Decimal("Infinity")
