"""Damages any file of a whole data folder, and refreshes: `python -m …torture.stores 100 7`.

What `damage.py` does to each kind of store of a small shop, this does to whatever lies there after
Dagster refreshed the company, in staging and in production: history, logs, notes of the clock, what
the gate remembers. A seed says which file, how it is damaged, and whether Dagster runs the refresh.
It is healed (all is as without damage) or named, and what readers see is the old or the new.
"""

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import click

from candid_assets.settings import Environment
from candid_assets_tests.end_to_end.faults.kit import outcome_of
from candid_assets_tests.torture.comparison import check_same, in_words
from candid_assets_tests.torture.damage import WAYS, damage
from candid_assets_tests.torture.kills import check_between, make_news
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.published import BrokenError

_RUN: Final = re.compile(r"[0-9a-f-]{36}")
ENVIRONMENTS: Final[tuple[Environment, ...]] = ("staging", "production")


@dataclass(frozen=True, slots=True)
class Damaged:
    """What became of one damage."""

    seed: int
    file: str
    way: str
    verdict: str
    """`healed`, `named`, or the fault in words."""

    @property
    def is_fault(self) -> bool:
        return self.verdict not in ("healed", "named")


class Stores:
    """One environment of the company, refreshed by Dagster, with news that are not read yet."""

    def __init__(self, plant: Plant, env: Environment) -> None:
        self.plant = plant
        plant.start_over(empty=False, env=env)
        plant.run(whole=True, force=True)
        make_news(plant)
        self.state = plant.root / "state"
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(plant.data, self.state)
        self.before = outcome_of(plant.published)
        done = plant.run(whole=True)
        if not done.succeeded:
            raise SystemExit(f"the undisturbed refresh failed: {done}")
        self.after = outcome_of(plant.published)

    def try_seed(self, seed: int) -> Damaged:
        """Damage one file as a seed says, and refresh."""
        rng, plant = Random(seed), self.plant  # noqa: S311 - repeatable, not secret
        self.start_again()
        files = sorted(path for path in plant.data.rglob("*") if path.is_file())
        kinds = sorted({_kind(path) for path in files})
        kind = rng.choice(kinds)
        same = [path for path in files if _kind(path) == kind]
        file, way = rng.choice(same), rng.choice(WAYS)
        damage(file, way, same, rng)
        try:
            verdict = self.refresh(whole=rng.random() < 0.5)
        except BrokenError as broken:
            verdict = str(broken)
        return Damaged(seed, file.relative_to(plant.data).as_posix(), way, verdict)

    def start_again(self) -> None:
        """Put the data back to what it was before the news."""
        shutil.rmtree(self.plant.data)
        shutil.copytree(self.state, self.plant.data)

    def refresh(self, *, whole: bool) -> str:
        """Refresh and return `healed`, `named` or what is wrong.

        Raises:
            BrokenError: Tables or verdicts are others than without damage.
        """
        published = self.plant.published
        content = published.read_bytes() if published.exists() else b""
        answer = self.plant.run(whole=whole)
        if answer.crash or answer.hung or answer.killed:
            return f"crashed or hung: {answer.crash[-800:]}"
        if answer.error:
            there = published.read_bytes() if published.exists() else b""
            return "named" if there == content else f"changed all the same: {answer.error}"
        now = outcome_of(published)
        if answer.failures:
            check_between(now, self.before, self.after)
            return "named"
        if not answer.succeeded:
            return f"failed without a word: {in_words(answer)}"
        check_same(self.after, now, answer)
        return "healed"


def _kind(path: Path) -> str:
    """Return the kind of store of a file: the folder above its own, and how its name ends."""
    folder = "a run" if _RUN.fullmatch(path.parent.parent.name) else path.parent.parent.name
    return f"{folder}/*{path.suffix or path.name}"


@click.command()
@click.argument("count", default=40)
@click.argument("first", default=1)
def main(count: int, first: int) -> None:
    """Try seeds, half of them in production; exit with 1 if damage was read, published or raw."""
    verdicts: Counter[tuple[str, str]] = Counter()
    faults = 0
    with Plant() as plant:
        for number, env in enumerate(ENVIRONMENTS):
            stores = Stores(plant, env)
            for seed in range(first + number, first + count, len(ENVIRONMENTS)):
                one = stores.try_seed(seed)
                verdicts[_kind(Path(one.file)), "FAULT" if one.is_fault else one.verdict] += 1
                faults += one.is_fault
                if one.is_fault:
                    print(one, flush=True)
    for (kind, verdict), tried in sorted(verdicts.items()):
        print(f"{kind:<28}{verdict:<8}{tried:>5}")
    print(f"seeds {first} to {first + count - 1}: {verdicts.total()} damages, {faults} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
