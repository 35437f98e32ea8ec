"""A workload that nothing of the platform was fitted to: seven workbooks, 90 tabs, 142,000 rows.

Columns of all kinds that people make, under headers that the sample has not; `candid discover`
describes it before it is measured.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.bench.processes import watched
from candid_assets_tests.bench.workloads import Workload, candid, plain_environment
from candid_assets_tests.discovery.corpus_columns import KINDS, Kind

BOOKS, TABS, ROWS = 7, 90, 142_000
COLUMNS = 8
SEED = 20
EPOCH = date(1899, 12, 30)
KEY = next(kind for kind in KINDS if kind.name == "counter")


def make_unseen(folder: Path, books: int = BOOKS, tabs: int = TABS, rows: int = ROWS) -> None:
    """Write the workbooks: tabs of unlike lengths, whose rows add up exactly."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(SEED)  # noqa: S311 - chance for a benchmark
    weights = [random.uniform(0.2, 4) for _ in range(tabs)]
    lengths = [max(3, int(rows * weight / sum(weights))) for weight in weights]
    lengths[0] += rows - sum(lengths)
    for number in range(books):
        own = range(number, tabs, books)
        sheets = [SampleTab(n + 1, f"Data {n + 1}", _rows(random, lengths[n])) for n in own]
        SampleWorkbook(f"unseen_{number}", f"Unseen {number}", sheets).save(folder)


def _rows(random: Random, count: int) -> list[list[Cell]]:
    kinds = [KEY, *random.sample([kind for kind in KINDS if kind != KEY], COLUMNS - 1)]
    header: list[Cell] = [f"{_header(random, kind)} {n}" for n, kind in enumerate(kinds)]
    columns = [[_cell(cell) for cell in kind.cells(random, count)] for kind in kinds]
    return [header, *map(list, zip(*columns, strict=True))]


def _header(random: Random, kind: Kind) -> str:
    return random.choice(kind.headers)


def _cell(cell: Any) -> Cell:
    match cell:
        case datetime():
            length = cell - datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's clock has no zone
            return Dated(length / timedelta(days=1), "dd/mm/yyyy hh:mm:ss")
        case date():
            return Dated((cell - EPOCH).days, "dd/mm/yyyy")
        case time():
            return Dated((cell.hour * 60 + cell.minute) / 1440, "hh.mm")
        case timedelta():
            return Dated(cell / timedelta(days=1), "[h]:mm")
    value: Cell = cell
    return value


def described(workload: Workload, data: Path, server: SandboxServer) -> Workload:
    """Let `candid discover` write a catalog for every workbook of the workload."""
    catalog = data / "catalog"
    variables: Mapping[str, str] = {
        "CANDID_ENV": "staging",
        "CANDID_CATALOG_DIR": str(catalog),
    }
    catalog.mkdir(parents=True)
    environment = plain_environment() | server.environment | variables
    for book in workload.books:
        command = candid("discover", book, "--workbook", book, "--json")
        ended = watched(command, {**environment, "CANDID_DATA_DIR": str(data)}, data)
        if not (catalog / "workbooks" / book).is_dir():
            raise SystemExit(f"{book} was not described: {ended.out} {ended.errors}")
    return replace(workload, variables=variables)
