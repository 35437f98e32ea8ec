"""Ten million rows of eight columns, from a Parquet file and from PostgreSQL, to clean tables.

Part of `make bench-scale`; its figures stand in docs/benchmark.json and in the page made of it.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from candid_assets.sql import literal
from candid_assets_tests.bench.benchmark_page import RESULTS, write_page
from candid_assets_tests.bench.databases import MAKE
from candid_assets_tests.bench.processes import watched
from candid_assets_tests.bench.sizes import Source
from candid_assets_tests.bench.workloads import candid, plain_environment
from candid_assets_tests.postgres import PASSWORD, started

ROWS = 10_000_000
BOOK = "gudang"
SELECT = """select
    n as id, 'SKU-' || lpad((n % 5000)::text, 5, '0') as sku, 'G' || n % 40 as outlet,
    date '2024-01-01' + (n % 700)::integer as moved_on, (n % 997) - 400 as quantity,
    ((n * 7 % 9000000)::decimal(14, 2) / 100)::decimal(14, 2) as price_idr,
    timestamp '2025-01-01 00:00' + to_seconds(n * 7) as changed_at,
    case when n % 11 = 0 then null else 'catatan ' || md5(n::text) end as note
from range(1, {rows} + 1) as numbers (n)"""


@contextmanager
def parquet_file(folder: Path, rows: int) -> Iterator[Source]:
    """Write the rows into one file."""
    (folder / "ekspor").mkdir()
    target = literal(str(folder / "ekspor" / "movements.parquet"))
    with duckdb.connect() as connection:
        connection.execute(f"copy ({SELECT.format(rows=rows)}) to {target} (format parquet)")
    yield Source(str(folder / "ekspor"), {})


@contextmanager
def postgres_table(_folder: Path, rows: int) -> Iterator[Source]:
    """Put the rows into a table."""
    with started() as server, server.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute(MAKE, [rows])
            connection.execute("alter table movements add primary key (id)")
        location = f"postgresql://candid@127.0.0.1:{server.port}/{url.rsplit('/', 1)[1]}"
        yield Source(location, {f"CANDID_PASSWORD_{BOOK.upper()}": PASSWORD})


SOURCES: dict[str, Callable[[Path, int], AbstractContextManager[Source]]] = {
    "a Parquet file": parquet_file,
    "a table of PostgreSQL": postgres_table,
}


def take(name: str, folder: Path, rows: int) -> dict[str, Any]:
    """Describe a source of so many rows, read it and return what reading took."""
    (folder / "catalog").mkdir()
    with SOURCES[name](folder, rows) as source:
        environment = plain_environment() | source.variables
        environment |= {"CANDID_ENV": "staging", "CANDID_CATALOG_DIR": str(folder / "catalog")}
        environment |= {"CANDID_DATA_DIR": str(folder / "data")}
        discover = candid("discover", source.location, "--workbook", BOOK, "--json")
        for command in (discover, candid("run", "--json")):
            ended = watched(command, environment, folder)
            if ended.code:
                raise SystemExit(f"{name}: {ended.out[-2000:]}{ended.errors}")
    summary = json.loads(ended.out.splitlines()[-1])
    counted = sum(summary[f"rows_{kind}"] for kind in ("clean", "quarantined", "dropped"))
    return {
        "source": name,
        "rows": rows,
        "seconds": round(ended.seconds, 1),
        "cpu_seconds": round(ended.cpu_seconds, 1),
        "peak_mb": round(ended.peak_bytes / 1e6),
        # The header is a row of the source, too.
        "missing": rows + 1 - counted,
    }


def main() -> int:
    """Take both sources, keep the figures and return the exit code."""
    large = []
    for name in SOURCES:
        with tempfile.TemporaryDirectory(prefix="candid-bench-") as folder:
            large.append(take(name, Path(folder), ROWS))
        print(large[-1], flush=True)
    kept = json.loads(RESULTS.read_text()) | {"large": large}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    write_page(RESULTS)
    return 1 if any(one["missing"] for one in large) else 0


if __name__ == "__main__":
    sys.exit(main())
