"""What is wrong with rows, in SQL: reasons of cells, repeated keys, and the quarantine."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed, is_key
from candid_assets.cleaning.marks_sql import OTHER_UNIT
from candid_assets.cleaning.plausible_sql import implausible_problems
from candid_assets.cleaning.raw_content import NOTHING_MORE, RawContent
from candid_assets.cleaning.reason_words import phrases
from candid_assets.cleaning.row_rules_sql import row_rule_phrases, row_rule_problems
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal, quoted, value_rows
from candid_assets.warehouse.provenance import CELLS, SHOWN

REASONS_TYPE: Final = (
    'STRUCT("column" VARCHAR, header VARCHAR, cell VARCHAR, "value" VARCHAR, '
    "reason VARCHAR, message VARCHAR, link VARCHAR)[]"
)
"""The type of a quarantined row's reasons."""
_KEPT: Final = """\
  SELECT *
  FROM temp.cleaning_rows
  ANTI JOIN temp.cleaning_repeats USING (_row)
  WHERE _rule IS NULL"""


def problems_sql(tab: Tab, placed: Sequence[Placed], raw: str) -> str:
    """Return the statement that lists every reason: `_row, position, reason, other`.

    `other` is the cell that holds the same key or value, for the two reasons about repeats, and
    the cells that a row rule compares.
    """
    named = {"kept": _KEPT, "cell_problems": _cell_problems(placed)}
    keys = key_columns(placed)
    if keys:
        named["key_problems"] = _repeats(tab, keys, "duplicate_key")
    for p in placed:
        if p.letter and p.column.unique and (p,) != keys:
            others = _repeats(tab, (p,), "duplicate_value", after_keys=bool(keys))
            named[f"value_problems_{p.position}"] = others
    named |= row_rule_problems(tab, placed) | implausible_problems(tab, placed, raw)
    parts = ",\n".join(f"{name} AS (\n{part}\n)" for name, part in named.items())
    listed = [name for name in named if "problems" in name]
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name}" for name in listed)
    return f"CREATE OR REPLACE TEMP TABLE cleaning_problems AS\nWITH {parts}\n{union}"


def key_columns(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Return the primary key's columns, in the key's order, that the sheet has."""
    keys = (p for p in placed if p.letter and is_key(p.column))
    return tuple(sorted(keys, key=lambda p: p.column.primary_key_position or 0))


def quarantine_sql(
    tab: Tab,
    placed: Sequence[Placed],
    names: tuple[str, str],
    extract: str,
    link_prefix: str,
    content: RawContent = NOTHING_MORE,
) -> str:
    """Return the statement that makes the quarantine: whole raw rows with all their reasons.

    Args:
        tab: The tab's contract.
        placed: The contract's columns with their places.
        names: The raw relation and the quarantine table's name.
        extract: Hash of the extract.
        link_prefix: What the cell's name is put behind to open it.
        content: What the raw table holds beside its texts.
    """
    raw, quarantine = names
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
CREATE OR REPLACE TEMP TABLE {quoted(quarantine)} AS
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
),
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
    CASE
      WHEN row_number() OVER same = 1 THEN _name
      ELSE _name || ' #' || row_number() OVER same
    END AS _id
  FROM named
  WINDOW same AS (PARTITION BY _name ORDER BY _row)
)
SELECT
  _row,
  _kinds,
  {literal(extract)} AS _extract,
  _id,
  _reasons,
  {CELLS}
FROM {raw}
INNER JOIN gathered USING (_row)
INNER JOIN identities USING (_row)
ORDER BY _row"""


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


def _cell_problems(placed: Sequence[Placed]) -> str:
    present = [p for p in placed if p.letter]
    marked = any(p.marked for p in present)
    units = {
        p.position: f", units: mark_words({p.mark}) || ' instead of ' || mark_words({p.usual})"
        if p.marked
        else ", units: NULL::VARCHAR"
        for p in present
        if marked
    }
    lines = ",\n".join(
        f"      {{position: {p.position}, reasons: {p.why}{units.get(p.position, '')}}}"
        for p in present
    )
    other = f"CASE problem.reasons WHEN '{OTHER_UNIT}' THEN problem.units END"
    failed = "\n      OR ".join(f"{p.why} IS NOT NULL" for p in present)
    return f"""\
  SELECT
    _row,
    problem.position AS position,
    unnest(string_split(problem.reasons, ',')) AS reason,
    {other if marked else "NULL::VARCHAR"} AS other
  FROM (
    SELECT _row, unnest([
{lines}
    ]) AS problem
    FROM kept
    WHERE
      {failed}
  )
  WHERE problem.reasons IS NOT NULL"""


def _repeats(tab: Tab, over: Sequence[Placed], reason: str, *, after_keys: bool = False) -> str:
    """Return the rows that are not kept among those with equal values in readable columns."""
    first = over[0]
    tests = [f"{p.why} IS NULL AND {p.name} IS NOT NULL" for p in over]
    if after_keys:
        tests.append("_row NOT IN (SELECT _row FROM key_problems)")
    winner = {"keep_first": "rows[1]", "keep_last": "rows[-1]"}.get(tab.options.duplicate_keys)
    other = winner or "CASE WHEN _row = rows[1] THEN rows[2] ELSE rows[1] END"
    loser = f"\n  WHERE _row <> {winner}" if winner else ""
    return f"""\
  SELECT
    _row,
    {first.position} AS position,
    '{reason}' AS reason,
    {literal(first.letter or "")} || {other} AS other
  FROM (
    SELECT unnest(rows) AS _row, rows
    FROM (
      SELECT list(_row ORDER BY _row) AS rows
      FROM kept
      WHERE {" AND ".join(tests)}
      GROUP BY {", ".join(p.name for p in over)}
      HAVING count(*) > 1
    )
  ){loser}"""


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
    keys = key_columns(placed)
    named = f"({', '.join(p.column.header for p in keys)}) " if len(keys) > 1 else ""
    of_cells = {
        (p.position, reason): phrase
        for p in placed
        if p.letter
        for reason, phrase in phrases(p.column, key_named=named).items()
    }
    return value_rows(
        (str(position), literal(reason), literal(phrase))
        for (position, reason), phrase in (of_cells | row_rule_phrases(tab, placed)).items()
    )
