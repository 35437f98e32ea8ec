"""What is wrong with rows, in SQL: reasons of cells, of rows, and of repeated keys and values.

What is judged of each row by itself, and what is judged of rows that share a key or a value, can be
asked for apart: then the rows of a large table may lie in parts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed, is_key
from candid_assets.cleaning.marks_sql import OTHER_UNIT
from candid_assets.cleaning.plausible_sql import implausible_problems
from candid_assets.cleaning.row_rules_sql import row_rule_problems
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal

_KEPT: Final = """\
  SELECT *
  FROM temp.cleaning_rows
  ANTI JOIN temp.cleaning_repeats USING (_row)
  WHERE _rule IS NULL"""


NOTHING_SHARED: Final = (
    "CREATE OR REPLACE TEMP TABLE cleaning_shared"
    " (_row INTEGER, position INTEGER, reason VARCHAR, other VARCHAR)"
)


def problems_sql(tab: Tab, placed: Sequence[Placed], raw: str) -> str:
    """Return the statement that lists every reason: `_row, position, reason, other`.

    `other` is the cell that holds the same key or value, for the two reasons about repeats, and
    the cells that a row rule compares.
    """
    alone = {"cell_problems": _cell_problems(placed)}
    broken = row_rule_problems(tab, placed) | implausible_problems(tab, placed, raw)
    return _listed("cleaning_problems", alone | _shared_problems(tab, placed) | broken)


def own_problems_sql(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the statement that lists the reasons of each row by itself, and `cleaning_shared`."""
    alone = {"cell_problems": _cell_problems(placed)} | row_rule_problems(tab, placed)
    shared = {"shared_problems": "  SELECT *\n  FROM temp.cleaning_shared"}
    return _listed("cleaning_problems", alone | shared)


def shared_problems_sql(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the statement that makes `cleaning_shared`: the reasons of repeated keys and values.

    It needs the rows that share a key or value with another, and may lack any other.
    """
    problems = _shared_problems(tab, placed)
    return _listed("cleaning_shared", problems) if problems else NOTHING_SHARED


def shared_columns(tab: Tab, placed: Sequence[Placed]) -> list[tuple[Placed, ...]]:
    """Return the columns over which rows may not repeat: the key's, and each that is unique."""
    keys = key_columns(placed)
    columns = ((p,) for p in placed if p.letter and p.column.unique)
    unique: list[tuple[Placed, ...]] = [one for one in columns if one != keys]
    return [keys, *unique] if keys else unique


def key_columns(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Return the primary key's columns, in the key's order, that the sheet has."""
    keys = (p for p in placed if p.letter and is_key(p.column))
    return tuple(sorted(keys, key=lambda p: p.column.primary_key_position or 0))


def _shared_problems(tab: Tab, placed: Sequence[Placed]) -> dict[str, str]:
    """Return the queries, by name, that list the reasons of repeated keys and values."""
    keys = key_columns(placed)
    named = {}
    for columns in shared_columns(tab, placed):
        if columns == keys:
            named["key_problems"] = _repeats(tab, keys, "duplicate_key")
        else:
            others = _repeats(tab, columns, "duplicate_value", after_keys=bool(keys))
            named[f"value_problems_{columns[0].position}"] = others
    return named


def _listed(table: str, named: Mapping[str, str]) -> str:
    """Return the statement that makes a table of what the queries named after problems list."""
    queries = {"kept": _KEPT} | dict(named)
    parts = ",\n".join(f"{name} AS (\n{part}\n)" for name, part in queries.items())
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name}" for name in named if "problems" in name)
    return f"CREATE OR REPLACE TEMP TABLE {table} AS\nWITH {parts}\n{union}"


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
