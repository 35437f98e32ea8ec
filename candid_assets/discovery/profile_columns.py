"""Counts, with the parsers that will clean them, what the cells of each column are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from candid_assets.contracts.custom_properties import ColumnOptions
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.column_stats import row_count
from candid_assets.discovery.office_words import (
    DOUBTED_WORDS,
    FAULT_WORDS,
    MORE_BLANKS,
    NOTHING_WORDS,
    PLAIN_YES,
)
from candid_assets.discovery.shown_cells import shown_cells
from candid_assets.sql import text_list
from candid_assets.vocabulary import BLANK_WORDS

_SHARED: Final = 0.5
"""Each text is read once where there are at most so many as a share of the columns' own."""
_MOST_COMPARED: Final = 400_000
"""Of more texts, the readings that are kept for it would need far more room than the texts."""


@dataclass(frozen=True, slots=True)
class TableCells:
    """Rows of data of one tab: which cells belong to which column of which table."""

    table: int
    """The table's number."""
    member: int
    """The tab's number within the workbook."""
    extract: pa.Table
    rows: Sequence[int]
    """Sheet rows of data."""
    columns: Mapping[int, int]
    """Number of a table's column to its place in this tab's sheet."""
    elapsed: Collection[int] = ()
    """Numbers of columns whose clocks are lengths of time by their format."""


def column_facts(
    connection: duckdb.DuckDBPyConnection,
    cells: Iterable[TableCells],
    phones: Iterable[tuple[int, int]],
) -> dict[tuple[int, int], ColumnFacts]:
    """Return the facts of each column, by table and column number.

    The connection has the macros of cleaning; `temp.found_cells` and `temp.found_values`
    stay for later questions.

    Args:
        connection: Where the counting is done.
        cells: The cells of all tables.
        phones: The columns, by table and number, whose header is one of telephone numbers.
    """
    cells = list(cells)
    long = _long(cells)
    connection.register("found_arrow", long)
    connection.execute("CREATE OR REPLACE TEMP TABLE found_cells AS SELECT * FROM found_arrow")
    connection.unregister("found_arrow")
    words = {
        "blank_words": (*BLANK_WORDS, *MORE_BLANKS),
        "true_words": ColumnOptions().true_words,
        "false_words": ColumnOptions().false_words,
        "plain_words": PLAIN_YES,
        "nothing_words": (*NOTHING_WORDS, *DOUBTED_WORDS),
        "fault_words": FAULT_WORDS,
        "phone_columns": [f"{table} {column}" for table, column in phones],
    }
    for name, values in words.items():
        connection.execute(f"SET VARIABLE {name} = {text_list(sorted(values))}")
    connection.execute(_sql("facts.sql"))
    _read_texts(connection)
    counts = connection.execute(_sql("facts_query.sql"))
    names = [item[0] for item in counts.description or ()]
    lines = counts.fetchall()
    elapsed = {(item.table, number) for item in cells for number in item.elapsed}
    return {
        (line[0], line[1]): _facts(
            {**dict(zip(names[2:], line[2:], strict=True)), "elapsed": line[:2] in elapsed}
        )
        for line in lines
    }


def forget_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what `column_facts` leaves: of every cell a copy, for which no one asks any more."""
    for view in ("found_counts", "found_readings", "found_texts"):
        connection.execute(f"DROP VIEW IF EXISTS temp.{view}")
    for table in ("found_values", "found_cells"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _read_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `temp.found_counts`, which has the readings of each of `temp.found_values`.

    Many columns of a wide table hold the same texts. Each is read once then, for which there is
    room: the readings of texts that no other column holds are counted as they are made.
    """
    columns = "kind, exact, text, of_phones"
    values = row_count(connection, "SELECT count(*) FROM temp.found_values")
    own = f"SELECT count(DISTINCT ({columns})) FROM temp.found_values"
    shared = values <= _MOST_COMPARED and row_count(connection, own) <= _SHARED * values
    what = f"SELECT DISTINCT {columns} FROM" if shared else "FROM"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW found_texts AS {what} temp.found_values")
    connection.execute(_sql("facts_readings.sql"))
    counts = f"temp.found_values INNER JOIN temp.found_readings USING ({columns})"
    counts = counts if shared else "temp.found_readings"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW found_counts AS FROM {counts}")


@cache
def _sql(name: str) -> str:
    return files(__package__ or "candid_assets.discovery").joinpath(name).read_text("utf-8")


def _facts(values: dict[str, Any]) -> ColumnFacts:
    """Return a line of the query as facts; counts of nothing are null there."""
    facts = ColumnFacts(
        **{name: _plain(value) for name, value in values.items() if value is not None}
    )
    if not facts.faults and set(facts.nothing_found) <= set(DOUBTED_WORDS):
        return replace(facts, nothing=0, nothing_found=())
    return facts


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, bool | float) else int(value)


def _long(cells: Sequence[TableCells]) -> pa.Table:
    """Return one line for each cell of data."""
    parts: dict[str, list[pa.Array]] = {
        name: [] for name in ("tab", "place", "member", "row_number", "kind", "content", "shown")
    }
    for item in cells:
        rows = np.asarray(item.rows, dtype=np.int64)
        if not len(rows):
            continue
        kinds = _kinds(item.extract)
        for number, place in item.columns.items():
            seen = shown_cells(item.extract, place, rows, kinds[rows - 1, place - 1])
            count = len(rows)
            parts["tab"].append(pa.array(np.full(count, item.table, dtype=np.int32)))
            parts["place"].append(pa.array(np.full(count, number, dtype=np.int32)))
            parts["member"].append(pa.array(np.full(count, item.member, dtype=np.int32)))
            parts["row_number"].append(pa.array(rows.astype(np.int32)))
            offsets = np.arange(count + 1, dtype=np.int32)
            buffers = (
                pa.py_buffer(offsets),
                pa.py_buffer(np.ascontiguousarray(seen.kinds).tobytes()),
            )
            parts["kind"].append(pa.StringArray.from_buffers(count, *buffers))
            parts["content"].append(seen.texts)
            parts["shown"].append(seen.shown)
    schema = {
        **dict.fromkeys(("tab", "place", "member", "row_number"), pa.int32()),
        "kind": pa.string(),
        "content": pa.string(),
        "shown": pa.string(),
    }
    return pa.table({name: pa.chunked_array(parts[name], type=schema[name]) for name in schema})


def _kinds(extract: pa.Table) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Return the kinds of a tab as letters in rows and columns."""
    joined = "".join(extract.column("_kinds").to_pylist()).encode()
    return np.frombuffer(joined, dtype=np.uint8).reshape(extract.num_rows, -1)
