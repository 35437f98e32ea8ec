"""What is wrong with rows, in SQL: reasons of cells, of rows, and of repeated keys and values.

What is judged of each row by itself, and what is judged of rows that share a key or a value, can be
asked for apart: then the rows of a large table may lie in parts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed, is_key
from candid_assets.cleaning.faults_sql import FAULTS, faults_sql
from candid_assets.cleaning.plausible_sql import implausible_problems, quarantined_columns
from candid_assets.cleaning.row_rules_sql import row_rule_problems, rules_to_quarantine
from candid_assets.cleaning.slices_sql import is_wide
from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal

NOTHING_SHARED: Final = (
    "CREATE OR REPLACE TEMP TABLE cleaning_shared"
    " (_row INTEGER, position INTEGER, reason VARCHAR, other VARCHAR)"
)


def problems_sql(tab: Tab, placed: Sequence[Placed], raw: str) -> str:
    """Return the statement that lists every reason: `_row, position, reason, other`.

    `other` is the cell that holds the same key or value, for the two reasons about repeats, and
    the cells that a row rule compares.
    """
    asked = asked_columns(tab, placed)
    alone = {"cell_problems": _cell_problems(placed)}
    broken = row_rule_problems(tab, asked) | implausible_problems(tab, asked, raw)
    named = alone | _shared_problems(tab, placed) | broken
    return _listed("cleaning_problems", named, _kept(tab, placed))


def own_problems_sql(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the statement that lists the reasons of each row by itself, and `cleaning_shared`."""
    asked = asked_columns(tab, placed)
    alone = {"cell_problems": _cell_problems(placed)} | row_rule_problems(tab, asked)
    shared = {"shared_problems": "  SELECT *\n  FROM temp.cleaning_shared"}
    return _listed("cleaning_problems", alone | shared, _kept(tab, placed))


def shared_problems_sql(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the statement that makes `cleaning_shared`: the reasons of repeated keys and values.

    It needs the rows that share a key or value with another, and may lack any other.
    """
    problems = _shared_problems(tab, placed)
    if not problems:
        return NOTHING_SHARED
    return _listed("cleaning_shared", problems, _kept(tab, placed))


def asked_columns(tab: Tab, placed: Sequence[Placed]) -> Sequence[Placed]:
    """Return the columns of which more is asked than what is wrong with each cell by itself.

    These are of a wide table its keys, what is unique, what rules compare and what is judged as
    implausible; a table of few columns is asked for all of them at once.
    """
    if not is_wide(placed):
        return placed
    names = {p.column.name for columns in shared_columns(tab, placed) for p in columns}
    names |= {name for rule in rules_to_quarantine(tab) for name in rule.columns}
    names |= {p.column.name for p in quarantined_columns(tab, placed)}
    return [p for p in placed if p.column.name in names]


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


def _kept(tab: Tab, placed: Sequence[Placed]) -> str:
    """Return the query of the rows that stay, with what is asked of them."""
    columns = "*"
    if is_wide(placed):
        asked = asked_columns(tab, placed)
        names = [p.name for p in asked] + [p.why for p in asked if p.letter]
        names += ["_fills"] if any(p.filled for p in placed) else []
        columns = ", ".join(["_row", *names])
    return f"""\
  SELECT {columns}
  FROM temp.cleaning_rows
  ANTI JOIN temp.cleaning_repeats USING (_row)
  WHERE _rule IS NULL"""


def _listed(table: str, named: Mapping[str, str], kept: str) -> str:
    """Return the statement that makes a table of what the queries named after problems list."""
    queries = {"kept": kept} | dict(named)
    parts = ",\n".join(f"{name} AS (\n{part}\n)" for name, part in queries.items())
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name}" for name in named if "problems" in name)
    return f"CREATE OR REPLACE TEMP TABLE {table} AS\nWITH {parts}\n{union}"


def _cell_problems(placed: Sequence[Placed]) -> str:
    faults = f"(\n{faults_sql(placed, 'kept')}\n  )"
    if is_wide(placed):
        faults = f"temp.{FAULTS}\n  SEMI JOIN kept USING (_row)"
    return f"""\
  SELECT
    _row,
    position,
    unnest(string_split(reasons, ',')) AS reason,
    other
  FROM {faults}"""


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
