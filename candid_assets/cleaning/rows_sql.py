"""The first statements of cleaning: every row with its dropping rule, values and their reasons.

A wide table is read some columns at a time: what DuckDB needs to plan a statement, and to keep what
its parsers make of the cells, grows with the square of the columns.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from candid_assets.cleaning.bare_sums_sql import numbers_sql, part_sql
from candid_assets.cleaning.column_sql import (
    Placed,
    text_sql,
    value_sql,
    why_sql,
)
from candid_assets.cleaning.drop_rules import LEAD_OF_COLUMNS, rule_sql
from candid_assets.cleaning.line_kinds_sql import kind_place, parent_sql
from candid_assets.cleaning.marks_sql import marks_sql
from candid_assets.cleaning.merged_sql import filled_sql
from candid_assets.cleaning.parser_calls import parser_sql
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.reads_sql import with_reads
from candid_assets.cleaning.region_sql import region_cells, region_kinds
from candid_assets.cleaning.sections_sql import heading_sql, section_place
from candid_assets.cleaning.sum_words_sql import LEAD_TEXT
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import OF_ROWS, SECTION_HEADER
from candid_assets.names import column_letter
from candid_assets.sql import quoted
from candid_assets.warehouse.provenance import CELLS, MERGED, SHOWN


def placed_columns(
    tab: Tab, header: HeaderMap, content: RawContent = NOTHING_MORE
) -> Iterator[Placed]:
    """Yield the contract's columns with their places in the sheet and what formats say there."""
    apart = content.rows >= MANY_ROWS and len(tab.columns) <= WIDE and not header.region
    for position, column in enumerate(tab.columns, start=1):
        place = _place(tab, header, column)
        letter = column_letter(place) if place else None
        if column.name in header.forms:
            form = content.forms.get(column.name)
            yield Placed(column, position, letter, place, form=form)
            continue
        filled = column.options.fill_merged and letter in content.merged
        yield Placed(
            column,
            position,
            letter,
            place,
            shown=(letter in content.shown and column.in_sheet) or (filled and bool(content.shown)),
            filled=filled,
            percents=letter in content.percents,
            dates=_dates(column, place, content),
            whole_figures=letter in content.whole_figures,
            period=content.periods.get(column.name),
            kinds=None if filled or header.region else content.kinds_of(place),
            apart=apart and place > 0,
        )


def _place(tab: Tab, header: HeaderMap, column: Column) -> int:
    """Return where the values of a column stand in the sheet, 0 where it lacks them."""
    if column.header in OF_ROWS:
        return kind_place(tab, header)
    if column.header == SECTION_HEADER:
        return section_place(tab, header)
    if column.name in header.forms:
        return header.forms[column.name].place
    return header.positions.get(column.name, 0)


def _dates(column: Column, place: int, content: RawContent) -> Literal["any", "short", ""]:
    """Return which dates are none in a text column: all where most of its cells are texts."""
    if column.logical_type != "string" or column.options.phone or not place:
        return ""
    dates, texts = content.dates_and_texts(place)
    return "" if not dates else "any" if texts >= dates else "short"


WIDE: Final = 100
"""Columns up to which a table is read in one statement."""
SLICE: Final = 50
"""Columns that one statement reads of a wider table."""
MANY_ROWS: Final = 20_000
"""Rows from which a table's cells are read as columns, which are slower to plan than lists, and
faster to run: a million rows of eight columns take 2.0 s instead of 5.4."""


def rows_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> tuple[str, ...]:
    """Return the statements that make `cleaning_rows`.

    Args:
        tab: The tab's contract.
        header: Where its columns stand.
        placed: The columns with their places.
        raw: The raw relation, quoted.
        content: What it holds beside its texts.
    """
    if len(placed) <= WIDE:
        return (_whole_sql(tab, header, placed, raw, content),)
    joined = _sliced_sql(slices_of(placed), placed, content)
    return (*shared_sql(tab, header, placed, raw, content), *joined)


def slices_of(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Return columns as they are read at a time.

    What merges fill has one column of its own, so that one slice has all filled columns. A parser
    costs as much to plan for one column of a slice as for all of them.
    """
    ordered = sorted(placed, key=lambda p: (not p.filled, parser_sql(p.column, p.period) or ""))
    size = max(SLICE, sum(p.filled for p in placed))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _whole_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> str:
    steps, columns = _typed_sql(placed, content)
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
WITH cells AS (
  {_cells_sql(tab, header, placed, raw, content)}
),
texts AS (
  SELECT
    *{_texts_sql(placed)}
  FROM cells
),
{_numbers_sql(tab, header, placed)}ruled AS (
  SELECT
    *,
    {rule_sql(tab, header, placed, content)} AS _rule
  FROM summed
),
{steps}
SELECT
  _row,
  _rule{"".join(columns)}
FROM typed"""


def shared_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> Iterator[str]:
    """Yield the statements that make what all slices read: the cells, and the rule of each row."""
    cells = _cells_sql(tab, header, (), raw, content)
    yield f"CREATE OR REPLACE TEMP TABLE cleaning_cells AS\n{cells}"
    rule = rule_sql(tab, header, placed, content)
    yield f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rules AS
WITH texts AS (
  SELECT
    *{_texts_sql([p for p in placed if p.text in rule])}
  FROM temp.cleaning_cells
),
{_numbers_sql(tab, header, placed)}ruled AS (
  SELECT
    _row,
    {rule} AS _rule
  FROM summed
)
FROM ruled"""


def _numbers_sql(tab: Tab, header: HeaderMap, placed: Sequence[Placed]) -> str:
    return f"""\
summed AS (
  SELECT
    *{numbers_sql(tab, header, placed)}
  FROM texts
),
"""


def slice_sql(number: int, part: Sequence[Placed], content: RawContent) -> str:
    """Return the statement that reads some columns, of what all slices read.

    Args:
        number: The slice's number, which its table has.
        part: The columns.
        content: What the raw table holds beside its texts.
    """
    steps, columns = _typed_sql(part, content)
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_slice_{number} AS
WITH cells AS (
  SELECT *
  FROM temp.cleaning_cells
),
ruled AS (
  SELECT
    *{_texts_sql(part)}
  FROM cells
  INNER JOIN temp.cleaning_rules USING (_row)
),
{steps}
SELECT
  _row{"".join(columns)}
FROM typed"""


def _sliced_sql(
    slices: Sequence[Sequence[Placed]], placed: Sequence[Placed], content: RawContent
) -> Iterator[str]:
    """Yield the statements that read each slice, join them by row, and drop what is not needed."""
    for number, part in enumerate(slices):
        yield slice_sql(number, part, content)
    tables = [f"cleaning_slice_{number}" for number in range(len(slices))]
    joins = "".join(f"\nINNER JOIN temp.{table} USING (_row)" for table in tables)
    names = "".join(f",\n  {p.name}" for p in placed)
    yield f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
SELECT
  _row,
  _rule{names},
  COLUMNS(* EXCLUDE (_row, _rule, {", ".join(p.name for p in placed)}))
FROM temp.cleaning_rules{joins}"""
    for table in (*tables, "cleaning_cells", "cleaning_rules"):
        yield f"DROP TABLE temp.{table}"


def _cells_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> str:
    more = "".join(
        f"\n    {name},"
        for name, letters in ((SHOWN, content.shown), (MERGED, content.merged))
        if letters
    )
    kinds, cells = "_kinds", f"[*{CELLS}]"
    if header.region:
        kinds = f"{region_kinds(header.region)} AS _kinds,\n    _kinds AS _all_kinds"
        cells = region_cells(header.region, cells)
    beside = _apart_sql(placed) + part_sql(tab, header) + heading_sql(tab, header)
    return f"""\
SELECT
    _row,
    {kinds},{more}{parent_sql(tab, header)}
    {cells} AS _cells,
    list_transform(
      list_transform(_cells, lambda cell: clean_text(cell)),
      lambda cell, place: without_guard(cell, _kinds[place])
    ) AS _cleaned,
    first_text(_cleaned, _kinds) AS _lead{beside}
  FROM {raw}"""


def _apart_sql(placed: Sequence[Placed]) -> str:
    """Return the cells that stand in columns of their own, as they are and cleaned.

    Lists that nothing names are never made, and only rows with a text in them have a first one.
    """
    apart = [p for p in placed if p.apart]
    if not apart:
        return ""
    cells = "".join(
        f",\n    {quoted(p.letter or '')} AS {p.cell},"
        f"\n    without_guard(clean_text({quoted(p.letter or '')}), _kinds[{p.place}])"
        f" AS {p.cleaned}"
        for p in apart
    )
    lead = f"CASE WHEN _lead IS NOT NULL THEN {LEAD_TEXT} END AS {LEAD_OF_COLUMNS}"
    return f"{cells},\n    {lead}"


def _texts_sql(placed: Sequence[Placed]) -> str:
    return "".join(f",\n    {text_sql(p)} AS {p.text}" for p in placed if p.letter)


def _typed_sql(placed: Sequence[Placed], content: RawContent) -> tuple[str, list[str]]:
    """Return the steps from `ruled` to `typed`, and the columns that are taken of the last."""
    typed_columns, calls = with_reads(placed)
    reads = "".join(f",\n    {call} AS {name}" for name, call in calls.items())
    typed = "".join(f",\n    {value_sql(p)} AS {p.name}" for p in typed_columns)
    fills = filled_sql(placed, shown=bool(content.shown))
    marks = marks_sql(placed, "filled" if fills else "ruled")
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
