"""The dropping rules in SQL: rows that are no data, and repeated rows."""

import re
from collections.abc import Sequence

from candid_assets.contracts.model import HeaderMap, Tab
from candid_assets.layers.cleaning.columns import Placed, is_key
from candid_assets.layers.cleaning.sql import PROVENANCE, folded, literal


def rule_sql(tab: Tab, header: HeaderMap, placed: Sequence[Placed]) -> str:
    """Return the rule that drops a row by itself, NULL for a row that stays."""
    found = [p for p in placed if p.letter]
    repeated = [f"lower({p.text}) = {literal(folded(p.column.header))}" for p in found]
    total = _total_sql(tab, found)
    cases = [
        ("above_header", f"_row < {header.header_row}"),
        ("header", f"_row = {header.header_row}"),
        ("blank_row", "_lead IS NULL AND regexp_full_match(_kinds, '[-t]*')"),
        ("repeated_header", "\n        AND ".join(repeated)),
        ("total_row", total),
    ]
    lines = "".join(f"      WHEN {test} THEN '{rule}'\n" for rule, test in cases if test)
    return f"CASE\n{lines}    END"


def _total_sql(tab: Tab, found: Sequence[Placed]) -> str:
    """Return the test for a total row: its word leads, and a cell that a row of data has fails it.

    Such cells are those of the key, of required columns where there is no key, or of any column.
    """
    keys = [p for p in found if is_key(p.column)]
    telling = keys or [p for p in found if p.column.required] or found
    words = [re.escape(folded(word)) for word in tab.options.total_words]
    if not words:
        return ""
    fails = " OR ".join(f"{p.text} IS NULL OR _lead = {p.place}" for p in telling)
    pattern = rf"^(?:{'|'.join(words)})(?:[^\pL\pN]|$)"
    return f"({fails})\n        AND regexp_matches(lower(_cleaned[_lead]), {literal(pattern)})"


def repeats_sql(tab: Tab, placed: Sequence[Placed], raw: str) -> str:
    """Return the statement that lists the rows which repeat an earlier one in every cell.

    Such rows have the same key, so that only rows whose keys repeat are compared whole.
    """
    keys = [p.name for p in placed if p.letter and is_key(p.column)]
    if not (keys and tab.options.drop_exact_duplicates):
        return "CREATE OR REPLACE TEMP TABLE cleaning_repeats (_row INTEGER)"
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
)
SELECT unnest(rows[2:]) AS _row
FROM (
  SELECT list(_row ORDER BY _row) AS rows
  FROM (
    SELECT
      _row,
      _kinds,
      [*COLUMNS(* EXCLUDE ({", ".join(PROVENANCE)}))] AS _cells
    FROM {raw}
    SEMI JOIN suspects USING (_row)
  )
  GROUP BY _kinds, _cells
)"""
