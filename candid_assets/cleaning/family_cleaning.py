"""Cleans a family: each member by itself, then rows that share a key across members, then all.

The members' scratch tables are put aside after they are judged, so that a key which stands in two
tabs becomes a reason like any other and ends in quarantine with the cell of the other tab.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from candid_assets.cleaning.cleaning_sql import (
    SCRATCH,
    CleaningSql,
    CleaningTables,
    cleaning_sql,
)
from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.problems_sql import key_columns
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.cleaning.rows_sql import placed_columns
from candid_assets.cleaning.undeclared_columns import UndeclaredCells, undeclared_cells
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.source_kinds.links import cell_link
from candid_assets.sql import literal, qualified, quoted
from candid_assets.warehouse.current_extracts import CurrentExtract

RAW: Final = "temp.member_raw"
MEMBER: Final = CleaningTables("member_clean", "member_quarantine", "member_dropped")


@dataclass(frozen=True, slots=True)
class Member:
    """One tab of a family as its rows enter the table."""

    extract: CurrentExtract
    header: HeaderMap


def clean_family(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    members: Sequence[Member],
    names: CleaningTables,
) -> list[UndeclaredCells]:
    """Leave a family's clean, quarantined and dropped rows in temp tables; return undeclared cells.

    Args:
        connection: Where the family's raw table is, with the macros.
        tab: The family's contract.
        members: The members in their order; an earlier one is kept first.
        names: Names of the temporary tables to make.
    """
    raw = qualified("raw", tab.table)
    for statement in family_sql(connection, tab, members, names, raw):
        connection.execute(statement)
    return undeclared_of_members(connection, tab, members, names.clean)


def family_sql(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    members: Sequence[Member],
    names: CleaningTables,
    raw: str,
) -> list[str]:
    """Return the statements that clean a family.

    Args:
        connection: Where the family's raw table is; what its members hold is read there.
        tab: The family's contract.
        members: The members in their order.
        names: Names of the temporary tables to make.
        raw: The family's raw relation where the statements run, quoted.
    """
    placed = [tuple(placed_columns(tab, member.header)) for member in members]
    plans = [_plan(connection, tab, member) for member in members]
    statements: list[str] = []
    for number, (member, plan) in enumerate(zip(members, plans, strict=True)):
        statements += [_show_sql(raw, member), *plan.reading, *plan.judging]
        statements += _rename("", f"_{number}")
    statements += [*_crossing(tab, members, placed), _clean_ddl(tab, names.clean)]
    for number, (member, plan) in enumerate(zip(members, plans, strict=True)):
        statements += [_show_sql(raw, member), *_rename(f"_{number}", "")]
        statements += plan.sorting.statements
        statements += _append(tab, member, names, first=number == 0)
    return [*statements, f"drop view {RAW}"]


def undeclared_of_members(
    connection: duckdb.DuckDBPyConnection, tab: Tab, members: Sequence[Member], clean: str
) -> list[UndeclaredCells]:
    """Return the undeclared cells of each member, with the title of its tab.

    Args:
        connection: Where the family's raw table and its staged clean rows are.
        tab: The family's contract.
        members: The members in their order.
        clean: Name of the staged clean rows.
    """
    undeclared: list[UndeclaredCells] = []
    for member in members:
        extract = member.extract
        connection.execute(_show_sql(qualified("raw", tab.table), member))
        own = f"(select _row from temp.{quoted(clean)} where _sheet_id = {extract.sheet_id})"
        cells = undeclared_cells(connection, tab, member.header, (RAW, own), extract.content_hash)
        mark = f"'{extract.title}'!"
        undeclared += [(*o[:6], f"{mark}{o[6]}", f"{mark}{o[7]}", *o[8:]) for o in cells]
        connection.execute(f"drop view {RAW}")
    return undeclared


def _plan(connection: duckdb.DuckDBPyConnection, tab: Tab, member: Member) -> CleaningSql:
    extract = member.extract
    connection.execute(_show_sql(qualified("raw", tab.table), member))
    prefix = cell_link(extract.spreadsheet_id, extract.sheet_id, "", extract.title)
    return cleaning_sql(
        tab,
        member.header,
        raw=RAW,
        extract=extract.content_hash,
        link_prefix=prefix,
        content=raw_content(connection, RAW, tab, member.header),
        staged=MEMBER,
    )


def _show_sql(raw: str, member: Member) -> str:
    """Return the statement that shows one member's rows as the raw table of a single tab."""
    return (
        f"create or replace temp view member_raw as select * exclude (_tab, _sheet_id)"
        f" from {raw} where _sheet_id = {member.extract.sheet_id}"
    )


def _rename(old: str, new: str) -> Iterator[str]:
    for table in SCRATCH:
        yield f"drop table if exists temp.{table}{new}"
        yield f"alter table temp.{table}{old} rename to {table}{new}"


def _crossing(
    tab: Tab, members: Sequence[Member], placed: Sequence[tuple[Placed, ...]]
) -> Iterator[str]:
    """Yield the statements that add the reasons of rows which share a key with another tab."""
    keys = [c.name for c in tab.columns if c.primary_key_position is not None]
    titled = any(c.of_title for c in tab.columns if c.primary_key_position is not None)
    groups = [(keys, "duplicate_key")] if keys and not titled else []
    groups += [
        ([c.name], "duplicate_value")
        for c in tab.columns
        if c.unique and not c.of_title and [c.name] != keys
    ]
    if len(members) < 2:
        return
    for names, reason in groups:
        yield _shared_sql(tab, members, placed, names, reason)
        for number in range(len(members)):
            yield f"""\
INSERT INTO temp.cleaning_problems_{number} (_row, position, reason, other)
SELECT _row, position, reason, other
FROM temp.family_shared
WHERE member = {number} AND _row NOT IN (
  SELECT _row FROM temp.cleaning_problems_{number}
  WHERE reason IN ('duplicate_key', {literal(reason)}) AND other IS NOT NULL
)"""
    if groups:
        yield "DROP TABLE temp.family_shared"


def _shared_sql(
    tab: Tab,
    members: Sequence[Member],
    placed: Sequence[tuple[Placed, ...]],
    names: list[str],
    reason: str,
) -> str:
    kept = []
    cells = []
    for number, columns in enumerate(placed):
        own = [p for p in columns if p.column.name in names]
        if not all(p.letter for p in own):
            continue
        first = key_columns(columns)[0] if reason == "duplicate_key" else own[0]
        tests = " AND ".join(f"{p.why} IS NULL AND {p.name} IS NOT NULL" for p in own)
        kept.append(
            f"SELECT {number} AS member, {first.position} AS position, _row,"
            f" {', '.join(p.name for p in own)} FROM temp.cleaning_rows_{number}"
            f" ANTI JOIN temp.cleaning_repeats_{number} USING (_row)"
            f" WHERE _rule IS NULL AND {tests}"
        )
        title = members[number].extract.title.replace("'", "''")
        place = f"'{title}'!{first.letter}"
        cells.append(f"WHEN {number} THEN {literal(place)}")
    if not kept:
        return (
            "CREATE OR REPLACE TEMP TABLE family_shared (member INTEGER, _row INTEGER,"
            " position INTEGER, reason VARCHAR, other VARCHAR)"
        )
    winner = {"keep_first": "places[1]", "keep_last": "places[-1]"}.get(tab.options.duplicate_keys)
    other = winner or "list_filter(places, lambda p: p.member <> place.member)[1]"
    loser = f"WHERE place <> {winner}" if winner else ""
    union = "\n  UNION ALL\n  ".join(kept)
    return f"""\
CREATE OR REPLACE TEMP TABLE family_shared AS
WITH kept AS (
  {union}
),
shared AS (
  SELECT
    any_value(position) AS position,
    list({{'member': member, '_row': _row}} ORDER BY member, _row) AS places
  FROM kept
  GROUP BY {", ".join(quoted(name) for name in names)}
  HAVING count(DISTINCT member) > 1
),
losers AS (
  SELECT place.member AS member, place._row AS _row, position, {other} AS found
  FROM (SELECT position, places, unnest(places) AS place FROM shared)
  {loser}
)
SELECT
  member,
  _row,
  position,
  {literal(reason)} AS reason,
  CASE found.member {" ".join(cells)} END || found._row AS other
FROM losers"""


def _clean_ddl(tab: Tab, clean: str) -> str:
    columns = "".join(f"{quoted(c.name)} {c.physical_type}, " for c in tab.columns)
    return (
        f"CREATE OR REPLACE TEMP TABLE {quoted(clean)} ({columns}"
        "_tab VARCHAR, _sheet_id BIGINT, _row INTEGER, _extract VARCHAR)"
    )


def _append(tab: Tab, member: Member, names: CleaningTables, *, first: bool) -> Iterator[str]:
    """Yield what adds one member's outcomes to the family's; each row says which tab it is of."""
    title, sheet_id = literal(member.extract.title), member.extract.sheet_id
    # What a quarantined row is known by must be its own among the rows of all members.
    name = literal(f"{member.extract.tab} ")
    columns = ", ".join(title if c.of_title else quoted(c.name) for c in tab.columns)
    yield (
        f"insert into temp.{quoted(names.clean)} select {columns}, {title}, {sheet_id}, _row,"
        f" _extract from temp.{MEMBER.clean} order by _row"
    )
    for ours, theirs in ((names.quarantine, MEMBER.quarantine), (names.dropped, MEMBER.dropped)):
        own = "*" if theirs == MEMBER.dropped else f"* replace ({name} || _id as _id)"
        query = f"select {title} as _tab, {sheet_id}::bigint as _sheet_id, {own} from temp.{theirs}"
        target = f"temp.{quoted(ours)}"
        create = f"create or replace temp table {quoted(ours)} as {query}"
        yield create if first else f"insert into {target} by name {query}"
    for table in (MEMBER.clean, MEMBER.quarantine, MEMBER.dropped):
        yield f"drop table temp.{table}"
