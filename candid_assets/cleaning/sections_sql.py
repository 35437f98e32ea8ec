"""Sections in SQL: rows that are the heading of others, and the heading above each row."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.bare_sums_sql import only_sql
from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.raw_content import RawContent
from candid_assets.cleaning.sum_words_sql import summary_words_sql, total_words_sql
from candid_assets.cleaning.table_end_sql import FILLED
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets.sql import literal, text_list
from candid_assets.warehouse.provenance import MERGED

SECTION_COLUMNS: Final = 3
"""The fewest columns over which the heading of a section is merged, its own included."""
NUMBERED: Final = r"(?:[IVX]{1,5}|[A-Z])[.)]?"
"""What may stand to the left of a heading: its number, Roman or a letter."""


def section_place(tab: Tab, header: HeaderMap) -> int:
    """Return the sheet column in which headings stand, 0 where the contract names none."""
    return header.positions.get(tab.options.section_column or "", 0)


def section_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed], content: RawContent) -> str:
    """Return the test for the heading of a section: one text, where the contract says or merged."""
    tests = [_alone_sql(tab, header), _merged_sql(present, content)]
    return "\n        OR ".join(f"({test})" for test in tests if test)


def heading_sql(tab: Tab, header: HeaderMap) -> str:
    """Return the column `_section`: the last heading above each row, or the title of the header.

    It is blank where the contract names no column for headings.
    """
    test, place = _alone_sql(tab, header), section_place(tab, header)
    if not test:
        return ""
    above = "OVER (ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    only = only_sql([place], header)
    title = f"_row = {header.header_row - 1} AND _kinds[{place}] = 't' AND {only}"
    cell = f"CASE WHEN ({test}) OR ({title}) THEN _cleaned[{place}] END"
    return f",\n    last_value({cell} IGNORE NULLS) {above} AS _section"


def _alone_sql(tab: Tab, header: HeaderMap) -> str:
    """Return the test for a row with a text in the column of headings, and with nothing else.

    Right beside it its number may stand. What begins with a word for a sum heads nothing.
    """
    place = section_place(tab, header)
    if not place:
        return ""
    words = [test for test in (total_words_sql(tab), summary_words_sql(tab)) if test]
    sums = f" AND NOT ({' OR '.join(words)})" if words else ""
    return (
        f"_row > {header.last_row} AND _cleaned[{place}] IS NOT NULL AND _kinds[{place}] = 't'"
        f"\n        AND {_only_with_number_sql(place, header)}{sums}"
    )


def _only_with_number_sql(place: int, header: HeaderMap) -> str:
    """Return the test for a row with nothing but one cell, and its number to the left of it."""
    only = only_sql([place], header)
    if place - 1 not in header.positions.values():
        return only
    number = f"regexp_full_match(_cleaned[{place - 1}], {literal(NUMBERED)})"
    return f"({only} OR ({number} AND {only_sql([place - 1, place], header)}))"


def _merged_sql(present: Sequence[Placed], content: RawContent) -> str:
    """Return the test for one text that is merged over most columns."""
    merged = sum(p.letter in content.merged for p in present)
    if merged < SECTION_COLUMNS - 1:
        return ""
    places = [p.place for p in present]
    letters = text_list([column_letter(n) for n in range(1, max(places) + 1)])
    cells = ", ".join(f"json_extract_string({MERGED}, '$.{p.letter}')" for p in present)
    least = max(SECTION_COLUMNS, len(present) // 2 + 1) - 1
    return (
        f"{MERGED} IS NOT NULL AND _lead IS NOT NULL AND regexp_full_match(_kinds, '[-t]*')"
        f"\n        AND len({FILLED}) = 1"
        f"\n        AND len(list_filter([{cells}],"
        f" lambda cell: cell = ({letters})[_lead] || _row)) >= {least}"
    )
