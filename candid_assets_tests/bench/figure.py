"""A figure of the benchmark beside its target."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Measured(Protocol):
    """What a benchmark prints as a line beside its target."""

    @property
    def met(self) -> bool: ...


@dataclass(frozen=True)
class Figure:
    """One figure and the most it may be."""

    name: str
    value: float
    most: float
    unit: str

    @property
    def met(self) -> bool:
        return self.value <= self.most

    def __str__(self) -> str:
        verdict = "" if self.met else "  MISSED"
        value = f"{self.value:10.2f} {self.unit:<6}"
        return f"{self.name:<46}{value} (at most {self.most:g}){verdict}"


def report(figures: Callable[[Path], Iterator[Measured]]) -> int:
    """Print every figure as it is taken in a folder of its own; return the exit code."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="candid-bench-") as folder:
        for figure in figures(Path(folder)):
            print(figure, flush=True)
            missed += not figure.met
    return 1 if missed else 0
