"""How long `candid discover` takes on a tab of 20,000 rows and 20 columns: `make bench`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.bench.figure import Figure, report
from candid_assets_tests.bench.runs import measured
from candid_assets_tests.discovery.corpus_columns import KINDS

ROWS, COLUMNS = 20_000, 20
_KINDS = (
    *("counter", "padded code", "goods", "place", "count", "amount", "text amount", "cents"),
    *("rp", "slashed", "spelled", "iso", "text stamp", "decimal", "text percent", "ya", "state"),
    *("mobile", "remark", "invoice"),
)


def wide_tab(random: Random) -> list[list[Cell]]:
    """Return a header and the rows below it, of as many kinds as there are columns."""
    kinds = [kind for name in _KINDS for kind in KINDS if kind.name == name]
    assert len(kinds) == COLUMNS
    columns = [kind.cells(random, ROWS) for kind in kinds]
    columns[1] = [Dated(45_000 + n % 900, "dd/mm/yyyy") for n in range(ROWS)]
    header: list[Cell] = [f"{kind.headers[0]} {n}" for n, kind in enumerate(kinds)]
    return [header, *map(list, zip(*columns, strict=True))]


def figures(folder: Path) -> Iterator[Figure]:
    """Discover one workbook of one tab over real HTTP."""
    tab = SampleTab(1, "Data", wide_tab(Random(1)))  # noqa: S311 - chance for a benchmark
    SampleWorkbook("besar", "Besar", [tab]).save(folder / "books")
    with SandboxServer(folder / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(folder / "catalog"),
            **server.environment,
        }
        command = ("-m", "candid_assets.cli", "discover", "besar", "--workbook", "besar", "--json")
        done = measured(folder / "data", *command, variables=variables)
    assert done.summary["tables"][0]["rows"] == ROWS
    size = f"{ROWS:,} rows of {COLUMNS} columns"
    yield Figure(f"candid discover, {size}", done.seconds, 10, "s")
    yield Figure("candid discover: memory of the process", done.peak_bytes / 1e9, 1, "GB")


if __name__ == "__main__":
    sys.exit(report(figures))
