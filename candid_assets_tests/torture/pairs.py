"""Two of everything on one data folder: `python -m candid_assets_tests.torture.pairs --rounds 20`.

In each round two refreshes start at once, while readers read the snapshot whole again and again, a
backup is made and what is past its time is removed. A refresh may be refused because another is at
work; nothing else may go wrong, and a refresh afterwards finds everything as the sheets say.
"""

import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace

import click

from candid_assets.maintenance.backup import HeldError, back_up
from candid_assets.maintenance.restore import restore
from candid_assets_tests.torture.edits import edit
from candid_assets_tests.torture.plant import Plant, Zygote
from candid_assets_tests.torture.published import BrokenError, check_mart, read_published
from candid_assets_tests.torture.sequence import Sequence
from candid_assets_tests.torture.tally import Tally
from candid_assets_tests.torture.wire import Answer

READERS = 10


@dataclass
class Round:
    """What happened at once."""

    readings: int = 0
    wrong: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def read(self, plant: Plant) -> None:
        """Read the snapshot whole until the round ends; a mart must be of its inputs."""
        while not self.ended.is_set():
            try:
                check_mart(read_published(plant.published))
            except Exception as error:
                self.wrong.append(f"a reader: {error}")
                return
            self.readings += 1
            time.sleep(0.05)

    def back_up(self, plant: Plant) -> None:
        with suppress(HeldError):
            back_up(plant.data / "staging", "staging", plant.root / "beside.tar.gz")


def play(plant: Plant, other: Zygote, sequence: Sequence, readers: int) -> tuple[Round, int]:
    """Play one round and judge it; return what was read and how many refreshes were refused."""
    now, rng = Round(), sequence.rng
    workbook, done = edit(sequence.desk)
    plant.save(workbook)
    sequence.log.append(f"{workbook}: {done}")
    how = rng.choice([{}, {"force": True}, {"workbooks": (workbook,)}])
    with ThreadPoolExecutor(readers + 3) as pool:
        reading = [pool.submit(now.read, plant) for _ in range(readers)]
        runs: list[Callable[[], Answer]] = [
            plant.run,
            lambda: other.run(replace(plant.request, **how)),
        ]
        answers = [pool.submit(run) for run in runs]
        backup = pool.submit(now.back_up, plant)
        results = [answer.result() for answer in answers]
        backup.result()
        now.ended.set()
        for reader in reading:
            reader.result()
    sequence.log.append(f"two refreshes, the second {how}: {results}")
    for answer in results:
        if answer.crash or answer.hung or (answer.error and "another" not in answer.error):
            now.wrong.append(f"a refresh beside another: {answer.crash or answer.error}")
    if (plant.root / "beside.tar.gz").exists():
        _check_backup(plant, now)
    if now.wrong:
        raise BrokenError("; ".join(now.wrong))
    sequence.refresh()
    return now, sum(bool(answer.error) for answer in results)


def _check_backup(plant: Plant, now: Round) -> None:
    """Restore what was kept beside the refreshes into a folder of its own, and read it."""
    folder = plant.root / "restored" / "staging"
    try:
        restore(plant.root / "beside.tar.gz", folder, "staging", replace=False)
        check_mart(read_published(folder / "published" / "candid.duckdb"))
    except Exception as error:
        now.wrong.append(f"a backup beside a refresh: {error}")
    shutil.rmtree(folder.parent, ignore_errors=True)
    (plant.root / "beside.tar.gz").unlink()


@click.command()
@click.option("--seed", default=1, show_default=True, help="What is edited, and how.")
@click.option("--rounds", default=20, show_default=True, help="How many rounds.")
@click.option("--readers", default=READERS, show_default=True, help="Readers at once.")
def main(seed: int, rounds: int, readers: int) -> None:
    """Do everything at once; exit with 1 if anything went wrong."""
    tally, readings, refused, wrong = Tally(), 0, 0, 0
    with Plant() as plant, Zygote(plant.root, plant.library, "other") as other:
        for number in range(seed, seed + rounds):
            sequence = Sequence(plant, number, tally)
            sequence.begin(empty=False)
            try:
                now, held = play(plant, other, sequence, readers)
            except BrokenError as broken:
                wrong += 1
                print(f"seed {number}", *sequence.log, f"BROKEN: {broken}", sep="\n  ", flush=True)
                continue
            readings, refused = readings + now.readings, refused + held
    print(
        f"{rounds} rounds (seeds {seed} to {seed + rounds - 1}): {2 * rounds} refreshes, {refused}"
        f" of them refused because another was at work, {readings} readings by {readers} readers,"
        f" {rounds} backups; {wrong} rounds went wrong"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
