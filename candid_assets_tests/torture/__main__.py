"""Plays random sequences: `python -m candid_assets_tests.torture --seed 1 --count 100`.

Every sequence is one seed; one that breaks an invariant is printed with its seed and all its
steps, and `--seed N --count 1` plays it again.
"""

import sys
import time
from itertools import count as counting

import click

from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.sequence import Sequence, Tally
from candid_assets_tests.torture.shim import NoCompilerError


@click.command()
@click.option("--seed", default=1, show_default=True, help="Seed of the first sequence.")
@click.option("--count", default=0, help="How many sequences; 0 for as many as there is time.")
@click.option("--hours", default=0.0, help="How long to go on.")
@click.option("--steps", default=9, show_default=True, help="Steps of a sequence.")
@click.option("--verbose", is_flag=True, help="Print the steps of every sequence.")
def main(seed: int, count: int, hours: float, steps: int, verbose: bool) -> None:
    """Play sequences and print those that break an invariant; exit with 1 if any does."""
    count = count or (0 if hours else 1)
    until = time.monotonic() + hours * 3600 if hours else float("inf")
    tally = Tally()
    try:
        with Plant() as plant:
            for number in counting(seed):
                if (count and number >= seed + count) or time.monotonic() > until:
                    break
                sequence = Sequence(plant, number, tally)
                broken = sequence.run(steps)
                if broken:
                    tally.broken[number] = broken
                if broken or verbose:
                    print(f"seed {number}", *sequence.log, sep="\n  ")
                    print(f"  BROKEN: {broken}" if broken else "  nothing broken", flush=True)
    except NoCompilerError as error:
        sys.exit(str(error))
    last = seed + tally.sequences - 1
    print(
        f"{tally.sequences} sequences (seeds {seed} to {last}), {tally.refreshes} refreshes,"
        f" {tally.kills} kills and {tally.disk_faults} disk faults, {tally.healed} of them made"
        f" up for by the next refresh alone; {len(tally.broken)} sequences broke an invariant"
    )
    for number, broken in tally.broken.items():
        print(f"seed {number}: {broken.strip().splitlines()[-1][:300]}")
    sys.exit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
