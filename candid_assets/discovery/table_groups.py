"""Groups tabs into tables: families by their titles, families by their content, single tabs."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.content_families import (
    ALIKE,
    akin,
    are_equal,
    by_content,
    says_its_title,
)
from candid_assets.discovery.find_tables import TableGroup, TableTab, prefilled_cells
from candid_assets.discovery.naming import tab_name
from candid_assets.discovery.near_tabs import find_near
from candid_assets.discovery.prefilled_rows import is_prefilled
from candid_assets.discovery.read_source import grid_of
from candid_assets.discovery.renamed_headers import renames, take_names
from candid_assets.discovery.title_families import copied_title, families


def group(
    members: Sequence[TableTab], skip: Collection[str], *, listed: bool = True
) -> list[TableGroup]:
    """Return the tables that tabs make: families of one layout, and single tabs.

    Args:
        members: The tabs that hold tables.
        skip: Names that are taken.
        listed: Whether the source lists its tables; where it does not, no pattern finds them.
    """
    taken = set(skip)
    numbered = [(m.number, TableGroup(_kind_name(m, taken), [m])) for m in members if m.kind]
    for which, part in _by_place([m for m in members if not m.kind]).items():
        numbered += _grouped(part, which, taken, listed=listed)
    tables = [table for _, table in sorted(numbered, key=lambda pair: pair[0])]
    find_near(tables)
    for table in tables:
        _except(table, members)
        _without_prefilled(table.members)
    return tables


def _grouped(
    members: Sequence[TableTab], which: int | str | None, taken: set[str], *, listed: bool
) -> list[tuple[int, TableGroup]]:
    """Return the tables of tabs that hold one each, with the number of each one's first member."""
    numbered: list[tuple[int, TableGroup]] = []
    behind = f" {which}" if isinstance(which, str) else ""
    alone = {m.number: m for m in members}
    for form, positions in families([m.tab.title for m in members]) if listed else ():
        titled = [members[p] for p in positions]
        while len(kin := _alike(titled)) > 1:
            for member in kin:
                alone.pop(member.number)
            take_names(kin)
            # The form is the first one's pattern; others, of one table in each tab, list titles.
            first = which is not None or len(titled) == len(positions)
            pattern = form.pattern if first else _listed(kin)
            table = TableGroup(tab_name(f"{form.name}{behind}", taken), kin, pattern)
            numbered.append((kin[0].number, table))
            titled = [m for m in titled if m.number in alone]
    for _, table in numbered:
        _add_copies(table, alone)
        _add_titled(table, alone)
    _add_akin([table for _, table in numbered], alone)
    for kin, joined in by_content(alone.values()) if listed else ():
        for member in kin:
            alone.pop(member.number)
        titles = [member.tab.title for member in kin]
        name = _family_name(titles, behind, taken)
        listed_alone = not all(map(says_its_title, kin))
        table = TableGroup(name, kin, _listed(kin), joined, listed=listed_alone)
        numbered.append((kin[0].number, table))
    for kin in _copied(alone) if listed else ():
        name = tab_name(f"{kin[0].tab.title}{behind}", taken)
        numbered.append((kin[0].number, TableGroup(name, kin, _listed(kin))))
    for number, member in alone.items():
        title = f"{member.tab.title}{behind}"
        numbered.append((number, TableGroup(tab_name(title, taken), [member])))
    return numbered


def _by_place(members: Sequence[TableTab]) -> dict[int | str | None, list[TableTab]]:
    """Return tables by what a contract calls them within their tabs.

    A tab's only table is the first where other tabs of the same headers hold more.
    """
    places: dict[int | str | None, list[TableTab]] = {}
    firsts = {tuple(m.headers) for m in members if m.which == 1}
    for member in members:
        first = member.which is None and tuple(member.headers) in firsts
        places.setdefault(1 if first else member.which, []).append(member)
    return places


def _kind_name(member: TableTab, taken: set[str]) -> str:
    """Return a name for the table of one kind of a tab's lines."""
    kind = member.kind.name if member.kind else ""
    return tab_name(f"{member.tab.title} {kind}", taken)


def _add_titled(table: TableGroup, alone: dict[int, TableTab]) -> None:
    """Add tabs of a family's headers whose titles stand above their tables as the family's do."""
    if not all(map(says_its_title, table.members)):
        return
    for number, member in list(alone.items()):
        if are_equal(table.members[0], member) and says_its_title(member):
            table.members.append(alone.pop(number))
            table.pattern = f"{table.pattern}|{re.escape(_shown(member.tab.title))}"


def _add_akin(tables: Sequence[TableGroup], alone: dict[int, TableTab]) -> None:
    """Add tabs to the families whose layout they have, where it is that of one family."""
    offers = [(table, akin(table.members, list(alone.values()))) for table in tables]
    claims = Counter(member.number for _, kin in offers for member in kin)
    for table, kin in offers:
        # A header that a member has for another is no column of its own beside that.
        taken = {normalise(own) for m in table.members for own in m.renamed.values()}
        mine = [m for m in kin if claims[m.number] == 1 and taken.isdisjoint(m.headers)]
        ours = [alone.pop(member.number) for member in mine]
        table.members += ours
        table.joined += [member.tab.title for member in ours]
        if ours:
            table.pattern = f"{table.pattern}|{_listed(ours)}"


def _listed(members: Sequence[TableTab]) -> str:
    """Return the pattern of just these tabs' titles."""
    return "|".join(re.escape(_shown(member.tab.title)) for member in members)


def _family_name(titles: Sequence[str], behind: str, taken: set[str]) -> str:
    """Return a name for tabs whose titles have no pattern: the words that all of them have."""
    words = [re.findall(r"[^\W\d_]+", title.lower()) for title in titles]
    shared = [word for word in words[0] if all(word in others for others in words)]
    return tab_name(f"{' '.join(shared) or f'tabs like {titles[0]}'}{behind}", taken)


def _add_copies(table: TableGroup, alone: dict[int, TableTab]) -> None:
    """Add tabs that are copies of a family's by their titles and headers: `Juni (1)`."""
    headers = set(table.headers)
    for number, member in list(alone.items()):
        title = _shown(member.tab.title)
        copied = copied_title(title)
        claimed = copied is not None and _claims(table.pattern, copied)
        if claimed and set(member.headers) == headers:
            table.members.append(alone.pop(number))
            table.pattern = f"{table.pattern}|{re.escape(title)}"


def _copied(alone: dict[int, TableTab]) -> list[list[TableTab]]:
    """Take tabs out that others are copies of by their titles and headers, with the copies."""
    known = {_shown(member.tab.title).casefold(): member for member in alone.values()}
    kin: dict[int, list[TableTab]] = {}
    for member in list(alone.values()):
        first = known.get((copied_title(member.tab.title) or "").casefold())
        if first is not None and first is not member and are_equal(first, member):
            kin.setdefault(first.number, [first]).append(member)
    for group in kin.values():
        for member in group:
            alone.pop(member.number, None)
    return list(kin.values())


def _except(table: TableGroup, members: Sequence[TableTab]) -> None:
    """Take tabs that are tables of their own out of what a family's pattern claims."""
    ours = {member.tab.title for member in table.members}
    others = list(dict.fromkeys(_shown(m.tab.title) for m in members if m.tab.title not in ours))
    others = [title for title in others if _claims(table.pattern, title)]
    if others:
        titles = "|".join(map(re.escape, others))
        table.pattern = f"(?!(?:{titles})$)(?:{table.pattern})"


def with_titles(pattern: str, titles: Sequence[str]) -> str:
    """Return a family's pattern that claims some titles, too."""
    wanted = "|".join(re.escape(_shown(title)) for title in titles)
    return f"{pattern}|{wanted}" if pattern else wanted


def _claims(pattern: str | None, title: str) -> bool:
    return pattern is not None and re.fullmatch(pattern, title, re.IGNORECASE) is not None


def _shown(title: str) -> str:
    return " ".join(title.split())


def _alike(members: Sequence[TableTab]) -> list[TableTab]:
    """Return the members whose layout is that of most others."""
    best: list[TableTab] = []
    for first in members:
        ours = set(first.headers)
        kin = [
            m
            for m in members
            if m.layout.header_rows == first.layout.header_rows
            and m.layout.names == first.layout.names
            and (m.layout.header_rows or m.layout.header_row == first.layout.header_row)
            and (
                len(ours & set(m.headers)) >= ALIKE * len(ours | set(m.headers))
                or renames(first, m)
            )
        ]
        if len(kin) > len(best):
            best = kin
    return best


def _without_prefilled(members: Sequence[TableTab]) -> None:
    """Take rows that nobody typed in out of the rows of data of all tabs of a table."""
    shown = prefilled_cells(members)
    for member in members if shown else ():
        places = {p: shown[h] for h, p in member.headers.items() if h in shown}
        grid = grid_of(member.tab, member.extract)
        member.data_rows = [
            row
            for row in member.data_rows
            if not is_prefilled(grid, row, member.layout.places, places)
        ]
