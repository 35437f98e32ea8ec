"""The first statements of cleaning: every row with its dropping rule, values and their reasons.

A wide table is read some columns at a time: what DuckDB needs to plan a statement, and to keep what
its parsers make of the cells, grows with the square of the columns.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from candid_assets.cleaning.bare_sums_sql import numbers_sql, part_sql
from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.drop_rules import LEAD_OF_COLUMNS, rule_sql
from candid_assets.cleaning.faults_sql import FAULTS, NO_FAULTS
from candid_assets.cleaning.line_kinds_sql import kind_place, parent_sql
from candid_assets.cleaning.problems_sql import asked_columns
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.region_sql import region_cells, region_kinds
from candid_assets.cleaning.sections_sql import heading_sql, section_place
from candid_assets.cleaning.slices_sql import is_wide, parts_of
from candid_assets.cleaning.sum_words_sql import LEAD_TEXT
from candid_assets.cleaning.typed_sql import texts_sql, typed_sql
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
    apart = content.rows >= MANY_ROWS and not is_wide(tab.columns) and not header.region
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


MANY_ROWS: Final = 20_000
"""Rows from which a table's cells are read as columns, which are slower to plan than lists, and
faster to run: a million rows of eight columns take 2.0 s instead of 5.4."""


def rows_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> tuple[str, ...]:
    """Return the statements that make `cleaning_rows`, and `cleaning_faults` of a wide table.

    Args:
        tab: The tab's contract.
        header: Where its columns stand.
        placed: The columns with their places.
        raw: The raw relation, quoted.
        content: What it holds beside its texts.
    """
    if not is_wide(placed):
        return (_whole_sql(tab, header, placed, raw, content),)
    return (*shared_sql(tab, header, placed, raw, content), *_sliced_sql(tab, placed, content))


def _whole_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> str:
    steps, columns = typed_sql(placed, content)
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
WITH cells AS (
  {_cells_sql(tab, header, placed, raw, content)}
),
texts AS (
  SELECT
    *{texts_sql(placed)}
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
    *{texts_sql([p for p in placed if p.text in rule])}
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


def _sliced_sql(tab: Tab, placed: Sequence[Placed], content: RawContent) -> Iterator[str]:
    """Yield the statements that read each slice, join them by row, and drop what is not needed."""
    parts = parts_of(placed, content, {p.position for p in asked_columns(tab, placed)})
    yield NO_FAULTS
    for part in parts:
        yield part.statement
        if part.faults:
            yield f"INSERT INTO temp.{FAULTS}\n{part.faults}"
    columns = "".join(f",\n  {name}" for part in parts for name in part.columns)
    joins = "".join(f"\nINNER JOIN temp.{part.table} USING (_row)" for part in parts)
    yield f"""\
CREATE OR REPLACE TEMP TABLE cleaning_rows AS
SELECT
  _row,
  _rule{columns}
FROM temp.cleaning_rules{joins}"""
    for table in (*(part.table for part in parts), "cleaning_cells", "cleaning_rules"):
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
