"""Plays one sequence after the other on a plant of its own; each worker is a process."""

import time
from itertools import count as counting

from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.sequence import Sequence
from candid_assets_tests.torture.tally import Tally


def play(seeds: tuple[int, int], count: int, seconds: float, steps: int, verbose: bool) -> Tally:
    """Play sequences on a plant of one's own, the first and every so many after it.

    Args:
        seeds: The first seed, and how many workers share the seeds that follow.
        count: How many of the seeds are played by all workers; 0 for no end.
        seconds: How long to go on.
        steps: Steps of a sequence.
        verbose: Whether sequences that break nothing are printed, too.
    """
    first, stride = seeds
    until, tally = time.monotonic() + seconds, Tally()
    with Plant() as plant:
        for seed in counting(first, stride):
            if (count and seed >= first + count) or time.monotonic() > until:
                return tally
            sequence = Sequence(plant, seed, tally)
            broken = sequence.run(steps)
            if broken:
                tally.broken[seed] = broken
            if broken or verbose:
                verdict = f"BROKEN: {broken}" if broken else "nothing broken"
                print(f"seed {seed}", *sequence.log, verdict, sep="\n  ", flush=True)
    return tally
