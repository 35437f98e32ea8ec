"""Reads only what a growing table has new, and puts it together with what was landed before.

The extract stays the whole table: rows that were not asked for again are taken from the last
extract, rows of the overlap and rows whose key came again give way to what the database holds now.
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
import pyarrow.parquet as pq
from psycopg import sql

from candid_assets.contracts.headers import normalise
from candid_assets.contracts.model import Tab
from candid_assets.names import column_letter
from candid_assets.postgres.connecting import Connection
from candid_assets.postgres.types import CURSORS, Field
from candid_assets.sources.errors import SourceError, place
from candid_assets.sources.extract import bytes_of
from candid_assets.sources.listed import Listed
from candid_assets.sources.protocol import LastExtract
from candid_assets.sources.spool import Spool

_BATCH: Final = 50_000
_BETWEEN: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Growing:
    """What is asked for again, and what stays as it was landed."""

    column: str
    since: str
    """The cursor's value from which on rows are asked for, as it is landed."""
    where: sql.Composable
    path: Path
    cursor: int
    """Place of the cursor among the columns."""
    keys: tuple[int, ...]
    numeric: bool

    def keep(self, spool: Spool, fresh: Sequence[pa.RecordBatch]) -> int:
        """Add the rows of the last extract that stand as they were; return their number."""
        came = pa.chunked_array([_keys(b.columns, self.keys) for b in fresh], pa.string())
        kept = 0
        for kinds, texts in _landed(self.path, spool.columns):
            before = self._before(texts[self.cursor])
            again = pc.is_in(_keys(texts, self.keys), value_set=came)
            stays = pc.and_(before, pc.invert(again))
            mask = stays.to_numpy(zero_copy_only=False)
            left = int(mask.sum())
            if left:
                spool.add(
                    [text.filter(stays) for text in texts],
                    [kinds[mask, place] for place in range(spool.columns)],
                )
            kept += left
        return kept

    def _before(self, texts: pa.Array) -> pa.Array:
        if not self.numeric:
            return pc.fill_null(pc.less(texts, pa.scalar(self.since)), False)
        limit = Decimal(self.since)
        told = [text is not None and _number(text) < limit for text in texts.to_pylist()]
        return pa.array(told, pa.bool_())


def growing(
    connection: Connection,
    tab: Tab,
    table: Listed,
    fields: Sequence[Field],
    last: LastExtract | None,
) -> Growing | None:
    """Return what is new to ask for; None where the table is read whole.

    Raises:
        SourceError: The contract's cursor is no column that can be one.
    """
    if tab.reading.cursor is None:
        return None
    names = [normalise(field.name) for field in fields]
    wanted = normalise(tab.reading.cursor)
    if wanted not in names:
        raise _unfit(tab, f"it has no column {tab.reading.cursor!r}")
    at = names.index(wanted)
    field = fields[at]
    if field.type not in CURSORS or field.is_array:
        raise _unfit(tab, f"column {field.name!r} of type {field.told} does not grow")
    headers = {c.name: normalise(c.header) for c in tab.columns}
    keys = [headers[name] for name in tab.primary_key]
    if not keys or not set(keys) <= set(names):
        raise _unfit(tab, "without a primary key its new rows cannot be told from changed ones")
    if last is None or _header(Path(last.path)) != [f.name for f in fields]:
        return None
    highest = _highest(Path(last.path), at, numeric=field.kind == "n")
    if highest is None:
        return None
    since = _since(connection, tab, field, highest)
    name = sql.Identifier(field.name)
    typed = sql.SQL("{}::" + field.type).format(sql.Literal(since + _zone(field)))
    where = sql.SQL("({0} >= {1} or {0} is null)").format(name, typed)
    places = tuple(names.index(key) for key in keys)
    return Growing(field.name, since, where, Path(last.path), at, places, field.kind == "n")


def _since(connection: Connection, tab: Tab, field: Field, highest: str) -> str:
    """Return the highest value landed less the overlap, written as it is landed."""
    overlap = tab.reading.overlap
    if overlap is None:
        return highest
    amount = "{}::numeric" if field.kind == "n" else "{}::interval"
    result = "({} - " + amount + ")" + ("::date" if field.type == "date" else "")
    literal = sql.SQL("{}::" + field.type).format(sql.Literal(highest + _zone(field)))
    value = sql.SQL(result).format(literal, sql.Literal(str(overlap)))
    if field.type == "timestamptz":
        value = sql.SQL("({} at time zone 'UTC')").format(value)
    row = connection.execute(sql.SQL("select {}::text").format(value)).fetchone()
    return str(row[0]) if row else highest


def _zone(field: Field) -> str:
    return "+00" if field.type == "timestamptz" else ""


def _header(path: Path) -> list[str | None]:
    for _, texts in _rows(path):
        return [text[0].as_py() for text in texts]
    return []


def _highest(path: Path, at: int, *, numeric: bool) -> str | None:
    """Return the highest cursor of an extract that is a plain value."""
    code = ord("n") if numeric else ord("-")
    best: Any = None
    told: str | None = None
    for kinds, texts in _landed(path, None):
        column = kinds[:, at]
        plain = column == code if numeric else np.isin(column, [ord("d"), ord("s")])
        values = texts[at].filter(pa.array(plain))
        if not len(values):
            continue
        if numeric:
            for text in values.to_pylist():
                if best is None or Decimal(text) > best:
                    best, told = Decimal(text), text
        else:
            top = pc.max(values).as_py()
            if best is None or top > best:
                best = told = top
    return told


def _landed(path: Path, width: int | None) -> Iterator[tuple["np.ndarray[Any, Any]", list[Any]]]:
    """Yield kinds and texts of an extract's rows below its header."""
    first = True
    for kinds, texts in _rows(path):
        if width is not None and len(texts) != width:
            raise ValueError(f"{path} has {len(texts)} columns, not {width}")
        skipped = 1 if first else 0
        first = False
        yield kinds[skipped:], [text.slice(skipped) for text in texts]


def _rows(path: Path) -> Iterator[tuple["np.ndarray[Any, Any]", list[pa.Array]]]:
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        letters = [n for n in file.schema_arrow.names if not n.startswith("_")]
        assert letters == [column_letter(n) for n in range(1, len(letters) + 1)]  # noqa: S101
        for batch in file.iter_batches(_BATCH, columns=["_kinds", *letters]):
            _, codes = bytes_of(pa.chunked_array([batch.column(0)]))
            kinds = np.frombuffer(codes, dtype=np.uint8).reshape(batch.num_rows, len(letters))
            yield kinds, list(batch.columns[1:])


def _keys(columns: Sequence[pa.Array], places: Sequence[int]) -> pa.Array:
    parts = [pc.fill_null(columns[place], "") for place in places]
    return pc.binary_join_element_wise(*parts, _BETWEEN) if len(parts) > 1 else parts[0]


def _number(text: str) -> Decimal:
    found = Decimal(text)
    return found if found.is_finite() else Decimal("Infinity")


def _unfit(tab: Tab, why: str) -> SourceError:
    return SourceError(
        "column_missing",
        f"{place(tab.workbook, tab.title)} cannot be read by its cursor: {why}",
        f"correct cursor: in {tab.path.name}, or remove it to read the table whole",
        tab.workbook,
        tab.name,
    )
