"""Reads all columns of a wide table that are read alike in one statement, a line for each cell.

DuckDB takes longer to plan a column than to read fifty cells of it, and a thousand columns of one
type differ in nothing but their place and name.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.typed_sql import texts_sql, typed_sql
from candid_assets.contracts.header_text import OF_OTHER_CELLS

FEWEST: Final = 8
"""Columns from which one statement for all of them is worth while."""
MOST_CELLS: Final = 200_000
"""Cells of a table up to which lines take less time and memory than the plans of all columns: both
take as long at half a million."""
VALUES: Final = "_values"
"""Name of the list of a row's values, in the order of the columns."""
REASONS: Final = "_whys"
"""Name of the list of what is wrong with them."""
_NAME: Final = "value"
"""The name that each of the columns has in the statement."""


def pattern_of(placed: Placed, content: RawContent) -> str:
    """Return the statement's steps, which are the same for columns that are read alike.

    They are empty for a column that is read with other cells than its own, or as it is shown.
    """
    alone = placed.letter and placed.place and placed.form is None and not placed.apart
    compared = placed.marked or placed.padded or placed.filled or placed.shown
    if not alone or compared or placed.column.header in OF_OTHER_CELLS:
        return ""
    column = replace(placed.column, name=_NAME)
    one = replace(placed, column=column, position=1, letter="A", place=1, apart=True)
    steps, columns = typed_sql([one], content)
    return f"""\
lines AS (
  SELECT
    _row,
    _place,
    _cells[_place] AS {one.cell},
    _cleaned[_place] AS {one.cleaned},
    _kinds[_place] AS _kinds
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
    _place{"".join(columns)}
  FROM typed
)
SELECT
  _row,
  list({one.name} ORDER BY _place) AS {VALUES},
  list({one.why} ORDER BY _place) AS {REASONS}
FROM judged
GROUP BY _row"""


def alike_sql(table: str, members: Sequence[Placed], pattern: str) -> str:
    """Return the statement that makes a table of the values of columns, a list for each row.

    Args:
        table: Its name.
        members: The columns, in the order of their places.
        pattern: The steps by which all of them are read.
    """
    places = ", ".join(str(p.place) for p in members)
    return f"""\
CREATE OR REPLACE TEMP TABLE {table} AS
WITH cells AS (
  SELECT
    _row,
    _kinds,
    _cells,
    _cleaned,
    unnest([{places}]) AS _place
  FROM temp.cleaning_cells
),
{pattern}"""
