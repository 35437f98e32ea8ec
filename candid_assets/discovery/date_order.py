"""In which order the dates of a column give day, month and year."""

from collections.abc import Mapping
from typing import Final

from candid_assets.contracts.custom_properties import DateOrder
from candid_assets.discovery.column_facts import ColumnFacts

_NEARLY: Final = 0.8
"""An order reads nearly all dates where it reads this part of the most."""
_MANY_YEARS: Final = 3


def date_order(
    facts: ColumnFacts, counts: Mapping[DateOrder, int], habit: DateOrder, default: DateOrder
) -> tuple[DateOrder, int]:
    """Return the order that reads most texts, and how many.

    Years of two figures may be read as days: `31-02-25` is a day of 2031 with the year first. Of
    two orders that read nearly all texts, one that finds many more years is not meant.

    Args:
        facts: The column's.
        counts: How many texts are dates in each order.
        habit: The order of the table's other columns, which decides between equals.
        default: The order of a column without a text that is a date.
    """
    years = {"dmy": facts.dmy_years, "mdy": facts.dmy_years, "ymd": facts.ymd_years}
    most = max(counts.values())
    if most == 0:
        return default, 0
    nearly: list[DateOrder] = [order for order, n in counts.items() if n >= _NEARLY * most]
    fewest = min(years[order] for order in nearly)
    meant = [order for order in nearly if years[order] <= _MANY_YEARS * fewest]
    best = max(meant, key=lambda order: (counts[order], order == habit, order == "dmy"))
    return best, counts[best]
