"""What readers see, read whole, and what must hold of it whatever was done."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.maintenance.record_retention import tidy
from candid_assets.settings import Settings
from candid_assets.warehouse.opening import opened_for_writing
from candid_assets_tests.torture.oracle import Row, daily

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
    r"|candid-data\.json|(clock|looks)\.json|tidied"
    r"|agent/alerts\.(json|lock)|web/(session\.key|users\.(json|lock)|audit\.jsonl)"
    r"|gate/(applied|refused|accepted|libraries)\.json|gate/apply\.lock"
    r"|catalogs/[0-9a-f]{64}\.zip"
    r"|landing/[a-z]+/[a-z0-9@]+/[0-9a-f]{64}\.parquet|reports/(audit/)?[^/.][^/]*\.(md|html)|reports/audit/audit\.json"
    r"|openlineage/[^/]+\.(json|jsonl|ndjson)|lineage/[^/.]+(\.json|\.pickle)?|dagster/.+|logs/.+"
)
"""Every file that may be in the environment's folder when no refresh runs."""
BYTECODE: Final = ("production", "bytecode")
"""The environment whose processes keep what Python compiled beside its folder, and where."""
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


def same_rows(one: list[Row], other: list[Row]) -> bool:
    return Counter(one) == Counter(other)


def check_mart(seen: Published) -> None:
    """Compare the ready table with the clean tables that are published beside it."""
    if seen.mart is None:
        # Before its inputs were ever built there is no such table.
        if seen.good["kios__jual"] and seen.good["cabang__harian"]:
            raise BrokenError(f"ready.{MART} is missing")
        return
    jual = [row for rows in seen.good["kios__jual"].values() for row in rows]
    harian = [row for rows in seen.good["cabang__harian"].values() for row in rows]
    require_one_of(f"ready.{MART}", seen.mart, [daily(jual, harian)])


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
        is_kept = ".replaced-" in path.name or (folder.name, path.name) == BYTECODE
        if path != folder and not is_kept:
            yield f"../{path.name}"


def require_one_of(what: str, rows: list[Any], allowed: list[list[Any]]) -> None:
    now, wanted = Counter(rows), [Counter(rows) for rows in allowed]
    if now not in wanted:
        more, less = (list((a - b).elements()) for a, b in ((now, wanted[-1]), (wanted[-1], now)))
        raise BrokenError(
            f"{what} is not what it must be: {len(more)} rows too many {more[:2]},"
            f" {len(less)} missing {less[:2]}"
        )
