"""Kills of one refresh at each of its moments: `python -m candid_assets_tests.torture.moments`.

A refresh stops before each change of a file, or amid each write, while its data folder is put aside
as a kill would leave it there, and as a power cut would that drops what was not forced to disk. So
one refresh makes some hundred kills, each of which costs no more than the refresh that has to make
up for it alone.
"""

import os
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import click

from candid_assets.sandbox.workbook import SampleTab
from candid_assets_tests.end_to_end.faults.kit import Outcome, outcome_of
from candid_assets_tests.torture.company import HEADERS, TABS, Rules, row_for, write_contract
from candid_assets_tests.torture.kills import Figures, Sweep, make_news
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.shim import Disk, Mode
from candid_assets_tests.torture.wire import Answer


def _news(plant: Plant) -> dict[str, Any]:
    make_news(plant)
    write_contract(plant.catalog, ("gudang", "retur"), Rules(2_000))
    return {}


def _rules(plant: Plant) -> dict[str, Any]:
    for key in HEADERS:
        write_contract(plant.catalog, key, Rules(30))
    return {}


def _tabs(plant: Plant) -> dict[str, Any]:
    """Add a tab to the family, take one table away and let another lose its rows."""
    cabang = plant.books["cabang"]
    headers = HEADERS["cabang", "harian"]
    rows = [list(headers), *(row_for(headers, Random(5), 900 + n) for n in range(6))]  # noqa: S311
    cabang.tabs.append(SampleTab(777, "Mar25", rows))
    gudang = plant.books["gudang"]
    del gudang.tabs[1]
    del plant.books["kios"].tabs[0].rows[3:]
    for workbook in TABS:
        plant.save(workbook)
    return {}


def _forced(plant: Plant) -> dict[str, Any]:
    make_news(plant)
    return {"force": True}


SCENES: Final[dict[str, Callable[[Plant], dict[str, Any]]]] = {
    "news": _news,
    "rules": _rules,
    "tabs": _tabs,
    "forced": _forced,
    "first": lambda plant: {},
    "by Dagster": lambda plant: {**_news(plant), "whole": True},
}
"""What changes before the refresh that is stopped, and how it is asked for."""


NOTHING: Final = Outcome({}, frozenset(), frozenset(), frozenset())


@dataclass
class Moments(Sweep):
    """The moments of one refresh over one plant, each put aside and made up for."""

    taken: list[tuple[str, str, Path]] = field(default_factory=list)
    """The kind of disturbance, the call that it came before or amid, and the folder it left."""

    def take(self, scene: str, mode: Mode, chosen: Callable[[int], bool]) -> Answer:
        """Refresh once and put aside what a kill and a power cut leave at the chosen calls."""
        plant = self.plant
        plant.start_over(empty=scene == "first")
        self.before = NOTHING if scene == "first" else outcome_of(plant.published)
        how = SCENES[scene](plant)
        shelf, shadow = plant.root / "moments", plant.root / "shadow"
        for folder in (shelf, shadow):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        first = {p.stat().st_ino: p.read_bytes() for p in _files(plant.data)}
        pipes = (plant.root / "to-watcher", plant.root / "from-watcher")
        for pipe in pipes:
            pipe.unlink(missing_ok=True)
            os.mkfifo(pipe)
        disk = Disk(mode, 1, lasting=True, shadow=shadow, watched=pipes)
        self.taken = []
        with ThreadPoolExecutor(1) as pool:
            refreshed = pool.submit(plant.run, disk=disk, **how)
            for number, call in enumerate(calls(pipes, refreshed), 1):
                if chosen(number):
                    self._put_aside(scene, mode, f"{number} {call}", first)
            answer = refreshed.result()
        if answer.crash or answer.error or answer.killed:
            raise SystemExit(f"the watched refresh failed: {answer}")
        self.after, self.succeeds = outcome_of(plant.published), answer.succeeded
        return answer

    def _put_aside(self, scene: str, mode: Mode, call: str, first: dict[int, bytes]) -> None:
        plant = self.plant
        shelf = plant.root / "moments"
        killed = shelf / str(len(self.taken))
        shutil.copytree(plant.data, killed)
        amid = mode == "stop amid"
        kind = "killed amid a write" if amid else "killed at a change of a file"
        self.taken.append((f"{scene}: {kind}", call, killed))
        if not amid:
            cut = shelf / str(len(self.taken))
            shutil.copytree(plant.data, cut)
            for path in _files(plant.data):
                inode = path.stat().st_ino
                copy = plant.root / "shadow" / str(inode)
                kept = copy.read_bytes() if copy.exists() else first.get(inode, b"")
                there = cut / path.relative_to(plant.data)
                if there.exists() and there.read_bytes() != kept:
                    there.chmod(0o600)
                    there.write_bytes(kept)
                    there.chmod(path.stat().st_mode)
            self.taken.append((f"{scene}: power cut", call, cut))

    def make_up(self, kind: str, call: str, folder: Path) -> None:
        """Put back what a kill left and refresh once more."""
        figures = self.figures.setdefault(kind, Figures())
        figures.tried += 1
        shutil.rmtree(self.plant.data)
        folder.rename(self.plant.data)
        answer = Answer(killed=True, happened=call)
        self.judge(kind, figures, answer, self.before, self.after)


def calls(pipes: Sequence[Path], watched: "Future[Any]") -> Iterator[str]:
    """Yield each call of a process that stops before or amid it, until it has ended.

    Args:
        pipes: The pipes that the process was armed with, which are there.
        watched: What is done once the process has ended.
    """
    to_watcher, from_watcher = (os.open(pipe, os.O_RDWR) for pipe in pipes)
    try:
        while True:
            if select.select([to_watcher], [], [], 0.02)[0]:
                yield os.read(to_watcher, 4096).decode().strip()
                os.write(from_watcher, b".")
            elif watched.done():
                return
    finally:
        os.close(to_watcher)
        os.close(from_watcher)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


@click.command()
@click.option("--seed", default=1, show_default=True, help="Which moments, where not all.")
@click.option("--every", default=1, show_default=True, help="Take every n-th moment.")
@click.option("--minutes", default=0.0, help="How long to go on; 0 for until all are tried.")
@click.option("--only", default="", help="Only scenes whose name holds this text.")
def main(seed: int, every: int, minutes: float, only: str) -> None:
    """Kill refreshes at their moments; exit with 1 if the next does not make up for one."""
    until = time.monotonic() + minutes * 60 if minutes else float("inf")
    with Plant() as plant:
        moments = Moments(plant)
        for scene in (name for name in SCENES if only in name):
            for mode in ("stop before", "stop amid"):
                moments.take(scene, mode, lambda number: (number + seed) % every == 0)
                print(f"{scene}, {mode}: {len(moments.taken)} moments", flush=True)
                Random(seed).shuffle(moments.taken)  # noqa: S311
                for kind, call, folder in moments.taken:
                    if time.monotonic() < until:
                        moments.make_up(kind, call, folder)
                print(moments.table(), flush=True)
    sys.exit(1 if any(figures.broken for figures in moments.figures.values()) else 0)


if __name__ == "__main__":
    main()
