"""Kills and disk faults one after the other: `python -m candid_assets_tests.torture.kills`.

One refresh with news is killed after every event, at every named point and at the n-th change of a
file, whole and torn; then the n-th write, fsync and rename fail, once and from then on. After each:
the snapshot is whole, the next refresh alone reaches what an undisturbed one reaches, and no file
stays that should not.
"""

import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import click

from candid_assets_tests.end_to_end.faults.killed import POINTS
from candid_assets_tests.end_to_end.faults.kit import Outcome, outcome_of
from candid_assets_tests.torture.company import Rules, write_contract
from candid_assets_tests.torture.comparison import check_same
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.published import (
    BrokenError,
    check_files,
    check_mart,
    read_published,
)
from candid_assets_tests.torture.shim import Disk, cut_power
from candid_assets_tests.torture.wire import Answer

FAILING: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("write fails: disk full", ("write",), "fail", "ENOSPC"),
    ("write fails: I/O error", ("write",), "fail", "EIO"),
    ("write is short", ("write",), "short", "ENOSPC"),
    ("fsync fails", ("sync",), "fail", "EIO"),
    ("rename fails", ("rename",), "fail", "EIO"),
    ("creating or removing fails", ("other",), "fail", "EROFS"),
)


@dataclass
class Figures:
    """What came of one kind of disturbance."""

    tried: int = 0
    met: int = 0
    """Times in which the process died or the call failed."""
    healed: int = 0
    torn: int = 0
    lost: int = 0
    """Rows that readers missed after the next refresh."""
    cut: int = 0
    """Files that lost what was not forced to disk."""
    broken: list[str] = field(default_factory=list)


def make_news(plant: Plant) -> None:
    """Edit both tabs of one workbook: a good cell, a bad one and a row more."""
    for tab in plant.books["kios"].tabs:
        tab.rows[2][-1] = 4_321
        tab.rows[3][-1] = "banyak"
        tab.rows.append([f"N9{tab.sheet_id}", *[None] * (len(tab.rows[0]) - 2), 77])
    plant.save("kios")


@dataclass
class Sweep:
    """The sweep over one plant."""

    plant: Plant
    figures: dict[str, Figures] = field(default_factory=dict)
    succeeds: bool = True
    """Whether the undisturbed refresh refuses nothing."""

    def prepare(self) -> tuple[Outcome, Outcome]:
        """Make news in every workbook and a changed rule; return what is and what is to be."""
        plant = self.plant
        plant.start_over(empty=False)
        before = outcome_of(plant.published)
        make_news(plant)
        # A rule of a workbook without news.
        write_contract(plant.catalog, ("gudang", "retur"), Rules(2_000))
        self.state = plant.root / "state"
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(plant.data, self.state)
        counted = plant.run(disk=Disk("count"))
        self.calls, self.events = counted.calls, counted.news
        if not counted.succeeded:
            raise SystemExit(f"the undisturbed refresh failed: {counted}")
        return before, outcome_of(plant.published)

    def disturbances(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every kill and fault with the kind it is counted under."""
        for point in POINTS:
            yield "killed at a named point", {"point": point}
        for event in range(1, self.events + 1):
            yield "killed after an event", {"event": event}
        for at in range(1, self.calls + 1):
            yield "killed at a change of a file", {"disk": Disk("kill", at)}
            yield "power cut", {"disk": Disk("kill", at, shadow=self.plant.root / "shadow")}
        for at in range(1, self.plant_calls(("write",)) + 1):
            yield "killed amid a write", {"disk": Disk("torn", at, ("write",))}
        for name, kinds, mode, error in FAILING:
            for at in range(1, self.plant_calls(kinds) + 1):
                for lasting in (False, True):
                    disk = Disk(mode, at, kinds, error, lasting)  # type: ignore[arg-type]
                    yield f"{name}{', lasting' if lasting else ''}", {"disk": disk}

    def plant_calls(self, kinds: tuple[str, ...]) -> int:
        """Return how many calls of these kinds the refresh makes."""
        self._reset()
        return self.plant.run(disk=Disk("count", 0, kinds)).calls

    def disturb(self, name: str, how: dict[str, Any], before: Outcome, after: Outcome) -> None:
        """Refresh disturbed, then once more, and compare."""
        figures = self.figures.setdefault(name, Figures())
        figures.tried += 1
        self._reset()
        disk = how.get("disk")
        shadow = disk.shadow if disk else None
        if shadow:
            shutil.rmtree(shadow, ignore_errors=True)
            shadow.mkdir()
            kept = {p.stat().st_ino: p.read_bytes() for p in _files(self.plant.data)}
        answer = self.plant.run(**how)
        if shadow and answer.killed:
            figures.cut += cut_power(self.plant.data, shadow, kept)
        self.judge(f"{name} {how}", figures, answer, before, after)

    def judge(
        self, what: str, figures: Figures, answer: Answer, before: Outcome, after: Outcome
    ) -> None:
        """Look at what a disturbed refresh left, refresh once more, and compare."""
        figures.met += answer.killed or bool(answer.happened)
        try:
            if answer.crash or answer.hung:
                raise BrokenError(f"crashed or hung: {answer.crash}")
            if before.tables or self.plant.published.exists():
                seen = _read_whole(self.plant.published, figures)
                check_between(seen, before, after)
                check_mart(read_published(self.plant.published))
            self.mend()
            again = self.plant.run()
            if again.succeeded != self.succeeds:
                raise BrokenError(f"the next refresh fails: {again.error} {again.failures[:2]}")
            now = outcome_of(self.plant.published)
            figures.lost += _missing(now, after)
            check_same(after, now, again)
            check_files(self.plant.data / "staging")
        except BrokenError as broken:
            line = f"{what} [{answer.happened}]: {_first_line(answer)} {broken}"
            figures.broken.append(line)
            print(line, flush=True)
        else:
            figures.healed += 1

    def mend(self) -> None:
        """Take away what disturbed; a fault of the shim ended with its process."""

    def _reset(self) -> None:
        shutil.rmtree(self.plant.data)
        shutil.copytree(self.state, self.plant.data)

    def table(self) -> str:
        """Return the figures as a table."""
        head = f"{'disturbance':<38}{'tried':>7}{'met':>7}{'healed':>8}{'torn':>6}{'lost':>6}"
        lines = [head]
        total: Counter[str] = Counter()
        for name, f in self.figures.items():
            row = {"tried": f.tried, "met": f.met, "healed": f.healed}
            row |= {"torn": f.torn, "lost": f.lost}
            total.update(row)
            lines.append(_line(name, row))
        return "\n".join([*lines, _line("all", total)])


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _line(name: str, row: Any) -> str:
    return (
        f"{name:<38}{row['tried']:>7}{row['met']:>7}{row['healed']:>8}{row['torn']:>6}"
        f"{row['lost']:>6}"
    )


def _first_line(answer: Answer) -> str:
    return (answer.error or answer.crash).strip().partition("\n")[0][:160]


def _read_whole(file: Path, figures: Figures) -> Outcome:
    try:
        return outcome_of(file)
    except Exception as error:
        figures.torn += 1
        raise BrokenError(f"the snapshot is torn: {error}") from error


def check_between(now: Outcome, before: Outcome, after: Outcome) -> None:
    """Check that readers see every table as it was or as it is to be; a mart is of its inputs."""
    for name in before.tables.keys() | now.tables.keys():
        allowed = (before.tables.get(name), after.tables.get(name))
        if not name.startswith("ready.") and now.tables.get(name) not in allowed:
            raise BrokenError(f"readers see {name} neither as it was nor as it is to be")


def _missing(now: Outcome, wanted: Outcome) -> int:
    return sum(
        len(Counter(map(repr, rows)) - Counter(map(repr, now.tables.get(name, []))))
        for name, rows in wanted.tables.items()
    )


@click.command()
@click.option("--seed", default=1, show_default=True, help="Order in which they are tried.")
@click.option("--minutes", default=0.0, help="How long to go on; 0 for until all are tried.")
@click.option("--only", default="", help="Only disturbances whose name holds this text.")
def main(seed: int, minutes: float, only: str) -> None:
    """Kill and fail one refresh in every way; exit with 1 if the next does not make up for it."""
    until = time.monotonic() + minutes * 60 if minutes else float("inf")
    with Plant() as plant:
        sweep = Sweep(plant)
        before, after = sweep.prepare()
        ways = [(name, how) for name, how in sweep.disturbances() if only in name]
        Random(seed).shuffle(ways)  # noqa: S311
        print(
            f"a refresh of {sweep.calls} changes of files and {sweep.events} events;"
            f" {len(ways)} ways to disturb it, in the order of seed {seed}",
            flush=True,
        )
        for name, how in ways:
            if time.monotonic() > until:
                break
            sweep.disturb(name, how, before, after)
    print(sweep.table())
    sys.exit(1 if any(figures.broken for figures in sweep.figures.values()) else 0)


if __name__ == "__main__":
    main()
