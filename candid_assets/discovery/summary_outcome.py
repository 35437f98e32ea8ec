"""The rows of a tab that sum others up, as they were found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.discovery.summary_words import matches


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

    def drop_words_of_data(self, leads: Mapping[int, str]) -> None:
        """Forget the words of rows with which rows of data begin too.

        Args:
            leads: The first text of each row.
        """
        others = [lead.lower() for row, lead in leads.items() if row not in self.labelled]
        for row, phrase in list(self.labelled.items()):
            if any(matches(lead, phrase) for lead in others):
                self.labelled[row] = ""
