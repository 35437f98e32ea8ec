"""Compares the platform with the bare bound and with other ways: `make bench`.

Writes docs/benchmark.json, and from it docs/benchmark.md and its chart. All contenders load the
same workbooks from the same local server, in turn, each into folders of its own; the server is a
process of its own and its time is in the wall time of all.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.sample import make_sample
from candid_assets_tests.bench.benchmark_page import RESULTS, write_page
from candid_assets_tests.bench.contender_runs import (
    BOUND,
    CONTENDERS,
    PLATFORM,
    Contender,
    Installed,
    database_of,
    emptied,
    install,
    landing_of,
    run_once,
)
from candid_assets_tests.bench.processes import Ended
from candid_assets_tests.bench.truth import Truth, database_tabs, landed_tabs, loss, truths
from candid_assets_tests.bench.unseen import BOOKS, TABS, described, make_unseen
from candid_assets_tests.bench.workloads import Workload, sample_workload, unseen_workload

FULL, NOTHING, CELL, BOOK = "full", "nothing changed", "one cell", "one workbook"
KINDS_OF_READS = ("sheets_reads", "drive_reads")


@dataclass
class Measured:
    """What was measured of one workload, as it is kept in docs/benchmark.json."""

    machine: str
    date: str
    rounds: int
    figures: list[dict[str, Any]] = field(default_factory=list)
    losses: list[dict[str, Any]] = field(default_factory=list)


def machine() -> str:
    """Describe this machine in a line."""
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores of {model[0] if model else platform.machine()}"
    return f"{cores}, {memory:.0f} GB of memory, Python {platform.python_version()}"


def compare(
    contenders: Sequence[Installed],
    workload: Workload,
    scratch: Path,
    rounds: int,
    most_seconds: float,
    slow_rounds: int = 1,
) -> Measured:
    """Let contenders load a workload in turn; return what that took and what was lost.

    Those that take minutes take part in the first `slow_rounds` rounds.
    """
    measured = Measured(machine(), f"{datetime.now(UTC):%Y-%m-%d}", rounds)
    tabs = truths(workload.folder)
    with SandboxServer(workload.folder, quota=False) as server:
        if workload.is_unknown and any(one.contender.name == PLATFORM for one in contenders):
            workload = described(workload, scratch / f"{workload.name} described", server)
        for turn in range(rounds):
            # Whoever is first in one round is last in the next.
            first = turn % len(contenders)
            for installed in (*contenders[first:], *contenders[:first]):
                folder = emptied(scratch / workload.name / installed.contender.name)
                if installed.contender.takes_minutes and turn >= slow_rounds:
                    continue
                for case, ended in _cases(installed, workload, server, folder, most_seconds):
                    figure = _figure(installed.contender, case, ended, server)
                    measured.figures.append(figure)
                    print(f"{workload.name:<20}{_line(figure)}", flush=True)
                if turn == 0 and installed.contender.name != BOUND:
                    measured.losses.append(_loss(installed.contender, workload, folder, tabs))
                    print(measured.losses[-1], flush=True)
    return measured


def _cases(
    installed: Installed,
    workload: Workload,
    server: SandboxServer,
    folder: Path,
    most_seconds: float,
) -> Iterator[tuple[str, Ended]]:
    """Yield each case of a contender, the server's counters reset before and read after it."""

    def load(name: str, *, one_book: bool = False) -> Ended:
        server.reset()
        books = (workload.one_book,) if one_book else workload.books
        return run_once(installed, workload, server, folder / name, books, most_seconds)

    # The platform is built to read one workbook on what stands of the others.
    alone = "full" if installed.contender.name == PLATFORM else "book"
    server.reset(workbooks=True)
    yield FULL, load("full")
    if workload.only_full:
        return
    if installed.contender.looks_for_changes:
        yield NOTHING, load("full")
    yield BOOK, load(alone, one_book=True)
    if installed.contender.looks_for_changes:
        workload.edit(server, 1)
        yield CELL, load("full")
    server.reset(workbooks=True)


def _figure(contender: Contender, case: str, ended: Ended, server: SandboxServer) -> dict[str, Any]:
    problem = ""
    if not ended.in_time:
        problem = f"ended after {ended.seconds:.0f} s"
    elif ended.code:
        lines = ended.errors.strip().splitlines()
        problem = f"exit code {ended.code}: {lines[-1] if lines else ''}"
    counters = server.counters()
    return {
        "contender": contender.name,
        "case": case,
        "seconds": round(ended.seconds, 2),
        "cpu_seconds": round(ended.cpu_seconds, 2),
        "peak_mb": round(ended.peak_bytes / 1e6),
        "reads": sum(counters[kind] for kind in KINDS_OF_READS),
        "bytes": sum(call["bytes"] for call in server.calls()),
        "problem": problem,
    }


def _line(figure: dict[str, Any]) -> str:
    return (
        f"{figure['contender']:<20}{figure['case']:<16}"
        f"{figure['seconds']:>8.1f} s {figure['cpu_seconds']:>8.1f} s of processor"
        f"{figure['peak_mb']:>7,} MB{figure['reads']:>6} reads {figure['problem']}"
    )


def _loss(
    contender: Contender, workload: Workload, folder: Path, tabs: Iterable[Truth]
) -> dict[str, Any]:
    if contender.name == PLATFORM:
        loaded = landed_tabs(landing_of(workload, folder / "full"))
    else:
        try:
            loaded = database_tabs(database_of(folder / "full"))
        except Exception as error:  # whatever a contender left there
            print(f"{contender.name}: {error}", file=sys.stderr)
            loaded = lambda _book, _title: None  # noqa: E731
    return {"contender": contender.name, **asdict(loss(tabs, loaded))}


def main(words: Sequence[str] | None = None) -> int:
    """Run the comparison, write the page and return the exit code."""
    parser = argparse.ArgumentParser(prog="candid_assets_tests.bench.comparison")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=1, help="of those that take minutes")
    parser.add_argument("--quick", action="store_true", help="one round, nothing is written")
    parser.add_argument("--scale", action="store_true", help="ten times the rows and the tabs")
    parser.add_argument("--scratch", type=Path, help="keeps environments for the next time")
    parser.add_argument("--most-seconds", type=float, default=600, help="for one load")
    parser.add_argument("--only", nargs="*", help="these contenders, by the start of their names")
    parser.add_argument("--verified-sources", default="", help="address or folder of dlt's")
    parser.add_argument("--json", type=Path, default=RESULTS)
    given = parser.parse_args(words)
    rounds = 1 if given.quick else given.rounds
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as folder:
        scratch = Path(folder)
        wanted = [
            one
            for one in CONTENDERS
            if one.looks_for_changes or not given.scale
            if not given.only or one.name.startswith(tuple(given.only))
        ]
        environments = given.scratch or scratch / "environments"
        made = [install(one, environments / one.name, given.verified_sources) for one in wanted]
        for one in made:
            print(f"{one.contender.name} {one.version} {one.problem}", flush=True)
        for workload in _workloads(scratch, scale=given.scale):
            able = [one for one in made if not one.problem]
            if workload.is_unknown:
                able = [one for one in able if one.contender.looks_for_changes]
            limits = (rounds, given.most_seconds, given.slow_rounds)
            measured = compare(able, workload, scratch, *limits)
            if not given.quick:
                keep(given.json, made, {workload.name: measured})
    return 0


def _workloads(scratch: Path, *, scale: bool) -> Iterator[Workload]:
    """Make each workload when it is its turn."""
    folder = scratch / "books"
    if not scale:
        make_sample(folder / "sample")
        yield sample_workload(folder / "sample")
        make_unseen(folder / "unseen")
        yield unseen_workload(folder / "unseen")
        return
    make_sample(folder / "rows", scale=10)
    yield sample_workload(folder / "rows", "ten times the rows")
    make_unseen(folder / "tabs", books=10 * BOOKS, tabs=10 * TABS)
    yield unseen_workload(folder / "tabs", "ten times the tabs", only_full=False)


def keep(file: Path, made: Sequence[Installed], measured: Mapping[str, Measured]) -> None:
    """Put what was measured into the results, beside what is not measured anew; write the page."""
    kept = json.loads(file.read_text()) if file.exists() else {"contenders": {}, "runs": {}}
    for one in made:
        facts = {"version": one.version, "problem": one.problem, "about": one.contender.about}
        kept["contenders"][one.contender.name] = facts
    kept["runs"] |= {name: asdict(one) for name, one in measured.items()}
    file.write_text(json.dumps(kept, indent=1) + "\n")
    write_page(file)


if __name__ == "__main__":
    sys.exit(main())
