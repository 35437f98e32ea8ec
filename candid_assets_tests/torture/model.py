"""What the sequences believe to be published, and the comparison of it with what is."""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.maintenance.record_retention import tidy
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.warehouse.opening import opened_for_writing
from candid_assets_tests.torture.company import Rules
from candid_assets_tests.torture.oracle import (
    Key,
    Read,
    Row,
    daily,
    judge_loss,
    read_tab,
    tables,
    tabs_of,
)
from candid_assets_tests.torture.wire import Answer

COLUMNS: Final = {
    "kios__barang": "sku, product_name, pieces, amount_idr",
    "kios__jual": "receipt_id, sold_date, sku, pieces, amount_idr",
    "gudang__stok": "receipt_id, sold_date, pieces",
    "gudang__retur": "receipt_id, amount_idr",
    "cabang__harian": "month_tab, receipt_id, sold_date, amount_idr",
}
MART: Final = "mart_daily"
EXPECTED_FILES: Final = re.compile(
    r"(keeping|warehouse)\.lock|warehouse\.duckdb|published/candid\.duckdb|alerts\.jsonl"
    r"|candid-data\.json|clock\.json|tidied"
    r"|catalogs/[0-9a-f]{64}\.zip"
    r"|landing/[a-z]+/[a-z0-9@]+/[0-9a-f]{64}\.parquet|reports/[^/]+\.(md|html)"
    r"|openlineage/[^/]+\.(json|jsonl|ndjson)|lineage/[^/.]+(\.json|\.pickle)?|dagster/.+|logs/.+"
)
"""Every file that may be in the environment's folder when no refresh runs."""
Good = dict[str, dict[int, list[Row]]]


class BrokenError(AssertionError):
    """The platform broke an invariant."""


@dataclass
class Published:
    """What the snapshot holds, read whole."""

    good: Good
    mart: list[Row] | None
    ledger: dict[str, tuple[int, ...]]
    """Rows read, raw, clean, quarantined and dropped of each table."""
    rows: int = 0


def read_published(file: Path) -> Published:
    """Read every table of the snapshot to its last row, and return those that are compared."""
    good: Good = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        counted = 0
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            counted += len(connection.execute(f'from {schema}."{name}"').fetchall())
        for table, columns in COLUMNS.items():
            sheet = "_sheet_id" if table == "cabang__harian" else "0"
            good[table] = {}
            try:
                lines = connection.execute(
                    f'select {sheet}, {columns} from clean."{table}"'
                ).fetchall()
            except duckdb.CatalogException:
                continue
            for member, *row in lines:
                good[table].setdefault(member, []).append(tuple(row))
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
        columns = "sold_date, receipts, amount_idr"
        mart = (
            connection.execute(f"select {columns} from ready.{MART}").fetchall()
            if (MART,) in names
            else None
        )
        ledger = {
            line[0]: line[1:]
            for line in connection.execute(
                'select "table", rows_read, rows_raw, rows_clean, rows_quarantined, rows_dropped'
                " from meta.ledger"
            ).fetchall()
        }
    return Published(good, mart, ledger, counted)


@dataclass
class Model:
    """What was published last, by the oracle, and what the next refresh must come to."""

    rules: dict[Key, Rules] = field(default_factory=lambda: {key: Rules() for key in tables()})
    good: Good = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """Sheets of the family that were read once, which are followed when they are renamed."""
    taken: dict[int, SampleTab] = field(default_factory=dict)
    """Members of the family as they were when they were last taken, by sheet: a member that is
    refused is cleaned from that by the contract of today."""

    def begin(self, good: Good, books: dict[str, SampleWorkbook]) -> None:
        """Take what was published of the workbooks as they are."""
        self.good = good
        for key in tables():
            if key[1] == "harian":
                self._take(tabs_of(key, books[key[0]], set()))

    def _take(self, tabs: dict[int, SampleTab]) -> None:
        self.taken |= deepcopy(tabs)

    def expected(
        self, key: Key, book: SampleWorkbook, *, accept_loss: bool
    ) -> tuple[dict[int, Read], set[int]]:
        """Return how each tab of a table must be read, and the members that are gone."""
        table = "__".join(key)
        before = self.good.get(table, {})
        family = key[1] == "harian"
        tabs = tabs_of(key, book, self.known | before.keys())
        reads: dict[int, Read] = {}
        for sheet, tab in tabs.items():
            member = sheet if family else 0
            read = read_tab(key, tab, self.rules[key])
            known = before.get(member, [])
            if family and not known and (read.why == "empty" or not read.clean):
                read = Read("either", "a new tab without rows", [], 0, read.rows)
            if not accept_loss:
                read = judge_loss(read, known, keyed=1 if family else 0)
            reads[member] = read
        gone = {member for member, rows in before.items() if rows and member not in reads}
        if family:
            gone -= {member for member in gone if _replaced(before[member], tabs, before, reads)}
        return reads, gone

    def check_table(
        self,
        key: Key,
        book: SampleWorkbook,
        seen: Published,
        answer: Answer,
        *,
        excused: bool,
        accept_loss: bool,
    ) -> None:
        """Compare one table that was read with the oracle, and take it as the last good one.

        Args:
            key: The table.
            book: Its workbook as it is.
            seen: What is published.
            answer: What the refresh said.
            excused: Whether something beside its rows is a reason to refuse it.
            accept_loss: Whether the refresh takes losses.
        """
        table = "__".join(key)
        reads, gone = self.expected(key, book, accept_loss=accept_loss)
        before, now = self.good.get(table, {}), seen.good[table]
        named = sorted({(f[2], f[3]) for f in answer.failures if f[1] == table})
        broken = self.rules[key].broken
        if named:
            fine = all(read.fate == "taken" for read in reads.values()) and not gone and reads
            if fine and not excused and not broken:
                raise BrokenError(f"{table} is refused without a reason: {named}")
            for member in now.keys() | before.keys() | reads.keys():
                allowed = [before.get(member, [])]
                if member in reads and not broken:
                    allowed.append(reads[member].clean)
                if key[1] == "harian" and member in self.taken and not broken:
                    allowed.append(read_tab(key, self.taken[member], self.rules[key]).clean)
                if member not in reads and member not in gone:
                    allowed.append([])
                _require_one_of(f"{table}, refused ({named}),", now.get(member, []), allowed)
        elif broken or not reads or gone:
            raise BrokenError(f"{table} is not named; {broken=}, tabs gone: {sorted(gone)}")
        else:
            self._check_taken(table, reads, now)
            self._check_ledger(table, reads, seen)
        self.good[table] = now
        if key[1] == "harian" and not excused:
            self.known |= set(reads)
            tabs = tabs_of(key, book, self.known)
            whole = {n: tab for n, tab in tabs.items() if _same(now.get(n, []), reads[n].clean)}
            self._take(whole)

    @staticmethod
    def _check_taken(table: str, reads: dict[int, Read], now: dict[int, list[Row]]) -> None:
        if any(rows for member, rows in now.items() if member not in reads):
            raise BrokenError(f"{table} has rows of a tab that is not there: {sorted(now)}")
        for member, read in reads.items():
            if read.fate == "refused":
                raise BrokenError(f"{table} must be refused ({read.why}) and is not named")
            if not read.loose:
                _require_one_of(f"{table}, not named,", now.get(member, []), [read.clean])

    @staticmethod
    def _check_ledger(table: str, reads: dict[int, Read], seen: Published) -> None:
        if any(read.loose for read in reads.values()):
            return
        read, raw, clean, quarantined, dropped = seen.ledger[table]
        if read != raw or raw != clean + quarantined + dropped:
            raise BrokenError(f"rows of {table} are not conserved: {seen.ledger[table]}")
        wanted = (
            sum(r.rows for r in reads.values()),
            sum(len(r.clean) for r in reads.values()),
            sum(r.quarantined for r in reads.values()),
        )
        if (raw, clean, quarantined) != wanted:
            raise BrokenError(
                f"{table} has {raw} rows, {clean} clean and {quarantined} in quarantine; its tab"
                f" has {wanted[0]}, {wanted[1]} and {wanted[2]}"
            )

    def check_untouched(self, table: str, seen: Published) -> None:
        """Compare a table that was not to be refreshed with the last good one."""
        before, now = self.good.get(table, {}), seen.good[table]
        for member in now.keys() | before.keys():
            what = f"{table}, which was not to be refreshed,"
            _require_one_of(what, now.get(member, []), [before.get(member, [])])


def _same(one: list[Row], other: list[Row]) -> bool:
    return Counter(one) == Counter(other)


def _replaced(
    rows: list[Row],
    tabs: dict[int, SampleTab],
    before: dict[int, list[Row]],
    reads: dict[int, Read],
) -> bool:
    """Whether a new tab has the title of a member that is gone, and so takes its place."""
    new = [n for n, tab in tabs.items() if n not in before and tab.title == rows[0][0]]
    for member in new:
        reads[member].fate, reads[member].why = "either", "it replaces another"
    return bool(new)


def check_mart(seen: Published) -> None:
    """Compare the ready table with the clean tables that are published beside it."""
    if seen.mart is None:
        # Before its inputs were ever built there is no such table.
        if seen.good["kios__jual"] and seen.good["cabang__harian"]:
            raise BrokenError(f"ready.{MART} is missing")
        return
    jual = [row for rows in seen.good["kios__jual"].values() for row in rows]
    harian = [row for rows in seen.good["cabang__harian"].values() for row in rows]
    _require_one_of(f"ready.{MART}", seen.mart, [daily(jual, harian)])


def check_clock(settings: Settings, now: datetime) -> None:
    """Check that no more is due by a clock that jumped 400 days ahead than in two days."""
    if not settings.warehouse_file.exists():
        return
    with opened_for_writing(settings.warehouse_file) as connection:
        due = [
            tidy(settings, connection, now + timedelta(days=days), dry_run=True)
            for days in (2, 400)
        ]
    if due[0] != due[1]:
        raise BrokenError(f"a clock that jumped ahead would remove {due[1]}, not {due[0]}")


def check_files(folder: Path) -> None:
    """Look for what should not be in the environment's folder, or beside it."""
    left = sorted(unexpected_files(folder))
    if left:
        raise BrokenError(f"left behind: {', '.join(left[:5])}")


def unexpected_files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not EXPECTED_FILES.fullmatch(name):
            yield name
    for path in folder.parent.iterdir():
        if path != folder and ".replaced-" not in path.name:
            yield f"../{path.name}"


def _require_one_of(what: str, rows: list[Any], allowed: list[list[Any]]) -> None:
    now, wanted = Counter(rows), [Counter(rows) for rows in allowed]
    if now not in wanted:
        more, less = (list((a - b).elements()) for a, b in ((now, wanted[-1]), (wanted[-1], now)))
        raise BrokenError(
            f"{what} is not what it must be: {len(more)} rows too many {more[:2]},"
            f" {len(less)} missing {less[:2]}"
        )
