"""How well, fast and in how much memory `candid discover` finds tables: `make bench-figures`."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import Cell, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.bench.figure import Figure, Measured, report
from candid_assets_tests.bench.runs import measured
from candid_assets_tests.discovery.corpus import corpus
from candid_assets_tests.discovery.corpus_columns import KINDS
from candid_assets_tests.discovery.corpus_scores import Score, scored, summaries
from candid_assets_tests.discovery.corpus_whole import Truth

ROWS, COLUMNS = 20_000, 20
WIDE_ROWS, WIDE_COLUMNS = 50, 1000
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


def wide_of_few_rows(random: Random) -> list[list[Cell]]:
    """Return a header of a thousand names and fifty rows, of all kinds in turn."""
    chosen = [KINDS[n % len(KINDS)] for n in range(WIDE_COLUMNS)]
    columns = [kind.cells(random, WIDE_ROWS) for kind in chosen]
    columns = [[c if isinstance(c, str | int | float) else None for c in col] for col in columns]
    header: list[Cell] = [f"{kind.headers[0]} {n}" for n, kind in enumerate(chosen)]
    return [header, *map(list, zip(*columns, strict=True))]


def figures(folder: Path) -> Iterator[Measured]:
    """Discover a long tab and a wide one over real HTTP, then score whole tabs in memory."""
    for rows, columns, cells, seconds, gigabytes in (
        (ROWS, COLUMNS, wide_tab(Random(1)), 10, 1),  # noqa: S311 - chance for a benchmark
        (WIDE_ROWS, WIDE_COLUMNS, wide_of_few_rows(Random(1)), 5, 0.4),  # noqa: S311
    ):
        yield from _discovered(folder / f"{columns}", cells, rows, seconds, gigabytes)
    scores = [_scored(truth) for truth in corpus()]
    for seen in (True, False):
        print("tabs of kinds that discovery was fitted to" if seen else "tabs of held-out kinds")
        yield from summaries([s for s in scores if s.truth.seen == seen])
    _print_changes([s for s in scores if s.truth.seen])


def _scored(truth: Truth) -> Score:
    with tempfile.TemporaryDirectory() as scratch:
        return scored(truth, Path(scratch))


def _print_changes(scores: Sequence[Score]) -> None:
    """Print what a careful person would change, but for tabs that are held out."""
    for score in scores:
        for edit in score.edits:
            print(f"  {score.truth.name}: {edit}")


def _discovered(
    folder: Path, cells: list[list[Cell]], rows: int, seconds: float, gigabytes: float
) -> Iterator[Figure]:
    SampleWorkbook("besar", "Besar", [SampleTab(1, "Data", cells)]).save(folder / "books")
    with SandboxServer(folder / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(folder / "catalog"),
            **server.environment,
        }
        command = ("-m", "candid_assets.cli", "discover", "besar", "--workbook", "besar", "--json")
        done = measured(folder / "data", *command, variables=variables)
    assert done.summary["tables"][0]["rows"] == rows
    size = f"{rows:,} rows of {len(cells[0]):,} columns"
    yield Figure(f"candid discover, {size}", done.seconds, seconds, "s")
    yield Figure("candid discover: memory of the process", done.peak_bytes / 1e9, gigabytes, "GB")


if __name__ == "__main__":
    sys.exit(report(figures))
