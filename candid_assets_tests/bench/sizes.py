"""What the greatest inputs take: `make bench-scale`, or this module with words of the names wanted.

Each size is made in a folder of its own, described by `candid discover` and read by `candid run`:
tables of 2,000 columns, cells as long as a spreadsheet lets them be, tabs of 200,000 rows and 40
columns, workbooks of 10 million cells, which is Google's limit, and 1,201 columns of PostgreSQL.
Exits with 1 if a row is not accounted for, or a command takes more memory than it may.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.bench.big_xlsx import write_xlsx
from candid_assets_tests.bench.runs import measured
from candid_assets_tests.postgres import PASSWORD, started

MOST_BYTES = 2_500_000_000
"""Memory that no command may exceed, all of its processes counted."""
KINDS = ("clean", "quarantined", "dropped")
Row = list[str | float]


@dataclass(frozen=True)
class Source:
    """A source that was made: what `discover` is given, and the variables that reach it."""

    location: str
    variables: dict[str, str]


@dataclass(frozen=True)
class Size:
    """One size: a number of tables, all alike."""

    name: str
    make: Callable[["Size", Path], AbstractContextManager[Source]]
    tables: int
    rows: int
    columns: int
    characters: int = 0
    """Length of the cells of one column, where they are long."""

    @property
    def cells(self) -> int:
        return self.tables * self.rows * self.columns

    def table(self) -> Iterator[Row]:
        """Yield the header and the rows: a key, counts, amounts and texts."""
        yield ["Kode", *(f"Kolom {n}" for n in range(1, self.columns))]
        for row in range(self.rows):
            yield [f"K{row:07}", *(self._cell(row, n) for n in range(1, self.columns))]

    def _cell(self, row: int, n: int) -> str | float:
        if n == 2 and self.characters:
            return f"{row} catatan panjang".ljust(self.characters, ".")
        match n % 4:
            case 0:
                return (row * 7919 + n) % 99_991
            case 1:
                return f"T{(row + n) % 40}"
            case 2:
                return f"C{row * n % 100}"
            case _:
                return ((row * 31 + n) % 10_003) / 4


@contextmanager
def csv_files(size: Size, folder: Path) -> Iterator[Source]:
    """Write each table as a .csv file with numbers as Indonesia writes them."""
    (folder / "ekspor").mkdir()
    for number in range(size.tables):
        with (folder / "ekspor" / f"tabel{number}.csv").open("w") as file:
            for row in size.table():
                file.write(";".join(_in_csv(cell) for cell in row) + "\n")
    yield Source(str(folder / "ekspor"), {})


def _in_csv(cell: str | float) -> str:
    return cell if isinstance(cell, str) else str(cell).replace(".", ",")


@contextmanager
def xlsx_file(size: Size, folder: Path) -> Iterator[Source]:
    """Write the tables as the sheets of one .xlsx file."""
    (folder / "ekspor").mkdir()
    sheets = {f"Tabel {number}": size.table() for number in range(size.tables)}
    write_xlsx(folder / "ekspor" / "buku.xlsx", sheets)
    yield Source(str(folder / "ekspor"), {})


@contextmanager
def google_file(size: Size, folder: Path) -> Iterator[Source]:
    """Serve the tables as the tabs of one workbook."""
    tabs = [
        SampleTab(number + 1, f"Tabel {number}", [[*row] for row in size.table()])
        for number in range(size.tables)
    ]
    SampleWorkbook("besar", "Besar", tabs).save(folder / "books")
    del tabs
    with SandboxServer(folder / "books", quota=False) as server:
        yield Source("besar", server.environment)


@contextmanager
def database(size: Size, folder: Path) -> Iterator[Source]:
    """Put the table into PostgreSQL."""
    with started() as server, server.database() as url:
        head, *rows = size.table()
        types = [{str: "text", int: "integer", float: "numeric(12, 2)"}[type(c)] for c in rows[0]]
        columns = ", ".join(f'"{c}" {t}' for c, t in zip(head, types, strict=True))
        with psycopg.connect(url) as connection:
            connection.execute(f'create table lebar ({columns}, primary key ("Kode"))'.encode())
            with connection.cursor().copy("copy lebar from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
        name = url.rsplit("/", 1)[1]
        location = f"postgresql://candid@127.0.0.1:{server.port}/{name}"
        yield Source(location, {"CANDID_PASSWORD_BESAR": PASSWORD})


SIZES = (
    Size("csv 800 columns", csv_files, 1, 60, 800),
    Size("csv 2,000 columns", csv_files, 1, 60, 2_000),
    Size("postgres 1,201 columns", database, 1, 60, 1_201),
    Size("sheets 2,000 columns", google_file, 1, 60, 2_000),
    Size("csv long cells", csv_files, 1, 2_000, 4, 50_000),
    Size("xlsx long cells", xlsx_file, 1, 2_000, 4, 32_767),
    Size("sheets long cells", google_file, 1, 500, 4, 50_000),
    Size("csv 200,000 rows", csv_files, 1, 200_000, 40),
    Size("xlsx 200,000 rows", xlsx_file, 1, 200_000, 40),
    Size("sheets 200,000 rows", google_file, 1, 200_000, 40),
    Size("xlsx 10M cells", xlsx_file, 5, 50_000, 40),
    Size("sheets 10M cells", google_file, 5, 50_000, 40),
)
"""The longest cell is 50,000 characters in Google Sheets and 32,767 in Excel."""


def take(size: Size, folder: Path) -> bool:
    """Describe and read one size, print what it took, and return whether nothing was missing."""
    (folder / "catalog").mkdir()
    kept = {name: os.environ[name] for name in ("CANDID_MEMORY",) if name in os.environ}
    with size.make(size, folder) as source:
        places = {"CANDID_ENV": "staging", "CANDID_CATALOG_DIR": str(folder / "catalog")}
        is_good = True
        for command, *more in (("discover", source.location), ("run",)):
            words = ("-m", "candid_assets.cli", command, *more, "--workbook", "besar", "--json")
            done = measured(folder / "data", *words, variables=source.variables | places | kept)
            line = (
                f"{size.name:<23}{command:<9}{size.tables:>2} x{size.rows:>8,} x{size.columns:>6,}"
                f"{size.cells:>12,}{done.seconds:>7,.0f} s{done.peak_bytes / 1e6:>7,.0f} MB"
            )
            if command == "run":
                counts = [done.summary[f"rows_{kind}"] for kind in KINDS]
                # The header is a row of the source, too.
                missing = size.tables * (size.rows + 1) - sum(counts)
                line += f"   {' + '.join(f'{count:,}' for count in counts)}"
                line += f", {missing:,} MISSING" if missing else ""
                is_good = is_good and not missing
            print(line, flush=True)
            is_good = is_good and done.peak_bytes <= MOST_BYTES
    return is_good


def main(words: list[str]) -> int:
    """Take the sizes whose names hold one of the words, or all."""
    print(
        "tables x rows x columns, cells, seconds, peak memory; rows clean + quarantined + dropped"
    )
    good = []
    for size in SIZES:
        if not words or any(word in size.name for word in words):
            with tempfile.TemporaryDirectory(prefix="candid-sizes-") as folder:
                good.append(take(size, Path(folder)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
