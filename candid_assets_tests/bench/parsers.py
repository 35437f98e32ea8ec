"""How long each parser takes over a column of 20,000 cells: `make bench-figures`.

Every text differs, as nothing in a column may be taken from a cache; the best of three runs on one
thread, cleaning of the text included. Exits with 1 if a parser takes half a second.
"""

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import duckdb

from candid_assets.cleaning.macros import install_macros

ROWS = 20_000
LIMIT = 0.5
MONTHS = ("Jan", "Pebruari", "Maret", "Apr", "Mei", "Juni", "Juli", "Agst", "Sept", "Okt", "Nop")


def _day(n: int) -> date:
    return date(2020, 1, 1) + timedelta(days=n % 2000)


def _grouped(n: int) -> str:
    return f"{n * 7919:,}".replace(",", ".")


COLUMNS: dict[str, tuple[str, Callable[[int], str]]] = {
    "numbers": ("parse_number(cleaned, 't', 'id')", lambda n: f"{_grouped(n)},{n % 100:02}"),
    "rupiah": (
        "parse_number(cleaned, 't', 'id')",
        lambda n: (f"Rp {_grouped(n)},-", f"{n},5 jt", f"Rp{n}rb", f"(Rp {_grouped(n)})")[n % 4],
    ),
    "percentages": ("parse_number(cleaned, 't', 'id')", lambda n: f"{n},25 %"),
    "no numbers": ("parse_number(cleaned, 't', 'id')", lambda n: f"kira-kira {n} ya"),
    "whole numbers": ("parse_integer(cleaned, 't', 'id')", _grouped),
    "number cells": ("parse_number(cleaned, 'n', 'id')", lambda n: f"{n}.{n % 977}"),
    "dates in figures": ("parse_date(cleaned, 't', 'dmy')", lambda n: f"{_day(n):%d/%m/%Y}"),
    "dates in words": (
        "parse_date(cleaned, 't', 'dmy')",
        lambda n: f"{n % 28 + 1}\u00a0{MONTHS[n % 11]} {1950 + n % 90}",
    ),
    "no dates": ("parse_date(cleaned, 't', 'dmy')", lambda n: f"{n % 28 + 1} Agusutus {n}"),
    "timestamps": (
        "parse_timestamp(cleaned, 't', 'dmy')",
        lambda n: f"{_day(n):%d/%m/%Y} pukul {n % 24:02}.{n % 60:02} WIB",
    ),
    "times": ("parse_time(cleaned, 't')", lambda n: f"{n % 24}.{n % 60:02}.{n // 60 % 60:02}"),
    "phones": ("parse_phone(cleaned, 't')", lambda n: f"0812-{n % 9999:04}-{n:05}"),
    "booleans": (
        "parse_boolean(cleaned, 't', ['ya', 'y'], ['tidak', 't'])",
        lambda n: ("Ya", "tidak", f"mungkin {n}")[n % 3],
    ),
    "text": ("cleaned", lambda n: f"  Toko\u00a0Baru\u200b {n} "),
}


def seconds(
    connection: duckdb.DuckDBPyConnection, parser: str, cell: Callable[[int], str]
) -> float:
    """Return the best of three runs of a parser over its column."""
    cells = [cell(n) for n in range(ROWS)]
    connection.execute("create or replace temp table cells as select unnest(?) as raw", [cells])
    query = f"create or replace temp table parsed as select {parser} as found from"
    times = []
    for _ in range(3):
        started = time.perf_counter()
        connection.execute(f"{query} (select clean_text(raw) as cleaned from cells)")
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> int:
    """Print each parser's time and return the exit code."""
    slow = []
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        install_macros(connection)
        for name, (parser, cell) in COLUMNS.items():
            taken = seconds(connection, parser, cell)
            print(f"parse 20,000 cells: {name:<18}{taken:6.3f} s")
            if taken >= LIMIT:
                slow.append(name)
    if slow:
        print(f"half a second or more: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
