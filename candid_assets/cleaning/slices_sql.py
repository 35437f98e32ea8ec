"""A wide table is read some columns at a time, each time by a statement of its own."""

from collections.abc import Collection, Sequence, Sized
from dataclasses import dataclass
from typing import Final

from candid_assets.cleaning.alike_columns_sql import FEWEST, alike_sql, pattern_of
from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.faults_sql import faults_sql
from candid_assets.cleaning.parser_calls import parser_sql
from candid_assets.cleaning.raw_content import MOST_CELLS, RawContent
from candid_assets.cleaning.typed_sql import texts_sql, typed_sql

WIDE: Final = 100
"""Columns up to which a table is read in one statement, and its reasons stand beside its values."""
SLICE: Final = 50
"""Columns that one statement reads of a wider table."""


@dataclass(frozen=True, slots=True)
class ReadColumns:
    """Some columns of a table, and the statement that reads them."""

    table: str
    """Name of the temporary table that the statement makes."""
    statement: str
    columns: Sequence[str]
    """What is selected of it for the values of the columns, and for the reasons that are asked."""
    faults: str
    """The query of its lines for `cleaning_faults`; blank where it has none."""


def is_wide(columns: Sized) -> bool:
    """Return whether a table is read some columns at a time, and its faults stand in lines."""
    return len(columns) > WIDE


def parts_of(
    placed: Sequence[Placed], content: RawContent, asked: Collection[int] | None = None
) -> list[ReadColumns]:
    """Return columns as they are read at a time.

    Columns that are read alike are read in one statement, however many they are, where a table has
    few rows; of a table with many, lists of values take longer than slices.

    Args:
        placed: The columns with their places.
        content: What the raw table holds beside its texts.
        asked: Positions of the columns of a wide table whose reasons stand beside the values too;
            without them all do, with the marks of numbers, and no lines are asked for.
    """
    groups: dict[str, list[Placed]] = {}
    if 0 < content.rows * len(placed) <= MOST_CELLS:
        for p in placed:
            if pattern := pattern_of(p, content):
                groups.setdefault(pattern, []).append(p)
    alike = {key: members for key, members in groups.items() if len(members) >= FEWEST}
    grouped = {p.position for members in alike.values() for p in members}
    parts: list[ReadColumns] = []
    for pattern, members in alike.items():
        table = f"cleaning_slice_{len(parts)}"
        parts.append(ReadColumns(table, *alike_sql(table, members, pattern, asked)))
    for columns_of_slice in slices_of([p for p in placed if p.position not in grouped]):
        table = f"cleaning_slice_{len(parts)}"
        statement = slice_sql(table, columns_of_slice, content)
        parts.append(ReadColumns(table, statement, *_selected(table, columns_of_slice, asked)))
    return parts


def _selected(
    table: str, members: Sequence[Placed], asked: Collection[int] | None
) -> tuple[list[str], str]:
    """Return what is selected of a slice for the rows, and the query of its faults."""
    left_out, faults = ["_row"], ""
    if asked is not None:
        left_out += [p.why for p in members if p.letter and p.position not in asked]
        left_out += [name for p in members if p.marked for name in (p.mark, p.usual)]
        faults = faults_sql(members, f"temp.{table}") if any(p.letter for p in members) else ""
    return [f"{table}.* EXCLUDE ({', '.join(left_out)})"], faults


def slices_of(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Return columns as they are read at a time.

    What merges fill has one column of its own, so that one slice has all filled columns. A parser
    costs as much to plan for one column of a slice as for all of them.
    """
    if not placed:
        return []
    ordered = sorted(placed, key=lambda p: (not p.filled, parser_sql(p.column, p.period) or ""))
    size = max(SLICE, sum(p.filled for p in placed))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def slice_sql(table: str, part: Sequence[Placed], content: RawContent) -> str:
    """Return the statement that reads some columns, of what all slices read.

    Args:
        table: Name of the temporary table that it makes.
        part: The columns.
        content: What the raw table holds beside its texts.
    """
    steps, columns = typed_sql(part, content)
    return f"""\
CREATE OR REPLACE TEMP TABLE {table} AS
WITH cells AS (
  SELECT *
  FROM temp.cleaning_cells
),
ruled AS (
  SELECT
    *{texts_sql(part)}
  FROM cells
  INNER JOIN temp.cleaning_rules USING (_row)
),
{steps}
SELECT
  _row{"".join(columns)}
FROM typed"""
