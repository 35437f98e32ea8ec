"""Refreshes on a real disk that is full, out of inodes or read-only: `python -m …full_disks 40 7`.

The data lies on a small file system of its own. A seed says what it lacks: bytes, inodes or the
permission to write. The refresh must end with a word that says so and leave what was published;
once there is room, the next refresh alone reaches what an undisturbed one reaches. Mounting takes
root, or a namespace in which the user is root.
"""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

import click

from candid_assets_tests.torture.comparison import in_words
from candid_assets_tests.torture.kills import Figures, Sweep
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.wire import Answer

AMPLE: Final = ("size=2g", "nr_inodes=1m")
PAGE: Final = 4096
NEEDED: Final = 2_000
"""Pages that a refresh may need beside what is there, at most: some seeds find room enough."""
INODES: Final = 8
"""As `NEEDED`, of files and folders."""
NAMED: Final = ("disk is full", "disk is read-only", "storage_failed")
"""Words by which a refresh says what it lacks."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a disk lacks, and whether Dagster runs the refresh, which keeps its own history."""

    kind: str
    room: int
    whole: bool

    @classmethod
    def of(cls, seed: int) -> "Lack":
        """Return what a seed says."""
        rng = Random(seed)  # noqa: S311 - repeatable, not secret
        kind = rng.choices(["bytes", "inodes", "read-only"], [6, 3, 1])[0]
        most = {"bytes": NEEDED, "inodes": INODES}.get(kind, 0)
        return cls(kind, rng.randint(0, most), rng.random() < 0.25)


class FullDisks(Sweep):
    """The sweep of `kills` over a data folder that is a file system of its own."""

    def try_seed(self, seed: int, figures: dict[str, Figures]) -> Lack:
        """Refresh on a disk that lacks something, make room, and refresh again."""
        lack = Lack.of(seed)
        self._fresh_disk()
        self._take_away(lack)
        answer = self.plant.run(whole=lack.whole)
        answer.happened = _said(answer)
        counted = figures.setdefault(lack.kind, Figures())
        counted.tried += 1
        if not answer.succeeded and not answer.happened:
            answer.crash = answer.crash or f"it does not say what is lacking: {in_words(answer)}"
        self.judge(f"seed {seed} {lack}", counted, answer, self.before, self.after)
        return lack

    def prepare_disk(self) -> None:
        """Make the news and the state to start from."""
        self.before, self.after = self.prepare()
        shutil.rmtree(self.plant.data)

    def mend(self) -> None:
        """Make room."""
        _mount("-o", ",".join(("remount", "rw", *AMPLE)), str(self.plant.data))

    def end(self) -> None:
        with suppress(subprocess.CalledProcessError):
            subprocess.run(["umount", str(self.plant.data)], check=True, capture_output=True)

    def _fresh_disk(self) -> None:
        self.end()
        self.plant.data.mkdir(exist_ok=True)
        _mount("-t", "tmpfs", "-o", ",".join(AMPLE), "tmpfs", str(self.plant.data))
        shutil.copytree(self.state, self.plant.data, dirs_exist_ok=True)

    def _take_away(self, lack: Lack) -> None:
        disk = os.statvfs(self.plant.data)
        used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        files = disk.f_files - disk.f_ffree
        options = {
            "bytes": f"remount,size={used + lack.room * PAGE}",
            "inodes": f"remount,nr_inodes={files + lack.room}",
            "read-only": "remount,ro",
        }
        _mount("-o", options[lack.kind], str(self.plant.data))


def _said(answer: Answer) -> str:
    said = [answer.error, *(f"{cause} {message}" for _, _, cause, message in answer.failures)]
    return next((text[:120] for text in said if any(word in text for word in NAMED)), "")


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@click.command()
@click.argument("count", default=20)
@click.argument("first", default=1)
def main(count: int, first: int) -> None:
    """Try seeds one after the other; exit with 1 if one was not named and made up for."""
    if os.geteuid() != 0:
        module = [sys.executable, "-m", "candid_assets_tests.torture.full_disks"]
        alone = ["unshare", "--user", "--map-root-user", "--mount"]
        os.execvp("unshare", [*alone, *module, str(count), str(first)])  # noqa: S606
    figures: dict[str, Figures] = {}
    with Plant() as plant:
        disks = FullDisks(plant)
        disks.prepare_disk()
        try:
            for seed in range(first, first + count):
                disks.try_seed(seed, figures)
        finally:
            disks.end()
    disks.figures = figures
    print(disks.table())
    sys.exit(1 if any(one.broken for one in figures.values()) else 0)


if __name__ == "__main__":
    main()
