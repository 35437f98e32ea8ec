"""A refresh on a real cluster, of which a process is killed: the next run alone heals it.

Every phase of a refresh meets the death of every process: of a worker and its executor, of an
executor, of the Connect server and of the refresh itself. After each the tables are whole, of this
content or of the last; after one more run they are those of a refresh that nothing disturbed.
`python -m candid_assets_tests.engines.kills --rounds 20`
"""

import argparse
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.quality.table_fingerprint import table_fingerprint
from candid_assets.sql import qualified
from candid_assets_tests.bench.cluster_tables import described, refreshed, variables, write_rows
from candid_assets_tests.bench.processes import tree_of
from candid_assets_tests.bench.workloads import candid, plain_environment
from candid_assets_tests.engines.cluster import Cluster, started_cluster

ROWS: Final = 200_000
MORE: Final = 1_000
"""Rows by which the table grows from one round to the next."""
LONGEST: Final = 900.0
"""Seconds that a refresh may take on a busy machine."""
PHASES: Final = {
    "raw rows are written": "attempts/gudang__movements-*/raw.parquet",
    "a part is cleaned": "attempts/gudang__movements-*/clean-*.parquet",
    "a model's input is written": "inputs/clean.gudang__movements-*.parquet",
    "a model is computed": "attempts/ready__fct_movements-*/rows",
    "a model's rows are there": "attempts/ready__fct_movements-*/rows/_SUCCESS",
}
"""What stands in the data folder once a phase has begun."""


class BrokenError(Exception):
    """Tables are not what they are to be."""


def kill_worker(cluster: Cluster, _refresh: int) -> None:
    """Kill a worker and all that it started."""
    _kill(tree_of(cluster.workers[0].pid))


def kill_executor(cluster: Cluster, _refresh: int) -> None:
    """Kill what a worker started, and leave the worker."""
    worker = cluster.workers[-1].pid
    _kill(process for process in tree_of(worker) if process != worker)


def kill_server(cluster: Cluster, _refresh: int) -> None:
    """Kill the Connect server."""
    _kill(tree_of(cluster.server.pid))


def kill_refresh(_cluster: Cluster, refresh: int) -> None:
    """Kill the refresh and what it started."""
    _kill(tree_of(refresh))


VICTIMS: Final[dict[str, Callable[[Cluster, int], None]]] = {
    "worker": kill_worker,
    "executor": kill_executor,
    "Connect server": kill_server,
    "refresh": kill_refresh,
}


def _kill(processes: Iterator[int]) -> None:
    for process in list(processes):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@dataclass(frozen=True)
class Company:
    """A catalog of one large table and a model of it, refreshed here and on a cluster."""

    folder: Path
    cluster: Cluster

    def data(self, name: str) -> Path:
        return self.folder / name / "staging"

    def environment(self, name: str) -> dict[str, str]:
        environment = plain_environment() | variables(self.folder, self.folder / name)
        if name == "there":
            environment |= {"CANDID_ENGINE_URL": self.cluster.url, "CANDID_ENGINE_ROWS": "1"}
        return environment

    def disturbed(self, phase: str, victim: str) -> str:
        """Refresh, kill a process when a phase has begun, and return what came of it."""
        before = set(self.data("there").glob(PHASES[phase]))
        with (self.folder / "refresh.log").open("wb") as log:
            refresh = subprocess.Popen(
                candid("run"),
                env=self.environment("there"),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            deadline = time.monotonic() + LONGEST
            while refresh.poll() is None and time.monotonic() < deadline:
                if set(self.data("there").glob(PHASES[phase])) - before:
                    VICTIMS[victim](self.cluster, refresh.pid)
                    break
                time.sleep(0.01)
            else:
                refresh.kill()
                raise BrokenError(f"the phase never came; see {log.name}")
            return f"ended with {refresh.wait(LONGEST)}"


def whole_tables(file: Path) -> dict[str, str]:
    """Return the fingerprints of all tables of a database file.

    Raises:
        BrokenError: A table is not what its record says.
    """
    with duckdb.connect(str(file), read_only=True) as connection:
        recorded = connection.execute(
            'select layer, "table", fingerprint from meta.tables'
            " where layer in ('clean', 'quarantine', 'ready')"
        ).fetchall()
        for layer, table, fingerprint in recorded:
            if table_fingerprint(connection, qualified(layer, table)) != fingerprint:
                raise BrokenError(f"{layer}.{table} of {file} is not what its record says")
    return {f"{layer}.{table}": fingerprint for layer, table, fingerprint in recorded}


def play(company: Company, number: int, phase: str, victim: str, last: dict[str, str]) -> str:
    """Play one round and return what happened; `last` becomes what the tables are to be.

    Raises:
        BrokenError: Tables are of neither content, or not healed by the next run.
    """
    write_rows(company.folder, ROWS + number * MORE)
    refreshed(company.environment("here"), company.folder)
    published = Path("published") / "candid.duckdb"
    wanted = whole_tables(company.data("here") / published)
    came = company.disturbed(phase, victim)
    files = (company.data("there") / published, company.data("there") / "warehouse.duckdb")
    for file in files:
        for table, fingerprint in whole_tables(file).items():
            if fingerprint not in (wanted[table], last.get(table)):
                raise BrokenError(f"{table} of {file} is neither this content nor the last")
    company.cluster.mend()
    refreshed(company.environment("there"), company.folder)
    for file in files:
        if whole_tables(file) != wanted:
            raise BrokenError(f"{file} is not healed")
    if left := list((company.data("there") / "attempts").glob("*")):
        came += f", {len(left)} attempts left to prune"
    last.clear()
    last.update(wanted)
    return came


def main(words: Sequence[str] | None = None) -> int:
    """Play the rounds, print each, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=len(PHASES) * len(VICTIMS))
    given = parser.parse_args(words)
    broken = 0
    with tempfile.TemporaryDirectory(prefix="candid-kills-") as scratch:
        folder = Path(scratch)
        with started_cluster(folder / "cluster") as cluster:
            company = Company(folder, cluster)
            described(folder)
            write_rows(folder, ROWS)
            for name in ("here", "there"):
                refreshed(company.environment(name), folder)
            last = whole_tables(company.data("here") / "published" / "candid.duckdb")
            # Five phases and four victims: twenty rounds are all of their pairs.
            pairs = zip(itertools.cycle(PHASES), itertools.cycle(VICTIMS), strict=True)
            for number, (phase, victim) in enumerate(itertools.islice(pairs, given.rounds), 1):
                started = time.monotonic()
                try:
                    came = play(company, number, phase, victim, last)
                except BrokenError as error:
                    broken, came = broken + 1, f"BROKEN: {error}"
                seconds = time.monotonic() - started
                print(f"{number:>3} {phase}: {victim} killed: {came} ({seconds:.0f} s)", flush=True)
    print(f"{given.rounds} kills, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
