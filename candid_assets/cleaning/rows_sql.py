"""The first statement of cleaning: every row with its dropping rule, values and their reasons."""

from collections.abc import Iterator
from typing import Literal

from candid_assets.cleaning.column_sql import (
    Placed,
    text_sql,
    value_sql,
    why_sql,
    with_reads,
)
from candid_assets.cleaning.drop_rules import rule_sql
from candid_assets.cleaning.marks_sql import marks_sql
from candid_assets.cleaning.merged_sql import filled_sql
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.warehouse.provenance import CELLS, MERGED, SHOWN


def placed_columns(
    tab: Tab, header: HeaderMap, content: RawContent = NOTHING_MORE
) -> Iterator[Placed]:
    """Yield the contract's columns with their places in the sheet and what formats say there."""
    for position, column in enumerate(tab.columns, start=1):
        place = header.positions.get(column.name, 0)
        letter = header.letter(column.name)
        filled = column.options.fill_merged and letter in content.merged
        yield Placed(
            column,
            position,
            letter,
            place,
            shown=letter in content.shown or (filled and bool(content.shown)),
            filled=filled,
            percents=letter in content.percents,
            dates=_dates(column, place, content),
            whole_figures=letter in content.whole_figures,
        )


def _dates(column: Column, place: int, content: RawContent) -> Literal["any", "short", ""]:
    """Return which dates are none in a text column: all where most of its cells are texts."""
    if column.logical_type != "string" or column.options.phone or not place:
        return ""
    dates, texts = content.dates_and_texts(place)
    return "" if not dates else "any" if texts >= dates else "short"


def rows_sql(
    tab: Tab, header: HeaderMap, placed: tuple[Placed, ...], raw: str, content: RawContent
) -> str:
    """Return the statement that makes `cleaning_rows`.

    Args:
        tab: The tab's contract.
        header: Where its columns stand.
        placed: The columns with their places.
        raw: The raw relation, quoted.
        content: What it holds beside its texts.
    """
    present = [p for p in placed if p.letter]
    texts = "".join(f",\n    {text_sql(p)} AS {p.text}" for p in present)
    typed_columns, calls = with_reads(placed)
    reads = "".join(f",\n    {call} AS {name}" for name, call in calls.items())
    typed = "".join(f",\n    {value_sql(p)} AS {p.name}" for p in typed_columns)
    names = "".join(f",\n  {p.name}" for p in placed)
    whys = "".join(f",\n  {why} AS {p.why}" for p in typed_columns if (why := why_sql(p)))
    names += "".join(f",\n  {p.mark},\n  {p.usual}" for p in placed if p.marked)
    fills = filled_sql(placed, shown=bool(content.shown))
    marks = marks_sql(placed, "filled" if fills else "ruled")
    names += ",\n  _fills" if fills else ""
    more = "".join(
        f"\n    {name},"
        for name, letters in ((SHOWN, content.shown), (MERGED, content.merged))
        if letters
    )
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
WITH cells AS (
  SELECT
    _row,
    _kinds,{more}
    [*{CELLS}] AS _cells,
    list_transform(
      list_transform(_cells, lambda cell: clean_text(cell)),
      lambda cell, place: without_guard(cell, _kinds[place])
    ) AS _cleaned
  FROM {raw}
),
texts AS (
  SELECT
    *,
    first_text(_cleaned, _kinds) AS _lead{texts}
  FROM cells
),
ruled AS (
  SELECT
    *,
    {rule_sql(tab, header, placed, content)} AS _rule
  FROM texts
),
{fills}{marks}reads AS (
  SELECT
    *{reads}
  FROM {"marked" if marks else "filled" if fills else "ruled"}
),
typed AS (
  SELECT
    *{typed}
  FROM reads
)
SELECT
  _row,
  _rule{names}{whys}
FROM typed"""
