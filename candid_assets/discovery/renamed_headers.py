"""Tabs of a family that call a column otherwise: `Qty` where the others have `Jumlah`."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from candid_assets.discovery.find_tables import TableTab
from candid_assets.discovery.read_source import grid_of

_MOST: Final = 2
"""So many headers of a tab may be others than the family's."""
_COMPARED: Final = 60
"""So many first rows of data are compared."""
_TIMES: Final = 10
"""So many times greater may the usual amount of one tab be than that of another."""
_NUMERIC: Final = frozenset("nm")
_DAYS: Final = frozenset("ds")


def renames(family: TableTab, tab: TableTab) -> dict[str, str]:
    """Return the headers that a tab has in place of a family's, by the family's, both folded.

    Nothing where it has more or fewer columns, or where others stand at their places than cells of
    their kind and size.

    Args:
        family: A tab of the family with the headers of most.
        tab: The tab.
    """
    ours, theirs = list(family.headers), list(tab.headers)
    places = [n for n, header in enumerate(ours) if header not in tab.headers]
    same_length = len(ours) == len(theirs) and family.layout.header_rows == tab.layout.header_rows
    few = 0 < len(places) <= _MOST and len(ours) > 2 * len(places)
    if not (same_length and few and family.layout.header_rows):
        return {}
    pairs = {ours[n]: theirs[n] for n in places}
    new = all(header not in family.headers for header in pairs.values())
    alike = all(_are_alike((family, ours), (tab, theirs)) for ours, theirs in pairs.items())
    return pairs if new and alike else {}


def take_names(kin: Sequence[TableTab]) -> None:
    """Call the columns of tabs as most of them do, where theirs only have other headers."""
    counts = Counter(tuple(member.headers) for member in kin)
    most = counts.most_common(1)[0][0]
    usual = next(member for member in kin if tuple(member.headers) == most)
    for member in kin:
        member.take_names(renames(usual, member))


def _are_alike(one: tuple[TableTab, str], other: tuple[TableTab, str]) -> bool:
    """Whether two columns hold cells of one kind, and amounts of one size."""
    (kind, numbers), (other_kind, other_numbers) = _cells(*one), _cells(*other)
    if kind != other_kind or not numbers or not other_numbers:
        return kind == other_kind
    low, high = sorted((median(numbers), median(other_numbers)))
    return high <= _TIMES * max(low, 1)


def _cells(member: TableTab, header: str) -> tuple[str, list[float]]:
    """Return the kind of most cells of a column, and their amounts."""
    grid, place = grid_of(member.tab, member.extract), member.headers[header]
    kinds: Counter[str] = Counter()
    numbers = []
    for row in member.data_rows[:_COMPARED]:
        kind = grid.kind(row, place)
        if kind in _NUMERIC:
            numbers.append(abs(float(grid.text(row, place))))
        kinds["number" if kind in _NUMERIC else "day" if kind in _DAYS else kind] += kind != "-"
    return kinds.most_common(1)[0][0] if kinds.total() else "", numbers
