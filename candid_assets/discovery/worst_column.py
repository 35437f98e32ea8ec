"""The column whose type keeps most rows of a rehearsal out of the clean table."""

from typing import Final

from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.rehearsal import Rehearsed

_MISREAD: Final = frozenset(
    {
        *("not_a_number", "not_an_integer", "not_a_date", "not_a_timestamp", "not_a_time"),
        *("not_a_duration", "not_a_boolean", "bad_phone", "out_of_range", "too_precise"),
        *("no_year", "outside_period", "ambiguous_year"),
    }
)


def worst_column(table: TableProposal, outcome: Rehearsed) -> tuple[ColumnProposal, int] | None:
    """Return it with the rows that do not fit its type; None where all columns are text."""
    counts = {name: n for (name, reason), n in outcome.reasons.items() if reason in _MISREAD}
    typed = [c for c in table.columns if c.name in counts and c.logical != "string"]
    worst = max(typed, key=lambda c: counts[c.name], default=None)
    return None if worst is None else (worst, counts[worst.name])
