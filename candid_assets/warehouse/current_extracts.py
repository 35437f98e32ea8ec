"""Which extract of a tab is the current one, and of a family which extracts of its members."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.families import is_named
from candid_assets.warehouse.builds import UsedExtract


@dataclass(frozen=True, slots=True)
class CurrentExtract:
    """The extract that a tab's tables are built from; of a family, the extracts of all members."""

    content_hash: str
    spreadsheet_id: str
    sheet_id: int
    title: str
    rows: int
    hidden: bool = False
    tab: str = field(default="", compare=False)
    """The name it is landed under."""
    members: tuple["CurrentExtract", ...] = field(default=(), compare=False)
    """Of a family, in the order in which they were first seen."""


_COLUMNS = "content_hash, spreadsheet_id, sheet_id, title, rows_read, coalesce(hidden, false), tab"


def current_extract(connection: duckdb.DuckDBPyConnection, tab: Tab) -> CurrentExtract | None:
    """Return the newest extract of a tab, or None if it was never landed."""
    if tab.is_family:
        return joined_extract(tab, family_members(connection, tab.workbook, tab.name))
    row = connection.execute(
        f"select {_COLUMNS} from meta.extracts"
        " where workbook = ? and tab = ? order by fetched_at desc limit 1",
        [tab.workbook, tab.name],
    ).fetchone()
    return None if row is None else CurrentExtract(*row)


def current_extracts(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], CurrentExtract]:
    """Return the newest extract of every tab, by workbook and tab; members of families apart."""
    rows = connection.execute(
        f"select workbook, {_COLUMNS} from meta.extracts qualify row_number() over"
        " (partition by workbook, tab order by fetched_at desc) = 1"
    ).fetchall()
    return {(r[0], r[-1]): CurrentExtract(*r[1:]) for r in rows}


def first_loaded(
    connection: duckdb.DuckDBPyConnection, tab: Tab, extract: CurrentExtract
) -> datetime:
    """Return when a tab's content was loaded for the first time, whenever a table shows it."""
    row = connection.execute(
        "select min(fetched_at) from meta.extracts"
        " where workbook = ? and tab = ? and content_hash = ?",
        [tab.workbook, tab.name, extract.content_hash],
    ).fetchone()
    found: datetime | None = row[0] if row else None
    return found or datetime.now(UTC)


def used_extracts(tab: Tab, extract: CurrentExtract) -> list[UsedExtract]:
    """Return what a build records of an extract; of a family, of each member's."""
    return [
        UsedExtract(
            tab.workbook,
            part.tab or tab.name,
            part.content_hash,
            part.spreadsheet_id,
            part.sheet_id,
            part.title,
            part.rows,
        )
        for part in extract.members or (extract,)
    ]


def replayed_extract(tab: Tab, used: Sequence[UsedExtract]) -> CurrentExtract | None:
    """Return the extract that a build recorded; of a family, its members' as one."""
    parts = [
        CurrentExtract(u.content_hash, u.spreadsheet_id, u.sheet_id, u.title, u.rows, tab=u.tab)
        for u in used
    ]
    return joined_extract(tab, parts) if tab.is_family else next(iter(parts), None)


def family_members(
    connection: duckdb.DuckDBPyConnection, workbook: str, family: str
) -> list[CurrentExtract]:
    """Return the newest extract of each member of a family, of the spreadsheet read last."""
    rows = connection.execute(
        "with seen as (select *, row_number() over (partition by tab order by fetched_at desc) as"
        " age, first_value(spreadsheet_id) over (order by fetched_at desc) as newest,"
        " min(fetched_at) over (partition by tab) as first_seen"
        " from meta.extracts where workbook = ? and family = ?)"
        f" select {_COLUMNS} from seen where age = 1 and spreadsheet_id = newest"
        " order by first_seen, tab",
        [workbook, family],
    ).fetchall()
    return [CurrentExtract(*row) for row in rows]


def joined_extract(family: Tab, members: Sequence[CurrentExtract]) -> CurrentExtract | None:
    """Return a family's members as one extract; those that are retired are none of them."""
    kept = tuple(m for m in members if not is_named(family.options.retired_tabs, m.title))
    if not kept:
        return None
    parts = [f"{m.tab}\x1f{m.title}\x1f{m.sheet_id}\x1f{m.content_hash}" for m in kept]
    digest = hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
    rows = sum(m.rows for m in kept)
    first = kept[0]
    return CurrentExtract(
        digest,
        first.spreadsheet_id,
        first.sheet_id,
        family.title,
        rows,
        tab=family.name,
        members=kept,
    )
