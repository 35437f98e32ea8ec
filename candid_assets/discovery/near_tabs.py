"""Tabs of much the same headers as a family, which stay tables of their own until somebody says."""

from collections.abc import Sequence
from typing import Final

from candid_assets.discovery.content_families import gathers
from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.renamed_headers import renames

_SHARED: Final = 0.5
"""The part of all headers that such a tab shares with the family at least."""
_FEWEST: Final = 3


def find_near(tables: Sequence[TableGroup]) -> None:
    """Note with each family the tabs that may be of it; one that gathers its rows is none."""
    families = [table for table in tables if table.pattern is not None]
    alone = [table.members[0] for table in tables if table.pattern is None]
    for tab in alone:
        for family in families:
            if _is_near(family.members[0], tab) and not gathers(tab, family.members):
                family.near.append((tab, renames(family.members[0], tab)))
                break


def _is_near(first: TableTab, tab: TableTab) -> bool:
    """Whether a tab of one table shares half of its headers, three at least, with a family."""
    ours, theirs = set(first.headers), set(tab.headers)
    shared = len(ours & theirs)
    places = first.which is tab.which is None and first.kind is tab.kind is None
    rows = first.layout.header_rows == tab.layout.header_rows > 0 and bool(tab.data_rows)
    return places and rows and shared >= max(_FEWEST, _SHARED * len(ours | theirs))
