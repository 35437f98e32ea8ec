"""Judges a raw table anew by a contract that has other rules than the one before.

What parsers made of the cells stays true while only rules change: those values are taken as they
are, and only the rows that stay are asked whether they keep the new rules. Columns that are read in
another way, or that break a rule, are read again. Which ones are read in another way is seen in
their SQL, never in the contracts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.column_sql import (
    Placed,
    blank_or_broken_sql,
    misread_sql,
    spelled_sql,
    value_sql,
    why_sql,
)
from candid_assets.cleaning.parser_calls import parser_sql
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.rows_sql import shared_sql
from candid_assets.cleaning.slices_sql import SLICE, parts_of
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import OF_OTHER_CELLS
from candid_assets.sql import quoted

MOST_READ: Final = 0.5
"""The share of the columns up to which it is worth while to take the others as they were read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an earlier cleaning of a raw table made of its cells, which still stand there."""

    table: str
    """Name of the temporary table that holds its `cleaning_rows`."""
    header: HeaderMap
    """Where the header stood."""
    placed: tuple[Placed, ...]
    """The columns as they were read."""


def again_sql(
    connection: DuckDBPyConnection,
    tab: Tab,
    header: HeaderMap,
    placed: Sequence[Placed],
    before: Judged,
    raw: str,
    content: RawContent,
) -> tuple[str, ...]:
    """Return the statements that make `cleaning_rows` of values that were read before.

    What was read before is dropped with them, so that it is not kept twice. There are none where
    too many columns must be read again, and for a table of so many rows that its cells are read
    apart, of which no cells are left.

    Args:
        connection: Where the raw table is, and what was made of it.
        tab: The tab's contract.
        header: Where its columns stand.
        placed: The columns with their places.
        before: What is taken over.
        raw: The raw relation, quoted.
        content: What it holds beside its texts.
    """
    if header != before.header or any(p.apart for p in placed):
        return ()
    former = {p.position: p for p in before.placed}
    alike = [p for p in placed if _is_read_alike(former.get(p.position), p)]
    if len(alike) < (1 - MOST_READ) * len(placed):
        return ()
    for statement in shared_sql(tab, header, placed, raw, content):
        connection.execute(statement)
    ruled = [p for p in alike if former[p.position] != p]
    asked = [p for p in ruled if why_sql(former[p.position]) != why_sql(p)]
    broken = set()
    for start in range(0, len(asked), SLICE):
        part = asked[start : start + SLICE]
        broken |= _broken(connection, before.table, part, former)
    kept = [p for p in alike if p.position not in broken]
    changed = [p for p in placed if p not in kept]
    return tuple(_joined_sql(before.table, kept, changed, content))


def _broken(
    connection: DuckDBPyConnection,
    table: str,
    columns: Sequence[Placed],
    former: dict[int, Placed],
) -> set[int]:
    """Return the positions of columns with a reason that is not the one they had before."""
    tests = []
    for p in columns:
        test = f"{p.why} IS NULL AND ({blank_or_broken_sql(p) or 'NULL'}) IS NOT NULL"
        # A reason of before may be one of a rule that is another now.
        had_rules = blank_or_broken_sql(former[p.position]) is not None
        tests.append(f"bool_or({p.why} IS NOT NULL OR {test})" if had_rules else f"bool_or({test})")
    line = connection.execute(
        f"SELECT {', '.join(tests)} FROM temp.{quoted(table)} AS judged"
        " SEMI JOIN (SELECT _row FROM temp.cleaning_rules WHERE _rule IS NULL) USING (_row)"
    ).fetchone()
    return {p.position for p, is_broken in zip(columns, line or (), strict=True) if is_broken}


def _joined_sql(
    table: str, kept: Sequence[Placed], changed: Sequence[Placed], content: RawContent
) -> Iterator[str]:
    parts = parts_of(changed, content)
    for part in parts:
        yield part.statement
    columns = "".join(f",\n  judged.{name}" for p in kept for name in (p.name, p.why) if p.letter)
    columns += "".join(f",\n  judged.{p.name}" for p in kept if not p.letter)
    columns += "".join(f",\n  {name}" for part in parts for name in part.columns)
    tables = [part.table for part in parts]
    joins = "".join(f"\nINNER JOIN temp.{name} AS {name} USING (_row)" for name in tables)
    yield f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
SELECT
  _row,
  rules._rule{columns}
FROM temp.{quoted(table)} AS judged
INNER JOIN temp.cleaning_rules AS rules USING (_row){joins}"""
    for made in (*tables, "cleaning_cells", "cleaning_rules", table):
        yield f"DROP TABLE temp.{quoted(made)}"


def _is_read_alike(before: Placed | None, now: Placed) -> bool:
    """Whether a column has the same place, values and misreadings in two contracts.

    What is compared with other cells of its column, or taken from other cells, is read anew.
    """
    if before is None or now.column.header in OF_OTHER_CELLS:
        return False
    if now.filled or now.marked or before.marked or now.padded or before.padded:
        return False
    if before == now:
        return True
    return replace(before, column=now.column) == now and _reading(before) == _reading(now)


def _reading(placed: Placed) -> tuple[str | None, ...]:
    """Return the SQL of a column's value, and of why its cells cannot be read."""
    if placed.letter is None:
        return placed.name, value_sql(placed)
    parsed = parser_sql(placed.column, placed.period)
    return placed.name, spelled_sql(placed), parsed, value_sql(placed), misread_sql(placed)
