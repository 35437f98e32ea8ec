"""The quarantine in SQL: whole raw rows with all that is wrong with them, and a name of each."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed, is_key
from candid_assets.cleaning.problems_sql import key_columns
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.reason_words import phrases
from candid_assets.cleaning.row_rules_sql import row_rule_phrases
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal, quoted, value_rows
from candid_assets.warehouse.provenance import CELLS, SHOWN

REASONS_TYPE: Final = (
    'STRUCT("column" VARCHAR, header VARCHAR, cell VARCHAR, "value" VARCHAR, '
    "reason VARCHAR, message VARCHAR, link VARCHAR)[]"
)
"""The type of a quarantined row's reasons."""


def quarantine_sql(
    tab: Tab,
    placed: Sequence[Placed],
    names: tuple[str, str],
    extract: str,
    link_prefix: str,
    content: RawContent = NOTHING_MORE,
    *,
    numbered: bool = True,
) -> str:
    """Return the statement that makes the quarantine: whole raw rows with all their reasons.

    Args:
        tab: The tab's contract.
        placed: The contract's columns with their places.
        names: The raw relation and the quarantine table's name.
        extract: Hash of the extract.
        link_prefix: What the cell's name is put behind to open it.
        content: What the raw table holds beside its texts.
        numbered: Whether rows that share a name are numbered; those of a part are not, for
            others of the same name may be in another part.
    """
    return f"""\
CREATE OR REPLACE TEMP TABLE {quoted(names[1])} AS
{_gathered_sql(tab, placed, names[0], link_prefix, content)},
named AS (
  SELECT
    _row,
    {_name_sql(placed)} AS _name
  FROM temp.cleaning_rows
  INNER JOIN cells USING (_row)
),
identities AS (
  SELECT
    _row,
    {numbered_sql("_name") if numbered else "_name"} AS _id
  FROM named{same_sql("_name") if numbered else ""}
)
SELECT
  _row,
  _kinds,
  {literal(extract)} AS _extract,
  _id,
  _reasons,
  {CELLS}
FROM {names[0]}
INNER JOIN gathered USING (_row)
INNER JOIN identities USING (_row)
ORDER BY _row"""


def reasons_sql(
    tab: Tab, placed: Sequence[Placed], names: tuple[str, str], content: RawContent = NOTHING_MORE
) -> str:
    """Return the statement that makes a quarantine of row numbers and reasons alone.

    It is for a cleaning of which no row is kept: of a wide table the raw rows and their names take
    longer than the reasons.

    Args:
        tab: The tab's contract.
        placed: The contract's columns with their places.
        names: The raw relation and the quarantine table's name.
        content: What the raw table holds beside its texts.
    """
    return f"""\
CREATE OR REPLACE TEMP TABLE {quoted(names[1])} AS
{_gathered_sql(tab, placed, names[0], "", content)}
SELECT
  _row,
  _reasons
FROM gathered
ORDER BY _row"""


def _gathered_sql(
    tab: Tab, placed: Sequence[Placed], raw: str, link_prefix: str, content: RawContent
) -> str:
    """Return a WITH clause that ends in `gathered`: rows with all their reasons."""
    cell, value, fills = "letter || _row", "_cells[place]", ""
    if content.shown:
        value = f"coalesce(json_extract_string({SHOWN}, '$.' || letter), {value})"
    if any(p.filled for p in placed):
        # A filled cell is named and quoted as the one that holds its text.
        cell = f"coalesce(_fills[place].cell, {cell})"
        value = f"coalesce(_fills[place].shown, _fills[place].text, {value})"
        fills = "\n  INNER JOIN (SELECT _row, _fills FROM temp.cleaning_rows) USING (_row)"
    if any(p.form for p in placed):
        cell, value = f"coalesce(form_cell, {cell})", f"coalesce(form_text, {value})"
    return f"""\
WITH columns (position, "column", header, letter, place, form_cell, form_text) AS (
  {_columns_table(placed)}
),
phrases (position, reason, phrase) AS (
  {_phrases_table(tab, placed)}
),
cells AS (
  SELECT
    _row,
    [*{CELLS}] AS _cells{f", {SHOWN}" if content.shown else ""}
  FROM {raw}
  SEMI JOIN temp.cleaning_problems USING (_row)
),
reasons AS (
  SELECT
    _row,
    position,
    "column",
    header,
    {cell} AS cell,
    {value} AS "value",
    reason,
    phrase || coalesce(other, '') AS phrase
  FROM temp.cleaning_problems
  INNER JOIN cells USING (_row)
  INNER JOIN columns USING (position)
  INNER JOIN phrases USING (position, reason){fills}
),
gathered AS (
  SELECT
    _row,
    list(
      {{
        'column': "column",
        'header': header,
        'cell': cell,
        'value': "value",
        'reason': reason,
        'message': cell_message(header, cell, "value", reason, phrase),
        'link': {literal(link_prefix)} || cell
      }}
      ORDER BY position, reason
    )::{REASONS_TYPE} AS _reasons
  FROM reasons
  GROUP BY _row
)"""


def no_quarantine_sql(tables: tuple[str, str], extract: str) -> str:
    """Return the statement that makes the quarantine of a table in which nothing is wrong.

    It has the columns of the other one, which takes as long to plan as a table is wide.

    Args:
        tables: The raw relation, quoted, and the quarantine's name.
        extract: Hash of the extract, kept with every row.
    """
    raw, quarantine = tables
    return f"""\
CREATE OR REPLACE TEMP TABLE {quoted(quarantine)} AS
SELECT
  _row,
  _kinds,
  {literal(extract)} AS _extract,
  NULL::VARCHAR AS _id,
  []::{REASONS_TYPE} AS _reasons,
  {CELLS}
FROM {raw}
LIMIT 0"""


def same_sql(name: str) -> str:
    """Return the window `same`: the rows that share a name, in their order."""
    return f"\n  WINDOW same AS (PARTITION BY {name} ORDER BY _row)"


def numbered_sql(name: str) -> str:
    """Return a row's name with its number in the window `same`; the first has none."""
    return f"""\
CASE
      WHEN row_number() OVER same = 1 THEN {name}
      ELSE {name} || ' #' || row_number() OVER same
    END"""


def _name_sql(placed: Sequence[Placed]) -> str:
    """Return what identifies a quarantined row: its key where every part was read, else its cells.

    Rows that share a name are numbered, so that each keeps a history of its own.
    """
    content = "'row ' || md5(to_json(_cells)::VARCHAR)"
    keys = key_columns(placed)
    if not keys or len(keys) < sum(is_key(p.column) for p in placed):
        return content
    readable = " AND ".join(f"{p.name} IS NOT NULL" for p in keys)
    key = " || ' · ' || ".join(f"{p.name}::VARCHAR" for p in keys)
    return f"CASE WHEN {readable} THEN 'key ' || {key} ELSE {content} END"


def _columns_table(placed: Sequence[Placed]) -> str:
    return value_rows(
        (
            str(p.position),
            literal(p.column.name),
            literal(p.column.header),
            literal(p.letter),
            str(p.place),
            literal(p.form.cell) if p.form else "NULL::VARCHAR",
            literal(p.form.text) if p.form else "NULL::VARCHAR",
        )
        for p in placed
        if p.letter
    )


def _phrases_table(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the phrases by column and reason.

    Columns of which the same is said share a line: a thousand columns have thousands of phrases,
    which DuckDB takes longer to plan than to join.
    """
    keys = key_columns(placed)
    named = f"({', '.join(p.column.header for p in keys)}) " if len(keys) > 1 else ""
    of_cells = {
        (p.position, reason): phrase
        for p in placed
        if p.letter
        for reason, phrase in phrases(p.column, key_named=named).items()
    }
    positions: dict[tuple[str, str], list[int]] = {}
    for (position, reason), phrase in (of_cells | row_rule_phrases(tab, placed)).items():
        positions.setdefault((reason, phrase), []).append(position)
    said = value_rows(
        (literal(str(where)), literal(reason), literal(phrase))
        for (reason, phrase), where in positions.items()
    )
    return (
        "SELECT unnest(positions::INTEGER[]), reason, phrase\n"
        f"  FROM ({said}) AS said (positions, reason, phrase)"
    )
