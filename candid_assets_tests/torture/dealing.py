"""Deals the cases of an instrument out to processes, each with a local server of its own.

Some of what is tried waits for a time limit; others fail by it where there are more processes than
cores.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context


@dataclass
class Share:
    """What came of the cases of one process."""

    kinds: set[str] = field(default_factory=set)
    requests: int = 0
    """Requests of one undisturbed reading."""
    verdicts: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    def note(self, name: str, word: str, right: Iterable[str]) -> bool:
        """Count one case; return whether its verdict is one of those that are right."""
        self.kinds.add(name)
        is_right = word in right
        self.verdicts[word if is_right else "wrong"] += 1
        self.wrong += not is_right
        return is_right


@dataclass(frozen=True)
class Part:
    """Every `step`-th case from the `first` on."""

    first: int
    step: int

    @classmethod
    def of(cls, text: str) -> "Part":
        """Return the part that is written as `2/9`."""
        first, step = (int(number) for number in text.split("/"))
        return cls(first, step)

    def holds(self, number: int) -> bool:
        """Return whether a case is in the part, by its number."""
        return number % self.step == self.first % self.step

    def dealt(self, workers: int) -> "list[Part]":
        """Return as many parts that are this one together."""
        return [Part(self.first + self.step * n, self.step * workers) for n in range(workers)]


def deal(work: Callable[[str, Part], Share], only: str, part: str, workers: int) -> Share:
    """Return what came of a part of all cases, worked by so many processes.

    Args:
        work: Works the cases of a part whose names begin with a text.
        only: The text.
        part: The part, as `2/9`.
        workers: How many processes.
    """
    whole = Share()
    parts = Part.of(part).dealt(workers)
    # Spawned and not forked: the libraries that read have threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for share in pool.map(work, [only] * workers, parts):
            whole.kinds |= share.kinds
            whole.requests = max(whole.requests, share.requests)
            whole.verdicts += share.verdicts
            whole.wrong += share.wrong
    return whole
