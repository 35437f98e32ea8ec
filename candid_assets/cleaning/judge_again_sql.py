"""Judges a raw table anew by a contract that has other rules than the one before.

What parsers made of the cells stays true while only rules change: those values are taken as they
are, and only the rows that stay are asked whether they keep the new rules. Columns that are read in
another way, or that break a rule, are read again. Which ones are read in another way is seen in
their SQL, never in the contracts.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from duckdb import DuckDBPyConnection

from candid_assets.cleaning.cleaning_sql import kept_faults
from candid_assets.cleaning.column_sql import (
    Placed,
    blank_or_broken_sql,
    misread_sql,
    spelled_sql,
    value_sql,
    why_sql,
)
from candid_assets.cleaning.faults_sql import FAULTS, NO_FAULTS
from candid_assets.cleaning.parser_calls import parser_sql, prepared_sql
from candid_assets.cleaning.problems_sql import asked_columns
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.rows_sql import shared_sql
from candid_assets.cleaning.slices_sql import SLICE, ReadColumns, is_wide, parts_of
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import OF_OTHER_CELLS
from candid_assets.sql import quoted

MOST_READ: Final = 0.5
"""The share of the columns up to which it is worth while to take the others as they were read."""
_ASKED_TOGETHER: Final = 1_000
"""The most columns of a wide table that are asked about in one condition."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an earlier cleaning of a raw table made of its cells, which still stand there."""

    table: str
    """Name of the temporary table that holds its `cleaning_rows`; see `kept_faults`."""
    header: HeaderMap
    """Where the header stood."""
    placed: tuple[Placed, ...]
    """The columns as they were read."""
    stays: bool = False
    """Whether it is asked what becomes of each row and for no values: then `cleaning_rows` of a
    wide table has no other columns that were read before than those by which rows are judged, and
    what was read is not dropped."""


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
    other_shape = is_wide(placed) != is_wide(before.placed)
    if header != before.header or other_shape or any(p.apart for p in placed):
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
    if is_wide(placed):
        broken = _faulty(connection, before.table) & {p.position for p in asked}
        asked = [p for p in asked if p.position not in broken]
        together = (asked[n : n + _ASKED_TOGETHER] for n in range(0, len(asked), _ASKED_TOGETHER))
        if not any(_is_any_broken(connection, before.table, part, former) for part in together):
            asked = []
    for start in range(0, len(asked), SLICE):
        broken |= _broken(connection, before.table, asked[start : start + SLICE], former)
    kept = {p.position for p in alike if p.position not in broken}
    if is_wide(placed):
        judged = {p.position for p in asked_columns(tab, placed)}
        return tuple(_lined_sql(before, placed, kept, content, judged))
    return tuple(_joined_sql(before.table, placed, kept, content))


def _faulty(connection: DuckDBPyConnection, table: str) -> set[int]:
    """Return the positions of a wide table's columns with a reason in a row that stays."""
    lines = connection.execute(
        f"SELECT DISTINCT position FROM temp.{quoted(kept_faults(table))}"
        " SEMI JOIN (SELECT _row FROM temp.cleaning_rules WHERE _rule IS NULL) USING (_row)"
    )
    return {line[0] for line in lines.fetchall()}


def _broken(
    connection: DuckDBPyConnection,
    table: str,
    columns: Sequence[Placed],
    former: dict[int, Placed],
) -> set[int]:
    """Return the positions of columns with a reason that is not the one they had before."""
    tests = [f"bool_or({test})" for test in _tests(columns, former)]
    line = connection.execute(_of_kept_rows(", ".join(tests), table)).fetchone()
    return {p.position for p, is_broken in zip(columns, line or (), strict=True) if is_broken}


def _is_any_broken(
    connection: DuckDBPyConnection,
    table: str,
    columns: Sequence[Placed],
    former: dict[int, Placed],
) -> bool:
    """Whether any of a wide table's columns has such a reason: mostly, none has.

    It is half of the planning that one answer for each column takes.
    """
    test = " OR ".join(_tests(columns, former))
    line = connection.execute(_of_kept_rows(f"bool_or({test})", table)).fetchone()
    return bool(line and line[0])


def _tests(columns: Sequence[Placed], former: dict[int, Placed]) -> Iterator[str]:
    """Yield the condition for each column under which a row has a reason that it had not.

    The columns of a wide table are none that have one in a row that stays.
    """
    for p in columns:
        reason = f"({blank_or_broken_sql(p) or 'NULL'}) IS NOT NULL"
        if is_wide(former):
            yield reason
            continue
        test = f"{p.why} IS NULL AND {reason}"
        # A reason of before may be one of a rule that is another now.
        had_rules = blank_or_broken_sql(former[p.position]) is not None
        yield f"{p.why} IS NOT NULL OR {test}" if had_rules else test


def _of_kept_rows(columns: str, table: str) -> str:
    """Return the query of some columns over the rows that stay."""
    return (
        f"SELECT {columns} FROM temp.{quoted(table)} AS judged"
        " SEMI JOIN (SELECT _row FROM temp.cleaning_rules WHERE _rule IS NULL) USING (_row)"
    )


def _joined_sql(
    table: str, placed: Sequence[Placed], kept: Collection[int], content: RawContent
) -> Iterator[str]:
    """Yield the statements that join values and reasons, of few columns, to those read again."""
    parts = parts_of([p for p in placed if p.position not in kept], content)
    for part in parts:
        yield part.statement
    taken = [p for p in placed if p.position in kept]
    columns = [f"judged.{name}" for p in taken for name in (p.name, p.why) if p.letter]
    columns += [f"judged.{p.name}" for p in taken if not p.letter]
    yield _rows_sql(table, columns, parts)
    yield from _dropped_sql(parts, [table])


def _lined_sql(
    before: Judged,
    placed: Sequence[Placed],
    kept: Collection[int],
    content: RawContent,
    judged: Collection[int],
) -> Iterator[str]:
    """Yield the statements that join the values of a wide table to those read again.

    Args:
        before: What was made of it before.
        placed: The columns with their places.
        kept: Positions of those that are taken as they were read.
        content: What the raw table holds beside its texts.
        judged: Positions of the columns by whose values rows are judged.
    """
    table = before.table
    changed = [p for p in placed if p.position not in kept]
    parts = parts_of(changed, content, judged)
    faults = f"temp.{quoted(kept_faults(table))}"
    yield NO_FAULTS
    yield (
        f"INSERT INTO temp.{FAULTS} FROM {faults}"
        f" WHERE position IN (SELECT unnest({sorted(kept)}::INTEGER[]))"
    )
    for part in parts:
        yield part.statement
        if part.faults:
            yield f"INSERT INTO temp.{FAULTS}\n{part.faults}"
    taken = [p for p in placed if p.position in kept]
    columns = [f"judged.{p.name}" for p in taken if not before.stays or p.position in judged]
    reasons = {
        p.why: f"any_value(reasons) FILTER (position = {p.position})"
        for p in taken
        if p.letter and p.position in judged
    }
    columns += [f"faulty.{why}" for why in reasons]
    selected = "".join(f", {sql} AS {why}" for why, sql in reasons.items())
    of_rows = f"SELECT _row{selected} FROM {faults} GROUP BY _row"
    join = f"\nLEFT JOIN ({of_rows}) AS faulty USING (_row)" if reasons else ""
    yield _rows_sql(table, columns, parts) + join
    yield from _dropped_sql(parts, [] if before.stays else [table, kept_faults(table)])


def _rows_sql(table: str, columns: Sequence[str], parts: Sequence[ReadColumns]) -> str:
    """Return the statement that makes `cleaning_rows` of columns as they were, and of parts."""
    named = [*columns, *(name for part in parts for name in part.columns)]
    joins = "".join(f"\nINNER JOIN temp.{p.table} AS {p.table} USING (_row)" for p in parts)
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
SELECT
  _row,
  rules._rule{"".join(f",{chr(10)}  {name}" for name in named)}
FROM temp.{quoted(table)} AS judged
INNER JOIN temp.cleaning_rules AS rules USING (_row){joins}"""


def _dropped_sql(parts: Sequence[ReadColumns], others: Sequence[str]) -> Iterator[str]:
    """Yield the statements that drop what is needed no longer."""
    for made in (*(part.table for part in parts), "cleaning_cells", "cleaning_rules", *others):
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
    cell = prepared_sql(placed.column, spelled_sql(placed), placed.kind)
    parsed = parser_sql(placed.column, placed.period)
    return placed.name, *cell, parsed, value_sql(placed), misread_sql(placed)
