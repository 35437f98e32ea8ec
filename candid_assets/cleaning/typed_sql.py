"""The steps from the cells of columns to their texts, values and what is wrong with them."""

from collections.abc import Sequence

from candid_assets.cleaning.column_sql import Placed, text_sql, value_sql, why_sql
from candid_assets.cleaning.marks_sql import marks_sql
from candid_assets.cleaning.merged_sql import filled_sql
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.reads_sql import with_reads


def texts_sql(placed: Sequence[Placed]) -> str:
    """Return what is selected for the texts of columns, behind other columns."""
    return "".join(f",\n    {text_sql(p)} AS {p.text}" for p in placed if p.letter)


def typed_sql(placed: Sequence[Placed], content: RawContent, by: str = "") -> tuple[str, list[str]]:
    """Return the steps from `ruled` to `typed`, and the columns that are taken of the last.

    Args:
        placed: The columns with their places.
        content: What the raw table holds beside its texts.
        by: What tells columns apart where each line is a cell of one of several.
    """
    typed_columns, calls = with_reads(placed)
    reads = "".join(f",\n    {call} AS {name}" for name, call in calls.items())
    typed = "".join(f",\n    {value_sql(p)} AS {p.name}" for p in typed_columns)
    fills = filled_sql(placed, shown=bool(content.shown))
    marks = marks_sql(placed, "filled" if fills else "ruled", by)
    columns = [f",\n  {p.name}" for p in placed]
    columns += [f",\n  {p.mark},\n  {p.usual}" for p in placed if p.marked]
    columns += [",\n  _fills"] if fills else []
    columns += [f",\n  {why} AS {p.why}" for p in typed_columns if (why := why_sql(p))]
    steps = f"""\
{fills}{marks}reads AS (
  SELECT
    *{reads}
  FROM {"marked" if marks else "filled" if fills else "ruled"}
),
typed AS (
  SELECT
    *{typed}
  FROM reads
)"""
    return steps, columns
