"""The cells to mend: which, where, why, since when, and what was mended."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Catalog, Tab
from candid_assets.lineage.fault_reach import FaultReach
from candid_assets.names import QUARANTINE_CHECK
from candid_assets.settings import ZONE
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.ledger import CellCounts, cells_by_table
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.web.api.formula_texts import escaped
from candid_assets.web.api.query_parameters import Statement, select, whole
from candid_assets.web.api.relations import CELLS
from candid_assets.web.api.responses import row_count, to_csv
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.refusal import Refused

PAGE: Final = 50
MENDED_DAYS: Final = 7
CHOICES: Final = ("workbook", "tab", "owner", "reason", "state")
MOST_CSV: Final = 1_000_000
_ROW: Final = "try_cast(regexp_extract(cell, '[0-9]+') as bigint)"


@dataclass(frozen=True, slots=True)
class TabNames:
    """What a table's tab is called, and whose it is."""

    table: str
    tab: str
    workbook: str
    workbook_name: str
    owner: str
    headers: Mapping[str, str]
    """The header in the sheet of each column."""


class MendChoice:
    """The cells that keep or kept rows out, by the choices of a request."""

    def __init__(self, snapshot: Snapshot, damage: FaultReach, given: Mapping[str, str]) -> None:
        self.names = tab_names(snapshot.catalog)
        self.chosen = {name: given[name] for name in CHOICES if given.get(name)}
        if self.chosen.get("state", "mended") != "mended":
            raise Refused(400, "`state` is mended, or left out for the cells to mend")
        known = [name for name in self.names.values() if self._is_chosen(name)]
        known.sort(key=lambda name: (-damage.of(f"clean.{name.table}").metrics, name.table))
        self.tables = [name.table for name in known]

    @property
    def is_mended(self) -> bool:
        """Whether the cells that were mended are asked for, and not those to mend."""
        return "state" in self.chosen

    def _is_chosen(self, name: TabNames) -> bool:
        of = {"workbook": name.workbook_name, "tab": name.table, "owner": name.owner}
        return all(self.chosen.get(choice, value) == value for choice, value in of.items())

    def statement(self, own: Mapping[str, str]) -> Statement:
        """Return the query of the cells: the tabs that most hangs on first, row by row."""
        conditions = ['"table" = any(?)', f"resolved is {'not ' if self.is_mended else ''}null"]
        values: list[Any] = [self.tables]
        if reason := self.chosen.get("reason"):
            conditions.append("reason = ?")
            values.append(reason)
        sort = ['list_position(?::varchar[], "table")', f"{_ROW} nulls last", "cell"]
        if self.is_mended:
            sort = ["resolved desc", *sort]
        values.append(self.tables)
        return select(CELLS, CELLS.fields, conditions, values, sort=sort, own=own)

    def counts(self, connection: duckdb.DuckDBPyConnection, now: datetime) -> list[CellCounts]:
        """Return the counts of every tab that the catalog declares."""
        since = now - timedelta(days=MENDED_DAYS)
        return [c for c in cells_by_table(connection, since) if c.table in self.names]


def tab_names(catalog: Catalog) -> dict[str, TabNames]:
    """Return what each tab of the catalog is called, by its table."""

    def of(tab: Tab, workbook: str) -> TabNames:
        headers = {column.name: column.header for column in tab.columns}
        return TabNames(tab.table, tab.title, workbook, tab.workbook, tab.owner, headers)

    return {
        tab.table: of(tab, workbook.title)
        for workbook in catalog.workbooks
        for tab in workbook.tabs
    }


def mend_facts(
    snapshot: Snapshot,
    connection: duckdb.DuckDBPyConnection,
    damage: FaultReach,
    given: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the page of cells to mend shows.

    Raises:
        Refused: A choice is not one of the page.
    """
    cells, now = MendChoice(snapshot, damage, given), datetime.now(UTC)
    number = whole(given.get("page"), "page", 1, 1, 1_000_000)
    counts = cells.counts(connection, now)
    chosen = [c for c in counts if c.table in set(cells.tables)]
    chosen = [c for c in chosen if cells.chosen.get("reason", c.reason) == c.reason]
    own = {"limit": str(PAGE), "offset": str((number - 1) * PAGE)}
    statement = cells.statement(own)
    rows = connection.execute(statement.text, statement.values).fetchall()[:PAGE]
    names = [field.name for field in statement.fields]
    listed = [dict(zip(names, map(in_jakarta, row), strict=True)) for row in rows]
    total = sum(c.open for c in chosen)
    if cells.is_mended:
        total = row_count(connection, cells.statement({}))
    return {
        "groups": [(cells.names[t], list(group)) for t, group in _by_table(listed)],
        "choices": _choices(cells, counts),
        "chosen": cells.chosen,
        "is_mended": cells.is_mended,
        "total": total,
        "everything": sum(c.open for c in counts),
        "questions": _questions(connection, cells) if number == 1 else [],
        "mended": sum(c.mended for c in chosen),
        "oldest": min((c.oldest for c in chosen if c.oldest), default=None),
        "tabs": len({c.table for c in chosen if c.open}),
        "days": MENDED_DAYS,
        "number": number,
        "pages": max(1, -(-total // PAGE)),
        "now": now,
    }


def _questions(
    connection: duckdb.DuckDBPyConnection, cells: MendChoice
) -> list[tuple[TabNames, CheckResult]]:
    """Return the failed checks that name cells of rows which passed, of the chosen tabs."""
    if cells.is_mended or "reason" in cells.chosen:
        return []
    order = {table: n for n, table in enumerate(cells.tables)}
    listed = [
        check
        for check in recorded_checks(connection, layer="clean", failed=True)
        if check.table in order
        and check.name != QUARANTINE_CHECK
        and any(s.link for s in check.samples)
    ]
    listed.sort(key=lambda check: (check.severity != "error", order[check.table], check.name))
    return [(cells.names[check.table], check) for check in listed]


def _by_table(listed: Iterable[dict[str, Any]]) -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    return groupby(listed, key=lambda cell: str(cell["table"]))


def _choices(
    cells: MendChoice, counts: Sequence[CellCounts]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return for each choice its values with what they are called and the cells of each.

    The cells of a value are those that its choosing would show beside the other choices.
    """
    values: dict[str, Callable[[CellCounts], tuple[str, str]]] = {
        "workbook": lambda c: (
            cells.names[c.table].workbook_name,
            cells.names[c.table].workbook,
        ),
        "tab": lambda c: (
            c.table,
            f"{cells.names[c.table].workbook} · {cells.names[c.table].tab}",
        ),
        "owner": lambda c: (cells.names[c.table].owner, cells.names[c.table].owner),
        "reason": lambda c: (c.reason, c.reason),
    }
    listed = []
    for choice, value_of in values.items():
        others = [name for name in values if name != choice and name in cells.chosen]
        counter: Counter[tuple[str, str]] = Counter()
        for c in counts:
            if all(values[name](c)[0] == cells.chosen[name] for name in others) and c.open:
                counter[value_of(c)] += c.open
        ordered = sorted(counter.items(), key=lambda item: item[0][1].lower())
        listed.append((choice, [(code, label, n) for (code, label), n in ordered]))
    return listed


def in_jakarta(value: Any) -> Any:
    """Return a moment that was selected without its zone with it; other values as they are."""
    return value.replace(tzinfo=ZONE) if isinstance(value, datetime) else value


def mend_csv(
    snapshot: Snapshot,
    connection: duckdb.DuckDBPyConnection,
    damage: FaultReach,
    given: Mapping[str, str],
) -> bytes:
    """Return all the cells of a choice as CSV; texts that a spreadsheet would calculate escaped.

    Raises:
        Refused: A choice is not one of the page.
    """
    import pyarrow as pa

    cells = MendChoice(snapshot, damage, given)
    sql = f"{cells.statement({}).sql} limit {MOST_CSV}"
    table = connection.execute(sql, cells.statement({}).values).to_arrow_table()
    names = [cells.names[name] for name in table["table"].to_pylist()]
    columns = table["column"].to_pylist()
    own = {
        "workbook": [name.workbook for name in names],
        "tab": [name.tab for name in names],
        "owner": [name.owner for name in names],
        "header": [n.headers.get(c, c) for n, c in zip(names, columns, strict=True)],
    }
    listed = pa.table({name: pa.array(texts, pa.string()) for name, texts in own.items()})
    for name in ("cell", "value", "reason", "message", "first_seen", "resolved", "link"):
        listed = listed.append_column(name, table[name])
    return to_csv(escaped(listed))
