"""Families of tabs by what they hold: one layout under titles that have no pattern."""

import re
from collections.abc import Iterable, Sequence
from math import inf
from typing import Final

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.find_tables import TableTab
from candid_assets.discovery.read_source import grid_of

ALIKE: Final = 0.75
"""Tabs of a family share at least this part of all their headers."""
_SAME_TABS: Final = 3
_SAME_COLUMNS: Final = 3
"""So many tabs with so many headers, all equal, are one table whatever their titles are."""
_SHARED_COLUMNS: Final = 4
"""So many headers a tab shares with a family at least, if it has others or lacks some."""
_GATHERED: Final = 0.9
"""The part of a tab's rows that stand in another tab where that gathers it."""
_COMPARED: Final = 200
"""So many first rows of a tab are looked for in another."""


def by_content(members: Iterable[TableTab]) -> list[tuple[list[TableTab], list[str]]]:
    """Return families, each with the titles of those that have more headers or lack some.

    Three tabs with equal headers, or with a few more, are a family, or two that both say their
    titles above their tables. A tab that gathers the rows of others is none of them.
    """
    equal: dict[tuple[int, frozenset[str]], list[TableTab]] = {}
    for member in members:
        headers = frozenset(member.headers)
        if member.layout.header_rows and len(headers) >= _SAME_COLUMNS:
            equal.setdefault((member.layout.header_rows, headers), []).append(member)
    families = []
    taken: set[int] = set()
    for _, core in sorted(equal.items(), key=lambda item: -len(item[1])):
        filled = [m for m in core if m.data_rows]
        if len(filled) < 2 or filled[0].number in taken:
            continue
        near = [m for m in _near(core[0], equal.values()) if m.number not in taken]
        family = _without_gatherers(sorted([*core, *near], key=lambda m: m.number))
        rows = sum(bool(m.data_rows) for m in family)
        if rows >= _SAME_TABS or (rows > 1 and all(map(says_its_title, family))):
            taken.update(m.number for m in family)
            more = {m.number for m in near}
            families.append((family, [m.tab.title for m in family if m.number in more]))
    return families


def akin(family: Sequence[TableTab], others: Sequence[TableTab]) -> list[TableTab]:
    """Return the tabs among others that are of a family's layout, and gather none of its rows."""
    rows = family[0].layout.header_rows
    equal = {frozenset(m.headers) for m in family if len(m.headers) >= _SHARED_COLUMNS}
    same = [m for m in others if m.layout.header_rows == rows and frozenset(m.headers) in equal]
    near = _near(family[0], [[m] for m in others if m not in same])
    alike = sorted([*same, *near], key=lambda m: m.number) if rows else []
    kept = {m.number for m in _without_gatherers([*family, *alike])} if alike else set()
    return [m for m in alike if m.number in kept]


def gathers(tab: TableTab, family: Sequence[TableTab]) -> bool:
    """Whether the rows of two tabs of a family stand in a tab once more."""
    return tab not in _without_gatherers([*family, tab])


def are_equal(one: TableTab, other: TableTab) -> bool:
    """Whether two tabs have the same headers, in as many rows."""
    rows = one.layout.header_rows == other.layout.header_rows > 0
    return rows and set(one.headers) == set(other.headers)


def says_its_title(member: TableTab) -> bool:
    """Whether a tab's title stands above its table too: `Nama : Budi` in the tab Budi."""
    grid, title = grid_of(member.tab, member.extract), normalise(member.tab.title)
    rows = range(1, member.layout.header_row)
    texts = (normalise(grid.text(r, p)) for r in rows for p in grid.filled(r))
    return any(re.search(rf"(?<!\w){re.escape(title)}(?!\w)", text) for text in texts)


def _near(first: TableTab, others: Iterable[Sequence[TableTab]]) -> list[TableTab]:
    """Return tabs with more headers than the first of a family or with fewer, but no others."""
    ours = set(first.headers)
    near: list[TableTab] = []
    for tabs in others:
        theirs = set(tabs[0].headers)
        shared = len(ours & theirs)
        part = ours < theirs or theirs < ours
        rows = tabs[0].layout.header_rows == first.layout.header_rows
        if part and rows and shared >= max(_SHARED_COLUMNS, ALIKE * len(ours | theirs)):
            near += tabs
    return near


def _without_gatherers(family: Sequence[TableTab]) -> list[TableTab]:
    """Return tabs but for those in which the rows of two others or more stand once more."""
    counts = sorted(len(m.data_rows) for m in family if m.data_rows)
    large = _GATHERED * sum(counts[:2]) if len(counts) > 2 else inf
    titles = {normalise(m.tab.title) for m in family}
    shared = [h for h in family[0].headers if all(h in m.headers for m in family)]
    kept = []
    for member in family:
        others = [m for m in family if m is not member and m.data_rows]
        repeats = len(member.data_rows) >= large and _repeat(member, others, shared)
        if not repeats and not _lists(member, shared, titles):
            kept.append(member)
    return kept


def _repeat(member: TableTab, others: Sequence[TableTab], headers: Sequence[str]) -> bool:
    """Whether nearly all first rows of two other tabs or more stand in a tab, too."""
    ours = set(_lines(member, headers, len(member.data_rows)))
    firsts = [_lines(other, headers, _COMPARED) for other in others]
    return sum(sum(x in ours for x in lines) >= _GATHERED * len(lines) for lines in firsts) > 1


def _lines(member: TableTab, headers: Sequence[str], most: int) -> list[int]:
    """Return the first rows of data, each as a figure that differs where its cells do."""
    grid = grid_of(member.tab, member.extract)
    places = [member.headers[header] for header in headers]
    return [hash(tuple(grid.text(r, p) for p in places)) for r in member.data_rows[:most]]


def _lists(member: TableTab, shared: Sequence[str], titles: set[str]) -> bool:
    """Whether a tab has a column beside the shared ones in which titles of several others stand."""
    grid = grid_of(member.tab, member.extract)
    own = [p for header, p in member.headers.items() if header not in shared]
    named = ({normalise(grid.text(r, p)) for r in member.data_rows} & titles for p in own)
    return any(len(both) > 1 for both in named)
