"""The rows of a tab that sum others up, as they were found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OtherTotal:
    """A total that says another sum than the rows above it have."""

    row: int
    place: int
    stated: float
    summed: float


@dataclass(slots=True)
class SummaryRows:
    """The rows of a tab that sum others up."""

    labelled: dict[int, str] = field(default_factory=dict)
    """Row to the phrase that it begins with, in small letters."""
    sums: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Row without any word to the columns whose sums it holds."""
    computed: dict[int, str] = field(default_factory=dict)
    """Row of data that is worked out of others to the phrase that it begins with."""
    other_totals: list[OtherTotal] = field(default_factory=list)
