"""The record of tabs: how each was laid out, what changed of it, and which content is held back.

Also of the tables that no contract names.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import duckdb
from duckdb import DuckDBPyConnection as Connection

ChangeKind = Literal[
    "tab_added",
    "tab_renamed",
    "tab_recreated",
    "tab_hidden",
    "tab_missing",
    "tab_not_grid",
    "tab_emptied",
    "header_moved",
    "header_gone",
    "columns_moved",
    "column_added",
    "column_removed",
    "column_renamed",
    "column_retyped",
]


@dataclass(frozen=True, slots=True)
class Misread:
    """How many of a column's filled cells are not of its type."""

    misread: int
    filled: int

    @property
    def share(self) -> float:
        """The share of the filled cells that are not of the type."""
        return self.misread / self.filled if self.filled else 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """One tab as its rows entered, or would enter, the clean table."""

    content_hash: str
    sheet_id: int
    title: str
    hidden: bool
    header_row: int
    headers: tuple[str, ...]
    """Texts of the header by sheet column; blank where there is none."""
    kinds: tuple[str, ...]
    """Kind of nearly all cells below each header, as in `_kinds`; blank where there is none."""
    rows_kept: int
    """Rows in clean and quarantine."""
    misread: Mapping[str, Misread] = field(default_factory=dict)
    """By column of the contract."""


@dataclass(frozen=True, slots=True)
class Change:
    """One structural change of a tab."""

    kind: ChangeKind
    detail: str
    """What changed, in words."""
    subject: str = ""
    """The header that it is about; empty where it is about the tab."""
    breaking: bool = False
    """Whether the table is kept as it is until a person decides."""
    fix: str = ""
    column: str = ""
    """The contract's column, where it has one."""
    to: str = ""
    """The new title, header or type, where there is one."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A structural change, and the tab that shows it."""

    change: Change
    workbook: str
    tab: str
    """Of a family: the name of the member."""
    table: str
    title: str
    extract: str
    """Content hash; empty where the tab could not be read."""
    row: int = -1
    """Its place in the log; -1 before it is recorded."""


@dataclass(frozen=True, slots=True)
class Hold:
    """An extract that was read whole and is kept out until a person decides."""

    workbook: str
    tab: str
    table: str
    title: str
    cause: str
    content_before: str
    content_hash: str
    rows_before: int
    rows_now: int
    message: str
    first_seen: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return asdict(self) | {"first_seen": f"{self.first_seen:%Y-%m-%d %H:%M:%S}"}


@dataclass(frozen=True, slots=True)
class UndescribedTable:
    """A table of a source that is not read, for no contract names it."""

    workbook: str
    title: str
    proposal: str
    """What may be done about it."""
    first_seen: datetime

    @property
    def message(self) -> str:
        """What is the matter, in one sentence without the proposal."""
        return f"no contract of workbook {self.workbook} names '{self.title}', which is not read"

    def as_dict(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return asdict(self) | {"first_seen": f"{self.first_seen:%Y-%m-%d %H:%M:%S}"}


def accepted_layouts(connection: Connection, workbook: str) -> dict[str, Layout]:
    """Return the layouts that a workbook's clean tables were last made from, by name of the tab."""
    rows = connection.execute(
        "select tab, content_hash, sheet_id, title, hidden, header_row, headers, kinds, rows_kept,"
        " misread from meta.layouts where workbook = ?",
        [workbook],
    ).fetchall()
    layouts = {}
    for name, digest, sheet_id, title, hidden, row, headers, kinds, kept, misread_json in rows:
        misread = {column: Misread(*pair) for column, pair in json.loads(misread_json).items()}
        texts = (tuple(headers), tuple(kinds))
        layouts[name] = Layout(digest, sheet_id, title, hidden, row, *texts, kept, misread)
    return layouts


def accept_layouts(
    connection: Connection, workbook: str, layouts: Mapping[str, Layout], run_id: str
) -> None:
    """Record the layouts that a clean table is made from now, inside the caller's transaction."""
    for name, layout in layouts.items():
        *facts, headers, kinds, kept, misread = astuple(layout)
        columns = [list(headers), list(kinds), kept, json.dumps(misread)]
        connection.execute(
            "insert or replace into meta.layouts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [workbook, name, *facts, *columns, datetime.now(UTC), run_id],
        )


def retitle(connection: Connection, workbook: str, tab: str, now: Layout) -> None:
    """Record the title and the like of a tab whose content is as it was."""
    connection.execute(
        "update meta.layouts set title = ?, hidden = ?, sheet_id = ?"
        " where workbook = ? and tab = ?",
        [now.title, now.hidden, now.sheet_id, workbook, tab],
    )


def record_change(
    connection: Connection, seen: RecordedChange, run_id: str, *, is_open: bool
) -> None:
    """Add a change to the log; one that nobody has to decide on is resolved at once."""
    now, c = datetime.now(UTC), seen.change
    place = (seen.workbook, seen.tab, seen.table, seen.title)
    what = (c.kind, c.column, c.subject, c.to, c.detail, c.fix, c.breaking)
    connection.execute(
        "insert into meta.schema_changes select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " resolved_at, number, if(resolved_at is null, null, number)"
        " from (select ?::timestamptz as resolved_at, nextval('meta.numbers') as number)",
        [*place, *what, now, seen.extract, run_id, None if is_open else now],
    )


def open_changes(connection: Connection, table: str | None = None) -> list[RecordedChange]:
    """Return the changes of all tabs, or of a table's, that wait for a decision; oldest first."""
    rows = connection.execute(
        'select workbook, tab, "table", title, _extract, rowid, kind, detail, subject, breaking,'
        ' fix, "column", "to" from meta.schema_changes'
        ' where resolved_at is null and "table" = coalesce($1, "table")'
        " order by rowid",
        [table],
    ).fetchall()
    return [RecordedChange(Change(*row[6:]), *row[:6]) for row in rows]


def resolve_changes(connection: Connection, changes: Iterable[RecordedChange]) -> None:
    """Mark changes as decided or over."""
    connection.execute(
        "update meta.schema_changes set resolved_at = ?,"
        " resolved_number = nextval('meta.numbers') where rowid = any(?)",
        [datetime.now(UTC), [change.row for change in changes]],
    )


def record_hold(
    connection: Connection,
    workbook: str,
    tab: str,
    hold: Hold | None,
    run_id: str,
    undecided: str = "",
) -> None:
    """Record the extract of a tab that is held back now, if any, and that no other one is.

    Args:
        connection: The warehouse.
        workbook: The tab's workbook.
        tab: The tab, or the member of a family.
        hold: What is held back.
        run_id: The run.
        undecided: Content of which a hold stays as it is.
    """
    key = [workbook, tab, hold.content_hash if hold else undecided]
    connection.execute(
        "update meta.holds set resolved_at = ? where workbook = ? and tab = ?"
        " and content_hash <> ? and resolved_at is null",
        [datetime.now(UTC), *key],
    )
    if hold:
        connection.execute(
            "insert into meta.holds select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null"
            " where not exists (from meta.holds where workbook = ? and tab = ? and content_hash = ?"
            " and resolved_at is null)",
            [*astuple(hold), run_id, *key],
        )


def open_holds(connection: Connection) -> list[Hold]:
    """Return the extracts that are held back, by workbook and tab."""
    rows = connection.execute(
        'select workbook, tab, "table", title, cause, content_before, content_hash,'
        " rows_before, rows_now, message, first_seen from meta.holds"
        " where resolved_at is null order by all"
    ).fetchall()
    return [Hold(*row) for row in rows]


def undescribed_tables(connection: Connection) -> list[UndescribedTable]:
    """Return them all, by workbook and title; none from a snapshot that has no such record."""
    try:
        rows = connection.execute(
            "select workbook, title, proposal, first_seen from meta.undescribed_tables order by all"
        ).fetchall()
    except duckdb.CatalogException:
        return []
    return [UndescribedTable(*row) for row in rows]


def record_undescribed(
    connection: Connection, workbook: str, proposals: Mapping[str, str], run_id: str
) -> bool:
    """Record the tables of a workbook that no contract names, title to proposal.

    Returns:
        Whether they are others than before.
    """
    before = {t.title: t for t in undescribed_tables(connection) if t.workbook == workbook}
    if {title: table.proposal for title, table in before.items()} == dict(proposals):
        return False
    connection.execute("delete from meta.undescribed_tables where workbook = ?", [workbook])
    now = datetime.now(UTC)
    for title, proposal in proposals.items():
        seen = before[title].first_seen if title in before else now
        connection.execute(
            "insert into meta.undescribed_tables values (?, ?, ?, ?, ?)",
            [workbook, title, proposal, seen, run_id],
        )
    return True
