"""Reads all columns of a wide table that are read alike in one statement, a line for each cell.

DuckDB takes longer to plan a column than to read fifty cells of it, and a thousand columns of one
type differ in nothing but their place and name.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.faults_sql import other_sql, units_sql
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.typed_sql import texts_sql, typed_sql
from candid_assets.contracts.header_text import OF_OTHER_CELLS
from candid_assets.sql import text_list
from candid_assets.warehouse.provenance import SHOWN

FEWEST: Final = 8
"""Columns from which one statement for all of them is worth while."""
_NAME: Final = "value"
"""The name that each of the columns has in the statement."""
_PLACE: Final = "_place"
_LETTER: Final = "_letter"
_LISTS: Final = {"_values": "name", "_whys": "why", "_marks": "mark", "_usuals": "usual"}
"""Names of the lists of a row, in the order of the columns, and what of a column is in them."""


def pattern_of(placed: Placed, content: RawContent) -> str:
    """Return the statement's steps, which are the same for columns that are read alike.

    They are empty for a column of which a cell is read with others than its own column's, or as
    it is shown.
    """
    alone = placed.letter and placed.place and placed.form is None and not placed.apart
    if not alone or placed.padded or placed.filled or placed.column.header in OF_OTHER_CELLS:
        return ""
    one = _alike(placed)
    steps, columns = typed_sql([one], content, by=_PLACE)
    there = f"json_extract_string({SHOWN}, '$.' || {_LETTER})"
    shown = f",\n    json_object('{one.letter}', {there}) AS {SHOWN}" if placed.shown else ""
    lists = ",\n  ".join(
        f"list({name} ORDER BY {_PLACE}) AS {listed}" for listed, name in _listed(one).items()
    )
    return f"""\
lines AS (
  SELECT
    _row,
    _rule,
    {_PLACE},
    _cells[{_PLACE}] AS {one.cell},
    _cleaned[{_PLACE}] AS {one.cleaned},
    _kinds[{_PLACE}] AS _kinds{shown}
  FROM cells
),
ruled AS (
  SELECT
    *{texts_sql([one])}
  FROM lines
),
{steps},
judged AS (
  SELECT
    _row,
    {_PLACE}{"".join(columns)}
  FROM typed
)
SELECT
  _row,
  {lists}
FROM judged
GROUP BY _row"""


def alike_sql(
    table: str, members: Sequence[Placed], pattern: str, asked: Collection[int] | None
) -> tuple[str, list[str], str]:
    """Return the statement that makes a table of columns, what is selected of it, and its faults.

    Args:
        table: Its name.
        members: The columns, in the order of their places.
        pattern: The steps by which all of them are read.
        asked: Positions of the columns whose reasons are selected; without them all that is
            listed is selected, and no query of faults is returned.
    """
    places = ", ".join(str(p.place) for p in members)
    letters = text_list([p.letter or "" for p in members])
    shown = f"    {SHOWN},\n    unnest({letters}) AS {_LETTER},\n" if members[0].shown else ""
    statement = f"""\
CREATE OR REPLACE TEMP TABLE {table} AS
WITH cells AS (
  SELECT
    _row,
    _rule,
    _kinds,
    _cells,
    _cleaned,
{shown}    unnest([{places}]) AS {_PLACE}
  FROM temp.cleaning_cells
  INNER JOIN temp.cleaning_rules USING (_row)
),
{pattern}"""
    columns = [
        f"{table}.{listed}[{number}] AS {name}"
        for number, p in enumerate(members, start=1)
        for listed, name in _listed(p).items()
        if asked is None or name == p.name or (name == p.why and p.position in asked)
    ]
    return statement, columns, "" if asked is None else _faults_sql(table, members)


def _faults_sql(table: str, members: Sequence[Placed]) -> str:
    """Return the query of `_row, position, reasons, other` of columns that are read alike."""
    units = other = ""
    if members[0].marked:
        units = ", unnest(_marks) AS mark, unnest(_usuals) AS usual"
        other = other_sql("reasons", units_sql("mark", "usual"))
    return f"""\
  SELECT _row, position, reasons, {other or "NULL::VARCHAR"} AS other
  FROM (
    SELECT
      _row,
      unnest([{", ".join(str(p.position) for p in members)}]) AS position,
      unnest(_whys) AS reasons{units}
    FROM temp.{table}
  )
  WHERE reasons IS NOT NULL"""


def _alike(placed: Placed) -> Placed:
    """Return a column as it stands in the lines, where each line is one cell of it."""
    column = replace(placed.column, name=_NAME)
    return replace(placed, column=column, position=1, letter="A", place=1, apart=True)


def _listed(placed: Placed) -> dict[str, str]:
    """Return the quoted names of what is listed of a column, by the name of the list."""
    listed = _LISTS if placed.marked else dict(list(_LISTS.items())[:2])
    return {name: getattr(placed, what) for name, what in listed.items()}
