"""A figure of the benchmark beside its target."""

from dataclasses import dataclass


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
