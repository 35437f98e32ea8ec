"""A large table on a cluster beside the same here: time, processor time, memory of each process.

Part of `make bench-scale` where Java and the libraries for clusters are. `--rows` names the sizes,
`--workers` how many workers of one core each. Exits with 1 if tables differ or memory is exceeded.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from candid_assets_tests.bench.cluster_tables import (
    described,
    refreshed,
    variables,
    write_rows,
)
from candid_assets_tests.bench.processes import Ended, memory_of, processor_seconds_of, tree_of
from candid_assets_tests.bench.workloads import plain_environment
from candid_assets_tests.engines.cluster import Cluster, started_cluster

MOST_HERE = 800_000_000
"""Memory of all processes of a refresh that sends its tables to a cluster."""
MOST_OF_A_WORKER = 700_000_000
"""Memory of a worker's Python, in which a task's DuckDB is."""
MEMORY = "300MB"
"""CANDID_MEMORY of the refreshes that send their tables away."""


@dataclass
class Peaks:
    """The greatest memory of one process of each kind, by kind."""

    bytes: dict[str, int] = field(default_factory=dict)

    def note(self, kind: str, size: int) -> None:
        self.bytes[kind] = max(self.bytes.get(kind, 0), size)


@dataclass(frozen=True)
class Taken:
    """What a refresh took."""

    rows: int
    workers: int
    """0 where the tables were computed here."""
    ended: Ended
    cluster_seconds: float
    """Processor time of the cluster."""
    peaks: dict[str, int]
    tables: dict[str, str]
    """The fingerprint of each table."""
    load: float

    def __str__(self) -> str:
        where = f"{self.workers} workers" if self.workers else "here"
        peaks = "".join(f", {kind} {size / 1e6:.0f} MB" for kind, size in self.peaks.items())
        return (
            f"{self.rows:>12,} rows, {where:<10}{self.ended.seconds:8.1f} s,"
            f" {self.ended.cpu_seconds:7.1f} s of processor here,"
            f" {self.cluster_seconds:.0f} s there,"
            f" {self.ended.peak_bytes / 1e6:.0f} MB here{peaks}; load {self.load:.1f}"
        )


def take(folder: Path, rows: int, cluster: Cluster | None) -> Taken:
    """Refresh everything from nothing, here or on a cluster, and return what it took."""
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = plain_environment() | variables(folder, Path(data))
        workers = 0
        if cluster is not None:
            workers = len(cluster.workers)
            environment |= {"CANDID_ENGINE_URL": cluster.url, "CANDID_ENGINE_ROWS": "1"}
            environment |= {"CANDID_MEMORY": MEMORY}
        peaks, before = Peaks(), _processor_seconds(cluster)
        with watched_cluster(cluster, peaks):
            ended = refreshed(environment, folder)
        spent = _processor_seconds(cluster) - before
        summary = json.loads(ended.out.splitlines()[-1])
        if summary["rows_clean"] != rows:
            raise SystemExit(f"{rows:,} rows, and {summary['rows_clean']:,} of them are clean")
        tables = fingerprints(Path(data))
    return Taken(rows, workers, ended, spent, peaks.bytes, tables, os.getloadavg()[0])


def _processor_seconds(cluster: Cluster | None) -> float:
    if cluster is None:
        return 0.0
    return sum(processor_seconds_of(one.pid) for one in (*cluster.workers, cluster.server))


def fingerprints(data: Path) -> dict[str, str]:
    """Return the fingerprint of each table that is published."""
    with duckdb.connect(str(data / "staging" / "published" / "candid.duckdb")) as connection:
        rows = connection.execute(
            """select layer || '.' || "table", fingerprint from meta.tables where layer <> 'raw'"""
        ).fetchall()
    return dict(rows)


@contextmanager
def watched_cluster(cluster: Cluster | None, peaks: Peaks) -> Iterator[None]:
    """Note the memory of a cluster's processes, four times a second."""
    if cluster is None:
        yield
        return
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.25):
            peaks.note("Connect server", memory_of(cluster.server.pid))
            for worker in cluster.workers:
                for process in tree_of(worker.pid):
                    if process != worker.pid:
                        peaks.note(_kind_of(process), memory_of(process))

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _kind_of(process: int) -> str:
    try:
        program = Path(f"/proc/{process}/exe").readlink().name
    except OSError:  # it ended
        program = ""
    return "a worker's Python" if program.startswith("python") else "an executor's Java"


def break_even(here: Sequence[Taken], there: Sequence[Taken]) -> str:
    """Say from how many rows a cluster is the faster one, and how many idle cores it would take.

    Times are straight lines through the smallest and the largest size.
    """
    (a, b), (c, d) = (_line(x, [one.ended.seconds for one in x]) for x in (here, there))
    said = f"a million rows takes {b * 1e6:.1f} s here and {d * 1e6:.1f} s there: "
    if d < b:
        said += f"the cluster is faster from {max(0.0, (c - a) / (b - d)):,.0f} rows on"
    else:
        said += "from no number of rows is the cluster faster on this machine"
    _, alone = _line(here, [one.ended.cpu_seconds for one in here])
    _, kept = _line(there, [one.ended.cpu_seconds for one in there])
    _, sent = _line(there, [one.cluster_seconds for one in there])
    costs = f"{alone * 1e6:.1f} s of processor here alone; {kept * 1e6:.1f} s here"
    costs += f" and {sent * 1e6:.1f} s there with it"
    if alone <= kept:
        return f"{said}\n  {costs}: no number of other cores would make it faster"
    return f"{said}\n  {costs}: faster from {sent / (alone - kept):.1f} idle cores of others on"


def _line(taken: Sequence[Taken], seconds: Sequence[float]) -> tuple[float, float]:
    """Return the seconds of no row and of each row."""
    each = (seconds[-1] - seconds[0]) / (taken[-1].rows - taken[0].rows)
    return seconds[0] - each * taken[0].rows, each


def main(words: Sequence[str] | None = None) -> int:
    """Take every size here and on clusters, print the figures and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args(words)
    failed = False
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as scratch:
        folder = Path(scratch)
        taken: list[Taken] = []
        described(folder)
        for rows in given.rows:
            write_rows(folder, rows)
            taken.append(take(folder, rows, None))
            print(taken[-1], flush=True)
            for workers in given.workers:
                with started_cluster(folder / f"cluster-{workers}", (1,) * workers) as cluster:
                    taken.append(take(folder, rows, cluster))
                print(taken[-1], flush=True)
                failed |= not _is_right(taken[-1], taken)
    for workers in given.workers if len(given.rows) > 1 else ():
        print(
            break_even(*([one for one in taken if one.workers == count] for count in (0, workers)))
        )
    return 1 if failed else 0


def _is_right(taken: Taken, all_taken: Sequence[Taken]) -> bool:
    """Whether a refresh on a cluster made the tables that stand here, in the memory it may take."""
    here = next(one for one in all_taken if (one.rows, one.workers) == (taken.rows, 0))
    wrong = [name for name, hashed in here.tables.items() if taken.tables.get(name) != hashed]
    if wrong:
        print(f"  DIFFERENT: {', '.join(wrong)}")
    sizes = {"here": (taken.ended.peak_bytes, MOST_HERE)}
    sizes["a worker's Python"] = (taken.peaks.get("a worker's Python", 0), MOST_OF_A_WORKER)
    for name, (size, most) in sizes.items():
        if size > most:
            print(f"  MISSED: {name} takes {size / 1e6:.0f} MB of {most / 1e6:.0f}")
    return not wrong and all(size <= most for size, most in sizes.values())


if __name__ == "__main__":
    sys.exit(main())
