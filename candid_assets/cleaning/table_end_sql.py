"""Where a table ends, in SQL: at words of the contract, or at the header of another table."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.macros import folded
from candid_assets.cleaning.sum_words_sql import LEAD_TEXT
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.custom_properties import CELL_MARK
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.sql import literal

FILLED: Final = "list_filter(_cleaned, lambda cell: cell IS NOT NULL)"
"""The cells of a row that are not blank, as SQL."""


def below_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed], lead: str = LEAD_TEXT) -> str:
    """Return the test for rows from the one on that ends the table.

    `lead` is a row's first text, as SQL.
    """
    if not (tab.options.ends_at and present):
        return ""
    last = max(p.place for p in present)
    begins = " OR ".join(_begins_sql(words, lead) for words in tab.options.ends_at)
    end = (
        f"SELECT min(_row) AS _row\n        FROM texts\n        WHERE _row > "
        f"{header.last_row} AND _lead <= {last} AND ({begins})"
    )
    if any(CELL_MARK in words for words in tab.options.ends_at):
        end = _with_titles_sql(end)
    return f"_row >= (\n        {end}\n      )"


def _with_titles_sql(end: str) -> str:
    """Return the first of the titles right above the header with which another table begins.

    Titles are rows of one cell, with a blank row above them.
    """
    sized = f"SELECT _row, len({FILLED}) AS cells FROM texts"
    blank = f"SELECT max(_row) FROM ({sized}) WHERE cells = 0 AND _row < ending._row"
    between = "_row > ending.blank AND _row < ending._row AND cells <> 1"
    return (
        f"SELECT CASE WHEN blank IS NULL OR EXISTS (SELECT 1 FROM ({sized}) WHERE {between})"
        " THEN _row ELSE blank + 1 END\n"
        f"        FROM (SELECT _row, ({blank}) AS blank FROM ({end}) AS ending) AS ending"
    )


def _begins_sql(words: str, lead: str) -> str:
    """Return the test for a row that begins with words, or with the texts of several cells."""
    start = literal(folded(words))
    if CELL_MARK in words:
        return f"starts_with(lower(array_to_string({FILLED}, '{CELL_MARK}')), {start})"
    return f"starts_with(lower({lead}), {start})"
