"""Tabs of much the same headers as others, which stay tables of their own until somebody says."""

from collections.abc import Sequence
from typing import Final

from candid_assets.discovery.content_families import are_equal, gathers
from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.renamed_headers import renames

_SHARED: Final = 0.5
"""The part of all headers that such a tab shares with the family at least."""
_FEWEST: Final = 3


def find_near(tables: Sequence[TableGroup]) -> None:
    """Note with each table the tabs that may be of it; one that gathers its rows is none.

    Of a family they share half of its headers; of a single tab all, but for other names of some.
    """
    families = [table for table in tables if table.pattern is not None]
    alone = [table for table in tables if table.pattern is None]
    asked: set[int] = set()
    for position, table in enumerate(alone):
        (tab, *_), singles = table.members, [t for t in alone[:position] if id(t) not in asked]
        near = [f for f in families if _is_near(f.members[0], tab)]
        near += [s for s in singles if _is_same(s.members[0], tab)]
        for family in near:
            if not gathers(tab, family.members):
                family.near.append((tab, _other_names(family, tab)))
                asked.add(id(table))
                break


def _other_names(family: TableGroup, tab: TableTab) -> dict[str, str]:
    """Return the headers that a tab has in place of a family's; none that the family has itself."""
    pairs = renames(family.members[0], tab)
    return {} if set(pairs.values()) & set(family.headers) else pairs


def _is_same(first: TableTab, tab: TableTab) -> bool:
    """Whether a tab of one table has a single tab's headers, or others in place of one or two."""
    return _is_near(first, tab) and (are_equal(first, tab) or bool(renames(first, tab)))


def _is_near(first: TableTab, tab: TableTab) -> bool:
    """Whether a tab of one table shares half of its headers, three at least, with a family."""
    ours, theirs = set(first.headers), set(tab.headers)
    shared = len(ours & theirs)
    places = first.which is tab.which is None and first.kind is tab.kind is None
    rows = first.layout.header_rows == tab.layout.header_rows > 0 and bool(tab.data_rows)
    return places and rows and shared >= max(_FEWEST, _SHARED * len(ours | theirs))
