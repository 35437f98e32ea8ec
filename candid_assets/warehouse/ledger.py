"""The record of rows: where each row of a tab went, and since when which cell keeps one out."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection as Connection

from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal, qualified
from candid_assets.warehouse.builds import Origin
from candid_assets.warehouse.versions import numbered

OutsideCells = tuple[str, str, str, str, str, int, str, str, str]
"""Workbook, tab, table, letter, rule, number of cells, first cell, last cell, extract."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the rows of one tab went."""

    rows_read: int
    rows_raw: int
    rows_clean: int
    rows_quarantined: int
    rows_dropped: int

    @property
    def balances(self) -> bool:
        """Whether rows read = rows raw = clean + quarantined + dropped."""
        parts = (self.rows_clean, self.rows_quarantined, self.rows_dropped)
        return self.rows_read == self.rows_raw == sum(parts) and min(parts) >= 0


@dataclass(frozen=True, slots=True)
class TabLedger:
    """The ledger of a tab as its clean table was last replaced."""

    table: str
    workbook: str
    rows: Ledger


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Rows of a tab's tables as a build left them."""

    table: str
    at: datetime
    clean: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class ReasonCounts:
    """How many reasons keep rows out of clean tables, and what one run changed."""

    open: int = 0
    new: int = 0
    resolved: int = 0
    oldest: str | None = None
    """When the oldest of the open ones was first seen, in Asia/Jakarta."""

    def as_dict(self) -> dict[str, int | str | None]:
        """Return the object that `candid status --json` and the API show."""
        return {
            "standing": self.open,
            "new": self.new,
            "resolved": self.resolved,
            "oldest": self.oldest,
        }


@dataclass(frozen=True, slots=True)
class CellCounts:
    """How many cells of a tab break one rule now, and how many were mended."""

    table: str
    reason: str
    open: int
    mended: int
    oldest: datetime | None
    """When the oldest of the open ones was first seen."""


def record_ledger(connection: Connection, tab: Tab, content_hash: str, ledger: Ledger) -> None:
    """Record where the rows of an extract went."""
    connection.execute(
        "insert or replace into meta.ledger values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [tab.table, tab.workbook, tab.name, content_hash, *astuple(ledger)],
    )


def ledgers(connection: Connection) -> dict[str, TabLedger]:
    """Return the ledger of every tab by its table."""
    rows = connection.execute(
        'select "table", workbook, rows_read, rows_raw, rows_clean, rows_quarantined, rows_dropped'
        ' from meta.ledger order by "table"'
    ).fetchall()
    return {row[0]: TabLedger(row[0], row[1], Ledger(*row[2:])) for row in rows}


def total(ledgers: Iterable[TabLedger]) -> Ledger:
    """Return the sum of ledgers."""
    sums = (sum(counts) for counts in zip(*(astuple(one.rows) for one in ledgers), strict=True))
    return Ledger(*(tuple(sums) or (0, 0, 0, 0, 0)))


def rows_by_build(connection: Connection, table: str, limit: int) -> list[KeptRows]:
    """Return a tab's rows after each of its last builds, the newest first."""
    rows = connection.execute(
        'select c."table", c.built_at, c.row_count, q.row_count from meta.builds as c asof join'
        " (select * from meta.builds where layer = 'quarantine') as q"
        ' on c."table" = q."table" and c.run_id = q.run_id and c.build <= q.build'
        " where c.layer = 'clean' and c.\"table\" = ? order by c.build desc limit ?",
        [table, limit],
    ).fetchall()
    return [KeptRows(*row) for row in rows]


def rows_after(
    connection: Connection, runs: Sequence[int], tables: Sequence[str]
) -> dict[tuple[str, int], KeptRows]:
    """Return the rows of tabs after runs, as their last builds before left them.

    Args:
        connection: The warehouse or a snapshot.
        runs: Numbers of the runs.
        tables: The tabs' tables.

    Returns:
        The rows by table and number of the run.
    """
    if not runs or not tables:
        return {}
    builds = numbered(connection, "builds")
    rows = connection.execute(
        f"""
        with
        wanted as (
            select "table", run from (select unnest($runs::bigint[]) as run),
                (select unnest($tables::varchar[]) as "table")
        ),
        clean as (select * from {builds} where layer = 'clean'),
        quarantine as (select * from {builds} where layer = 'quarantine')
        select w.run, w."table", c.built_at, c.row_count, q.row_count
        from wanted as w
        asof join clean as c on w."table" = c."table" and w.run >= c.number
        asof join quarantine as q on w."table" = q."table" and w.run >= q.number
        """,
        {"runs": list(runs), "tables": list(tables)},
    ).fetchall()
    return {(table, run): KeptRows(table, *facts) for run, table, *facts in rows}


def record_dropped(connection: Connection, tab: Tab, staged: str, sheet_id: int) -> None:
    """Record the rows of a staged relation in place of those that a tab's rules dropped before.

    Args:
        connection: The warehouse.
        tab: The tab; of a family the relation has the sheet id of each row.
        staged: The relation, quoted.
        sheet_id: Sheet id of a tab that is no family.
    """
    connection.execute('delete from meta.dropped_rows where "table" = ?', [tab.table])
    connection.execute(
        "insert into meta.dropped_rows by name select *"
        + (" exclude (_tab)" if tab.is_family else f", {sheet_id} as _sheet_id")
        + f" from {staged} order by _sheet_id, _row"
    )


def record_outside_cells(connection: Connection, table: str, cells: Sequence[OutsideCells]) -> None:
    """Record a tab's columns outside its contract in place of the former ones."""
    connection.execute('delete from meta.outside_cells where "table" = ?', [table])
    if cells:
        connection.executemany(
            "insert into meta.outside_cells values (?, ?, ?, ?, ?, ?, ?, ?, ?)", cells
        )


def keep_history(connection: Connection, table: str, origin: Origin) -> None:
    """Update the quarantine history of one tab, inside the caller's transaction.

    A reason is followed by table, row identity, column and reason. One that comes back after it
    was resolved begins a line of its own.
    """
    now, name = origin.now(), literal(table)
    connection.execute(
        f"create or replace temp table quarantined_now as {_quarantined_query(table)}"
    )
    connection.execute(
        'update meta.quarantine_history as h set last_seen = ?, cell = n.cell, "value" = n."value",'
        " message = n.message, link = n.link from temp.quarantined_now as n"
        f' where h."table" = {name} and h.resolved is null and n._id = h._id'
        ' and n."column" = h."column" and n.reason = h.reason',
        [now],
    )
    connection.execute(
        "update meta.quarantine_history as h set resolved = ?, resolved_run = ?,"
        " resolved_number = nextval('meta.numbers')"
        f' where h."table" = {name} and h.resolved is null and (_id, "column", reason)'
        ' not in (select (_id, "column", reason) from temp.quarantined_now)',
        [now, origin.run_id],
    )
    connection.execute(
        f'insert into meta.quarantine_history select {name}, n._id, n."column", n.reason, ?, ?,'
        " null, ?, null, n.cell, n.\"value\", n.message, n.link, nextval('meta.numbers'), null"
        " from temp.quarantined_now as n"
        f' anti join meta.quarantine_history as h on h."table" = {name} and h.resolved is null'
        ' and h._id = n._id and h."column" = n."column" and h.reason = n.reason',
        [now, now, origin.run_id],
    )
    connection.execute("drop table temp.quarantined_now")


def reason_counts(connection: Connection, run_id: str | None) -> ReasonCounts:
    """Return how many reasons are open, since when, and how many a run added and resolved."""
    run = "null" if run_id is None else literal(run_id)
    row = connection.execute(
        f"select count(*) filter (resolved is null), count(*) filter (first_run = {run}),"
        f" count(*) filter (resolved_run = {run}),"
        " strftime(arg_min(first_seen, number) filter (resolved is null), '%Y-%m-%d %H:%M:%S')"
        f" from {numbered(connection, 'quarantine_history')}"
    ).fetchone()
    return ReasonCounts(*(row or ()))


def cells_by_table(connection: Connection, since: datetime) -> list[CellCounts]:
    """Return how many cells of each tab keep rows out, and were mended since, by their rule."""
    rows = connection.execute(
        'select "table", reason, count(*) filter (resolved is null),'
        " count(*) filter (resolved >= $1), min(first_seen) filter (resolved is null)"
        ' from meta.quarantine_history group by "table", reason order by "table", reason',
        [since],
    ).fetchall()
    return [CellCounts(*row) for row in rows]


def open_reasons(connection: Connection) -> dict[str, int]:
    """Return how many reasons keep rows out of clean tables now, by rule."""
    rows = connection.execute(
        "select reason, count(*) from meta.quarantine_history where resolved is null"
        " group by reason order by reason"
    ).fetchall()
    return dict(rows)


def _quarantined_query(table: str) -> str:
    return (
        'select _id, why."column" as "column", why.reason as reason, why.cell as cell,'
        ' why."value" as "value", why.message as message, why.link as link'
        f" from (select _id, unnest(_reasons) as why from {qualified('quarantine', table)})"
    )


@dataclass(frozen=True, slots=True)
class OpenCell:
    """A cell that keeps a row out of its clean table now."""

    table: str
    column: str
    reason: str
    cell: str
    value: str | None
    link: str
    first_seen: datetime


def open_cells(connection: Connection, tables: Sequence[str]) -> list[OpenCell]:
    """Return the cells of tabs that keep rows out now, by table and in the order of their rows."""
    rows = connection.execute(
        'select "table", "column", reason, cell, "value", link, first_seen'
        ' from meta.quarantine_history where resolved is null and "table" = any(?)'
        " order by \"table\", try_cast(regexp_extract(cell, '[0-9]+') as bigint), cell",
        [list(tables)],
    ).fetchall()
    return [OpenCell(*row) for row in rows]
