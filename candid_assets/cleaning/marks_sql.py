"""Units, currencies and percent by format in SQL: numbers with another mark than their column."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.macros import folded
from candid_assets.contracts.custom_properties import RUPIAH
from candid_assets.sql import literal
from candid_assets.warehouse.provenance import SHOWN

OTHER_UNIT: Final = "other_unit"


def marks_sql(placed: Sequence[Placed], source: str, by: str = "") -> str:
    """Return the steps that end in `marked`: rows with the mark of each number, and the usual ones.

    The usual mark of a column is the declared one, else the commonest of the rows that stay; of
    padded codes it is how many figures they have.

    Args:
        placed: The contract's columns with their places.
        source: The step that they read.
        by: What tells the columns apart where each line is a cell of one of several.
    """
    marked = [p for p in placed if p.marked]
    padded = [p for p in placed if p.padded]
    if not (marked or padded):
        return ""
    marks = "".join(f",\n    {_mark_sql(p)} AS {p.mark}" for p in marked)
    usual = ",\n    ".join(
        [
            *(f"{_usual_sql(p)} AS {p.usual}" for p in marked),
            *(
                f"usual_figures(list({p.text}) FILTER ({p.kind} = 'n')) AS {p.usual}"
                for p in padded
            ),
        ]
    )
    join = f"LEFT JOIN usual USING ({by})" if by else "CROSS JOIN usual"
    return f"""\
numbers AS (
  SELECT
    *{marks}
  FROM {source}
),
usual AS (
  SELECT
    {f"{by}, " if by else ""}{usual}
  FROM numbers
  WHERE _rule IS NULL{f" GROUP BY {by}" if by else ""}
),
marked AS (
  SELECT *
  FROM numbers
  {join}
),
"""


def is_compared(placed: Placed) -> bool:
    """Whether what is usual in a column is found by comparing its rows, for want of a declaration.

    Where it is declared each row is judged by itself.
    """
    options = placed.column.options
    declared = options.shown_as is not None or options.currency != RUPIAH
    return placed.padded or (placed.marked and not declared)


def _mark_sql(placed: Placed) -> str:
    shown = f"json_extract_string({SHOWN}, '$.{placed.letter}')" if placed.shown else "NULL"
    if placed.filled:
        shown = f"coalesce(_fills[{placed.place}].shown, {shown})"
    return (
        f"CASE {placed.kind} WHEN 'n' THEN number_mark({shown}, {placed.text})"
        f" WHEN 't' THEN text_mark({placed.text}) END"
    )


def _usual_sql(placed: Placed) -> str:
    options = placed.column.options
    if options.shown_as is not None:
        word = literal(folded(options.shown_as))
        return f"any_value(coalesce(currency_of({word} || '1'), {word}))"
    if options.currency != RUPIAH:
        return f"any_value({literal(options.currency)})"
    return f"usual_mark(histogram({placed.mark}))"
