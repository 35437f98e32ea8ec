"""The record of extracts: every content that a tab was read with, and which one is current."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection as Connection

from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal, text_list
from candid_assets.warehouse.builds import UsedExtract
from candid_assets.warehouse.current_extracts import CurrentExtract, joined_extract
from candid_assets.warehouse.landing import Extract
from candid_assets.warehouse.replacements import with_replaced_at
from candid_assets.warehouse.versions import numbered


@dataclass(frozen=True, slots=True)
class RecordedExtract:
    """One content of a tab for as long as it was the current one."""

    extract: UsedExtract
    first_seen: datetime
    last_seen: datetime | None
    """When the next content was read, or the workbook was last read; None if it never was whole."""
    is_current: bool
    run_id: str


@dataclass(frozen=True, slots=True)
class ReplacedExtract:
    """A content of a tab that another one has taken the place of."""

    workbook: str
    tab: str
    content_hash: str
    last_seen: datetime
    """When the tab's next content was read."""


_CURRENT = (
    "content_hash, spreadsheet_id, sheet_id, title, rows_read, coalesce(hidden, false), tab,"
    " fetched_at"
)


def _extracts(connection: Connection) -> str:
    return numbered(connection, "extracts")


def record_extract(
    connection: Connection, tab: Tab, extract: Extract, content_hash: str, run_id: str
) -> None:
    """Record that a tab was read with a content other than its last one."""
    name = (tab.workbook, tab.name, tab.family or None)
    place = (extract.spreadsheet_id, extract.sheet_id, extract.title, extract.rows)
    moments = (extract.modified_time.isoformat(), datetime.now(UTC))
    connection.execute(
        "insert into meta.extracts (workbook, tab, family, content_hash, spreadsheet_id, sheet_id,"
        " title, rows_read, modified_time, fetched_at, run_id, hidden, number)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nextval('meta.numbers'))",
        [*name, content_hash, *place, *moments, run_id, extract.hidden],
    )


def adopt_extract(connection: Connection, tab: Tab, content_hash: str, run_id: str) -> bool:
    """Take over a tab's content from a run that recorded it and did not come to its end.

    Returns:
        Whether there was one: what was said of the reading is then lost, and is said again.
    """
    rows = connection.execute(
        "update meta.extracts set run_id = $1 where workbook = $2 and tab = $3"
        " and content_hash = $4 and run_id <> $1 and run_id not in (select run_id from meta.runs)"
        " returning run_id",
        [run_id, tab.workbook, tab.name, content_hash],
    ).fetchall()
    return bool(rows)


def current_extract(connection: Connection, tab: Tab) -> CurrentExtract | None:
    """Return the newest extract of a tab, or None if it was never landed."""
    if tab.is_family:
        return joined_extract(tab, family_members(connection, tab.workbook, tab.name))
    # Literals and no parameters: binding one makes DuckDB import pandas.
    row = connection.execute(
        f"select {_CURRENT} from {_extracts(connection)} where workbook = {literal(tab.workbook)}"
        f" and tab = {literal(tab.name)} order by number desc limit 1"
    ).fetchone()
    return None if row is None else CurrentExtract(*row)


def landed_extract(connection: Connection, tab: Tab, content_hash: str) -> CurrentExtract | None:
    """Return a tab's newest extract of a content, or None if that was never landed."""
    row = connection.execute(
        f"select {_CURRENT} from {_extracts(connection)} where workbook = ? and tab = ?"
        " and content_hash = ? order by number desc limit 1",
        [tab.workbook, tab.name, content_hash],
    ).fetchone()
    return None if row is None else CurrentExtract(*row)


def current_extracts(
    connection: Connection, spreadsheets: Sequence[str] | None = None
) -> dict[tuple[str, str], CurrentExtract]:
    """Return the newest extract of every tab, by workbook and tab; members of families apart.

    Args:
        connection: The warehouse.
        spreadsheets: Ids of the only spreadsheets whose extracts count; None for all.
    """
    rows = connection.execute(
        f"select workbook, {_CURRENT} from {_extracts(connection)}"
        " where $1 is null or spreadsheet_id = any($1) qualify row_number() over"
        " (partition by workbook, tab order by number desc) = 1",
        [None if spreadsheets is None else list(spreadsheets)],
    ).fetchall()
    extracts = ((workbook, CurrentExtract(*row)) for workbook, *row in rows)
    return {(workbook, extract.tab): extract for workbook, extract in extracts}


def family_members(connection: Connection, workbook: str, family: str) -> list[CurrentExtract]:
    """Return the newest extract of each member of a family, of the spreadsheet read last."""
    rows = connection.execute(
        "with seen as (select *, row_number() over (partition by tab order by number desc) as"
        " age, first_value(spreadsheet_id) over (order by number desc) as newest,"
        " min(number) over (partition by tab) as first_number"
        f" from {_extracts(connection)} where workbook = {literal(workbook)}"
        f" and family = {literal(family)})"
        f" select {_CURRENT} from seen where age = 1 and spreadsheet_id = newest"
        " order by first_number"
    ).fetchall()
    return [CurrentExtract(*row) for row in rows]


def accepted_members(
    connection: Connection, workbook: str, family: str
) -> dict[str, CurrentExtract]:
    """Return the extract of each member that its rows in the clean table came from, by its tab."""
    rows = connection.execute(
        f"select {_CURRENT} from {_extracts(connection)}"
        " semi join (from meta.layouts where rows_kept > 0)"
        " using (workbook, tab, content_hash) where workbook = ? and family = ?"
        " qualify row_number() over (partition by tab order by number desc) = 1",
        [workbook, family],
    ).fetchall()
    members = [CurrentExtract(*row) for row in rows]
    return {member.tab: member for member in members}


def first_loaded(connection: Connection, tab: Tab, extract: CurrentExtract) -> datetime:
    """Return when a tab's content was loaded for the first time, whenever a table shows it."""
    row = connection.execute(
        f"select arg_min(fetched_at, number) from {_extracts(connection)}"
        " where workbook = ? and tab = ? and content_hash = ?",
        [tab.workbook, tab.name, extract.content_hash],
    ).fetchone()
    first: datetime | None = row[0] if row else None
    return first or datetime.now(UTC)


def rows_landed(connection: Connection, tables: Sequence[str]) -> int:
    """Return the rows of the current extracts of all tabs that feed the tables."""
    row = connection.execute(
        "select coalesce(sum(n), 0) from (select arg_max(rows_read, number) as n"
        f" from {_extracts(connection)} where workbook || '__' || coalesce(family, tab) ="
        f" any({text_list(tables)}) group by workbook, tab)"
    ).fetchone()
    return int(row[0]) if row else 0


def last_fetched(connection: Connection) -> dict[str, datetime]:
    """Return when each table's tab, or newest member, was last read with a new content."""
    rows = connection.execute(
        "select workbook || '__' || coalesce(family, tab), arg_max(fetched_at, number)"
        f" from {_extracts(connection)} group by 1"
    ).fetchall()
    return dict(rows)


def tab_at(connection: Connection, spreadsheet_id: str, sheet_id: int) -> str | None:
    """Return the name under which a tab of a spreadsheet is read; None where none reads it."""
    row = connection.execute(
        "select any_value(tab) from meta.extracts where spreadsheet_id = ? and sheet_id = ?",
        [spreadsheet_id, sheet_id],
    ).fetchone()
    return row[0] if row else None


def recorded_extracts(connection: Connection, table: str) -> list[RecordedExtract]:
    """Return the contents that a table's tab, or the members of its family, had; newest first."""
    rows = connection.execute(
        "select workbook, tab, content_hash, s.spreadsheet_id, sheet_id, title, rows_read,"
        " fetched_at, coalesce(replaced_at, read_at), replaced_at is null, run_id from (select *,"
        " lead(fetched_at) over (partition by tab order by number) as replaced_at"
        f" from {_extracts(connection)}"
        f" where workbook || '__' || coalesce(family, tab) = {literal(table)}) as s"
        " left join meta.workbooks using (workbook) order by number desc"
    ).fetchall()
    return [RecordedExtract(UsedExtract(*row[:7]), *row[7:]) for row in rows]


def tables_read(connection: Connection) -> list[str]:
    """Return `workbook__tab` of every tab or family that was ever read."""
    rows = connection.execute(
        f"select distinct workbook || '__' || coalesce(family, tab) from {_extracts(connection)}"
    ).fetchall()
    return [str(table) for (table,) in rows]


def replaced_extracts(
    connection: Connection, workbook: str, before: datetime, now: datetime
) -> list[ReplacedExtract]:
    """Return the contents of a workbook's tabs that were all replaced before a moment."""
    extracts = f"(from {_extracts(connection)} where workbook = $workbook)"
    rows = connection.execute(
        "select tab, content_hash, max(coalesce(replaced_at, 'infinity'::timestamptz)) as last"
        f" from ({with_replaced_at(extracts, 'fetched_at', 'number', 'tab')})"
        " group by tab, content_hash having last < $before order by all",
        {"workbook": workbook, "before": before, "now": now},
    ).fetchall()
    return [ReplacedExtract(workbook, *row) for row in rows]


def record_pruned(
    connection: Connection, extract: ReplacedExtract, size: int, now: datetime
) -> None:
    """Record that an extract was removed from landing, and its size in bytes."""
    connection.execute(
        "insert into meta.pruned_extracts values (?, ?, ?, ?, ?, nextval('meta.numbers'))",
        [extract.workbook, extract.tab, extract.content_hash, size, now],
    )


def copy_extracts(source: Connection, target: Connection) -> None:
    """Add one file's whole record of extracts to another file's."""
    rows = source.execute(f"from {_extracts(source)}").to_arrow_table()
    target.register("copied", rows)
    target.execute("insert into meta.extracts by name from copied")
    target.unregister("copied")


def last_read(connection: Connection) -> dict[str, datetime]:
    """Return when each workbook was last read.

    A workbook with a tab that is held back or failed counts by its newest extract.
    """
    rows = connection.execute(
        "select workbook, coalesce(any_value(read_at), arg_max(fetched_at, number))"
        f" from {_extracts(connection)} full join meta.workbooks using (workbook)"
        " group by 1"
    ).fetchall()
    return dict(rows)
