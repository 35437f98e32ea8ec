"""What is wrong with the cells of a table, a line for each cell that has a reason.

Of a wide table the lines stand in a table of their own: a thousand columns of reasons that are
nearly all empty take as long to plan, and as much memory, as the thousand columns of values.
"""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.marks_sql import OTHER_UNIT

FAULTS: Final = "cleaning_faults"
"""The table of a wide table's lines."""
NO_FAULTS: Final = (
    f"CREATE OR REPLACE TEMP TABLE {FAULTS}"
    " (_row INTEGER, position INTEGER, reasons VARCHAR, other VARCHAR)"
)


def faults_sql(placed: Sequence[Placed], source: str) -> str:
    """Return the query of `_row, position, reasons, other` over columns of reasons.

    Args:
        placed: The columns with their places; one of them at least is in the sheet.
        source: The relation that holds their reasons and marks.
    """
    present = [p for p in placed if p.letter]
    marked = any(p.marked for p in present)
    units = {
        p.position: f", units: {units_sql(p.mark, p.usual)}"
        if p.marked
        else ", units: NULL::VARCHAR"
        for p in present
        if marked
    }
    lines = ",\n".join(
        f"      {{position: {p.position}, reasons: {p.why}{units.get(p.position, '')}}}"
        for p in present
    )
    other = other_sql("problem.reasons", "problem.units") if marked else "NULL::VARCHAR"
    failed = "\n      OR ".join(f"{p.why} IS NOT NULL" for p in present)
    return f"""\
  SELECT
    _row,
    problem.position AS position,
    problem.reasons AS reasons,
    {other} AS other
  FROM (
    SELECT _row, unnest([
{lines}
    ]) AS problem
    FROM {source}
    WHERE
      {failed}
  )
  WHERE problem.reasons IS NOT NULL"""


def units_sql(mark: str, usual: str) -> str:
    """Return what is said of a number's unit, from what it and its column are shown with."""
    return f"mark_words({mark}) || ' instead of ' || mark_words({usual})"


def other_sql(reasons: str, units: str) -> str:
    """Return what is said beside a cell's reasons: of another unit, which units they are."""
    return f"CASE {reasons} WHEN '{OTHER_UNIT}' THEN {units} END"
