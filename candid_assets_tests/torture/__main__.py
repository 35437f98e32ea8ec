"""Plays random sequences: `python -m candid_assets_tests.torture --seed 1 --count 100`.

Every sequence is one seed; one that breaks an invariant is printed with its seed and all its
steps, and `--seed N` alone plays it again.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import click

from candid_assets_tests.torture.playing import play
from candid_assets_tests.torture.shim import NoCompilerError, compiler
from candid_assets_tests.torture.tally import Tally


@click.command()
@click.option("--seed", type=int, help="Seed of the first sequence; default: by the clock.")
@click.option("--count", default=0, help="How many sequences; default: one, or as there is time.")
@click.option("--hours", default=0.0, help="How long to go on.")
@click.option("--steps", default=9, show_default=True, help="Steps of a sequence.")
@click.option("--workers", default=1, show_default=True, help="Plants that play side by side.")
@click.option("--verbose", is_flag=True, help="Print the steps of every sequence.")
def main(
    seed: int | None, count: int, hours: float, steps: int, workers: int, verbose: bool
) -> None:
    """Play sequences and print those that break an invariant; exit with 1 if any does."""
    try:
        compiler()
    except NoCompilerError as error:
        sys.exit(str(error))
    seed = int(time.time()) % 10_000_000 * 10 if seed is None else seed
    count = count or (0 if hours else 1)
    seconds = hours * 3600 if hours else float("inf")
    tally = Tally()
    if workers == 1:  # in this process, so that nothing is left of a run that is ended
        tally.add(play((seed, 1), count, seconds, steps, verbose))
        workers = 0
    with ProcessPoolExecutor(max(workers, 1), get_context("spawn")) as pool:
        played = [
            pool.submit(play, (seed + n, workers), count and count - n, seconds, steps, verbose)
            for n in range(workers)
        ]
        for one in played:
            tally.add(one.result())
    print(f"from seed {seed}: {tally}")
    for number, broken in sorted(tally.broken.items()):
        print(f"seed {number}: {broken.strip().splitlines()[-1][:300]}")
    sys.exit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
