"""The dropping rules in SQL: rows that are no data, and repeated rows."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.cleaning.bare_sums_sql import only_sql, sums_sql
from candid_assets.cleaning.column_sql import Placed, is_key, text_sql
from candid_assets.cleaning.line_kinds_sql import other_line_sql
from candid_assets.cleaning.macros import folded
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.region_sql import region_cells, region_kinds
from candid_assets.cleaning.sections_sql import section_sql
from candid_assets.cleaning.sum_words_sql import LEAD_TEXT, summary_words_sql, total_words_sql
from candid_assets.cleaning.table_end_sql import below_sql
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.custom_properties import ANY_CELL
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import SECTION_HEADER
from candid_assets.sql import literal
from candid_assets.warehouse.provenance import CELLS, SHOWN

MANY: Final = 100
"""Columns from which cells that are read alike are looked at together."""
LEAD_OF_COLUMNS: Final = "_lead_text"
"""The first text of a row whose cells stand in columns of their own, as SQL."""
_COUNT: Final = r"[\[(]?[0-9A-Za-z]{1,3}[\])]?\.?(?: ?[=:][-+x*/×:=() 0-9A-Za-z]+)?"
"""A cell that counts a column: 4, (4), D, or 5=3x4 in Indonesian forms."""


def rule_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], content: RawContent = NOTHING_MORE
) -> str:
    """Return the rule that drops a row by itself, NULL for a row that stays."""
    present = [p for p in placed if p.letter and p.column.header != SECTION_HEADER and not p.form]
    lead = LEAD_OF_COLUMNS if any(p.apart for p in placed) else LEAD_TEXT
    total = _total_sql(tab, present, lead)
    summary = summary_words_sql(tab, lead)
    labelled = " OR ".join(f"({test})" for test in (total, summary) if test)
    cases = [
        ("above_header", f"_row < {header.header_row}"),
        ("header", f"_row <= {header.last_row}"),
        ("below_table", below_sql(tab, header, present, lead)),
        ("beside_table", _other_table_sql(header)),
        ("blank_row", "_lead IS NULL AND regexp_full_match(_kinds, '[-t]*')"),
        ("other_line", other_line_sql(tab, header)),
        ("beside_table", _beside_sql(header)),
        ("column_numbers", _numbers_sql(tab, header, present)),
        ("repeated_header", _repeated_sql(header, present)),
        ("description_row", _description_sql(tab, header, present)),
        ("total_row", total),
        ("summary_row", summary),
        ("summary_row", sums_sql(tab, header, present, labelled)),
        ("section_row", section_sql(tab, header, present, content)),
        ("prefilled_row", _prefilled_sql(tab, header, present)),
    ]
    lines = "".join(f"      WHEN {test} THEN '{rule}'\n" for rule, test in cases if test)
    return f"CASE\n{lines}    END"


def _prefilled_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed]) -> str:
    """Return the test for a row that nobody typed in: it holds what the contract says, and no more.

    A cell of a column that the contract does not know counts as typed.
    """
    cells = tab.options.prefilled
    named = [p for p in present if p.column.name in cells]
    if not named:
        return ""
    tests = [only_sql([p.place for p in named], header)]
    for p in named:
        shown = cells[p.column.name]
        if shown != ANY_CELL:
            cell = f"lower({p.cleaned})"
            tests.append(f"coalesce({cell} = {literal(folded(shown))}, TRUE)")
    return "\n        AND ".join(tests)


def _description_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed]) -> str:
    """Return the test for a line of units or descriptions: what the contract says, and no more."""
    named = [p for p in present if p.column.name in tab.options.description_row]
    if not named:
        return ""
    cells = [
        f"lower({p.cleaned}) = {literal(folded(tab.options.description_row[p.column.name]))}"
        for p in named
    ]
    return "\n        AND ".join([only_sql([p.place for p in named], header), *cells])


def _other_table_sql(header: HeaderMap) -> str:
    """Return the test for a row in which only the other tables of the tab have cells."""
    if not header.region:
        return ""
    return "_lead IS NULL AND regexp_full_match(_kinds, '[-t]*') AND _kinds <> _all_kinds"


def _beside_sql(header: HeaderMap) -> str:
    """Return the test for a row that holds nothing but cells the contract leaves out by name."""
    if not header.ignored:
        return ""
    places = ", ".join(map(str, header.ignored))
    return (
        "len(list_filter(_cleaned, lambda cell, place:"
        " (cell IS NOT NULL OR _kinds[place] = 'x')"
        f" AND NOT list_contains([{places}], place))) = 0"
    )


def _repeated_sql(header: HeaderMap, present: Sequence[Placed]) -> str:
    """Return the test for a row that repeats a row of the header in every column."""
    if not header.has_header:
        return ""
    lines = header.lines or ({p.place: folded(p.column.header) for p in present},)
    tests = []
    for line in lines:
        cells = [
            f"lower({p.cleaned}) = {literal(folded(line[p.place]))}"
            if p.place in line
            else f"{p.cleaned} IS NULL"
            for p in present
        ]
        if any(p.place in line for p in present):
            tests.append(f"({' AND '.join(cells)})")
    # Rows of databases hold no headers, whatever their texts.
    return f"NOT contains(_kinds, 'x') AND ({' OR '.join(tests)})" if tests else ""


def _numbers_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed]) -> str:
    """Return the test for the row below the header that counts the columns."""
    if not (tab.options.column_numbers and present):
        return ""
    cells = [f"coalesce(regexp_full_match({p.cleaned}, '{_COUNT}'), TRUE)" for p in present]
    return f"_row = {header.last_row + 1} AND " + " AND ".join(cells)


def _total_sql(tab: Tab, present: Sequence[Placed], lead: str) -> str:
    """Return the test for a total row: its word leads, and a cell that a row of data has fails it.

    Such cells are those of the key, of required columns where there is no key, or of any column.
    """
    keys = [p for p in present if is_key(p.column)]
    filled_in_data = keys or [p for p in present if p.column.required] or present
    if not tab.options.total_words:
        return ""
    leads = ", ".join(str(p.place) for p in filled_in_data)
    fails = " OR ".join([*_blank_sql(filled_in_data), f"_lead IN ({leads})"])
    return f"({fails})\n        AND {total_words_sql(tab, lead)}"


def _blank_sql(placed: Sequence[Placed]) -> Iterator[str]:
    """Yield the tests for a blank cell among some: one each, or one for all that are read alike.

    What DuckDB needs to plan a text of its own for each of a thousand columns is a second.
    """
    if len(placed) <= MANY:
        yield from (f"{p.text} IS NULL" for p in placed)
        return
    alike: dict[str, list[int]] = {}
    for p in placed:
        if p.filled or p.shown:
            yield f"{p.text} IS NULL"
            continue
        text = text_sql(p)
        for cells in ("_cleaned", "_cells", "_kinds"):
            text = text.replace(f"{cells}[{p.place}]", f"{cells}[place]")
        alike.setdefault(text, []).append(p.place)
    for text, places in alike.items():
        yield f"len(list_filter({places}, lambda place: ({text}) IS NULL)) > 0"


def repeats_sql(
    tab: Tab, header: HeaderMap, placed: Sequence[Placed], raw: str, content: RawContent
) -> str:
    """Return the statement that lists the rows which repeat an earlier one in every cell.

    Such rows have the same key, so that only rows whose keys repeat are compared whole: merged
    cells that are filled as they are filled, numbers as they are shown.
    """
    keys = [p.name for p in placed if p.letter and is_key(p.column)]
    if not (keys and tab.options.drop_exact_duplicates):
        return "CREATE OR REPLACE TEMP TABLE cleaning_repeats (_row INTEGER)"
    cells, kinds, fills = "_cells", "_kinds", ""
    if any(p.filled for p in placed):
        cells = (
            "list_transform(_cells, lambda cell, place:"
            " coalesce(_fills[place].text, clean_text(cell)))"
        )
        kinds = (
            "list_transform(string_split(_kinds, ''), lambda kind, place:"
            " coalesce(_fills[place].kind, kind))"
        )
        fills = "\n    INNER JOIN (SELECT _row, _fills FROM temp.cleaning_rows) USING (_row)"
    own_kinds, own_cells = "_kinds", f"[*{CELLS}]"
    if header.region:
        own_kinds, own_cells = region_kinds(header.region), region_cells(header.region, own_cells)
    headings = [p.name for p in placed if p.letter and p.column.header == SECTION_HEADER]
    if headings:
        names = ", ".join(["_row", *headings, *(["_fills"] if fills else [])])
        fills = f"\n    INNER JOIN (SELECT {names} FROM temp.cleaning_rows) USING (_row)"
    shown = f", {SHOWN}" if content.shown else ""
    same = f",\n      {_shown_sql(placed)} AS _same_shown" if content.shown else ""
    return f"""\
CREATE OR REPLACE TEMP TABLE cleaning_repeats AS
WITH suspects AS (
  SELECT unnest(rows) AS _row
  FROM (
    SELECT list(_row) AS rows
    FROM temp.cleaning_rows
    WHERE _rule IS NULL
    GROUP BY {", ".join(keys)}
    HAVING count(*) > 1
  )
),
cells AS (
  SELECT _row, {own_kinds} AS _kinds, {own_cells} AS _cells{shown}
  FROM {raw}
  SEMI JOIN suspects USING (_row)
)
SELECT unnest(rows[2:]) AS _row
FROM (
  SELECT list(_row ORDER BY _row) AS rows
  FROM (
    SELECT
      _row,
      {kinds} AS _same_kinds,
      {cells} AS _same_cells{"".join(f", {name}" for name in headings)}{same}
    FROM cells{fills}
  )
  GROUP BY {", ".join(["_same_kinds", "_same_cells", *headings])}{", _same_shown" if same else ""}
)"""


def _shown_sql(placed: Sequence[Placed]) -> str:
    """Return what formats show of a row's cells, of merged cells that are filled as of others."""
    filled = [p for p in placed if p.filled]
    if not filled:
        return SHOWN
    texts = ", ".join(
        f"'{p.letter}', coalesce(_fills[{p.place}].shown,"
        f" json_extract_string({SHOWN}, '$.{p.letter}'))"
        for p in filled
    )
    return f"json_merge_patch(coalesce({SHOWN}, '{{}}'), json_object({texts}))"
