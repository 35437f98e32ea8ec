"""Which tab of a workbook is which contract's, one by one or as a member of a family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.families import claims_title, folded_title, is_named
from candid_assets.names import member_name
from candid_assets.near_names import near_names
from candid_assets.sources.protocol import Titles
from candid_assets.sources.source_errors import ErrorCode, SourceError, place


class FoundTab(Protocol):
    """A table that a source has."""

    @property
    def sheet_id(self) -> int:
        """Its number, which outlives a change of title where the source keeps one."""

    @property
    def title(self) -> str:
        """Its name in the source."""

    @property
    def sheet_type(self) -> str:
        """`GRID` for what has cells."""


Found = TypeVar("Found", bound=FoundTab)


@dataclass(frozen=True)
class TabMatch(Generic[Found]):
    """The sheets that contracts found, those they did not, and sheets without a contract.

    A family stands here as its members, each under a name of its own.
    """

    found: Mapping[str, Found]
    errors: Mapping[str, SourceError]
    unknown: tuple[Found, ...]
    members: Mapping[str, tuple[Tab, ...]] = field(default_factory=dict)
    """Family to its members; those that are archived are none of them."""


def match_tabs(
    tabs: Sequence[Found],
    workbook: Workbook,
    known_sheet_ids: Mapping[str, int],
    known_members: Mapping[str, Titles] | None = None,
) -> TabMatch[Found]:
    """Find each contract's tab: by sheet id once seen, by exact title, then by folded title.

    Of a family, tabs that were seen before are found by their sheet id, too; every other tab
    whose title matches the pattern and that no other contract has is a new member, or takes the
    place of a member of the same title that is gone.
    """
    return _Matching(tabs, workbook, known_sheet_ids, known_members or {}).match()


class _Matching(Generic[Found]):
    """One matching at work."""

    def __init__(
        self,
        tabs: Sequence[Found],
        workbook: Workbook,
        known: Mapping[str, int],
        titles: Mapping[str, Titles],
    ) -> None:
        self.tabs, self.known = tabs, known
        self.single = [tab for tab in workbook.living_tabs if not tab.is_family]
        self.families = [tab for tab in workbook.living_tabs if tab.is_family]
        self.members = {
            family.name: [
                family.member(name, title)
                for name, title in titles.get(family.name, {}).items()
                if not is_named(family.options.retired_tabs, title)
            ]
            for family in self.families
        }
        self.free = {tab.sheet_id: tab for tab in tabs}
        self.found: dict[str, Found] = {}
        self.errors: dict[str, SourceError] = {}

    def match(self) -> TabMatch[Found]:
        for contract in [*self.single, *(m for some in self.members.values() for m in some)]:
            known = self.known.get(contract.name)
            self._claim(contract, self.free.get(known) if known is not None else None)
        self._by_title()
        self._by_pattern()
        for family in self.families:
            self._settle_family(family)
        contracts = [*self.single, *(m for some in self.members.values() for m in some)]
        for contract in contracts:
            tab = self.found.get(contract.name)
            if contract.name not in self.errors and (tab is None or tab.sheet_type != "GRID"):
                self.errors[contract.name] = _unreadable(contract, tab, self.tabs)
        readable = {name: tab for name, tab in self.found.items() if name not in self.errors}
        members = {name: tuple(some) for name, some in self.members.items()}
        return TabMatch(readable, self.errors, tuple(self.free.values()), members)

    def _claim(self, contract: Tab, tab: Found | None) -> None:
        if tab is not None and tab.sheet_id in self.free:
            self.found[contract.name] = self.free.pop(tab.sheet_id)

    def _by_title(self) -> None:
        for contract in self.single:
            if contract.name not in self.found:
                titles = [tab for tab in self.free.values() if tab.title == contract.title]
                self._claim(contract, titles[0] if titles else None)
        for contract in self.single:
            if contract.name not in self.found:
                folded = folded_title(contract.title)
                alike = [tab for tab in self.free.values() if folded_title(tab.title) == folded]
                self._claim(contract, alike[0] if len(alike) == 1 else None)

    def _by_pattern(self) -> None:
        single = {self.found[t.name].sheet_id for t in self.single if t.name in self.found}
        for tab in self.tabs:
            if tab.sheet_type != "GRID" or tab.sheet_id in single:
                continue
            claimants = [f for f in self.families if claims_title(f, tab.title)]
            for family in claimants:
                member = self._member(family, tab)
                if len(claimants) > 1:
                    self.errors[member.name] = _claimed_twice(member, tab, claimants)
                self._claim(member, tab)

    def _member(self, family: Tab, tab: Found) -> Tab:
        """Return the family's member that a tab is: a known one, one it replaces, or a new one."""
        members = self.members[family.name]
        for member in members:
            seen = self.found.get(member.name)
            if seen is not None and seen.sheet_id == tab.sheet_id:
                return member
        title = folded_title(tab.title)
        for member in members:
            if member.name not in self.found and folded_title(member.title) == title:
                return member
        new = family.member(member_name(family.name, tab.sheet_id), tab.title)
        while any(member.name == new.name for member in members):
            new = family.member(f"{new.name}+", tab.title)
        members.append(new)
        return new

    def _settle_family(self, family: Tab) -> None:
        """Let archived members that are gone rest; report a family without any member."""
        kept = []
        for member in self.members[family.name]:
            tab = self.found.get(member.name)
            if tab is not None:
                kept.append(family.member(member.name, tab.title))
            elif member.name in self.errors:
                kept.append(member)
            elif not is_named(family.options.archived_tabs, member.title):
                kept.append(member)
                self.errors[member.name] = _member_missing(member)
        if not self.members[family.name]:
            self.errors[family.name] = _no_member(family)
        self.members[family.name] = kept


def _unreadable(contract: Tab, tab: FoundTab | None, tabs: Sequence[FoundTab]) -> SourceError:
    where = place(contract.workbook, contract.title)
    if tab is not None:
        return _error(
            "tab_not_grid",
            contract,
            f"{where} is of type {tab.sheet_type} and has no cells to read",
            f"put the table back on a tab of cells, or retire the contract {contract.path.name}",
        )
    near = near_names(contract.title, [t.title for t in tabs])
    hint = f"; did you mean {', '.join(map(repr, near))}?" if near else ""
    return _error(
        "tab_missing",
        contract,
        f"{where} is missing{hint}",
        f"rename the tab back, or set physicalName in {contract.path.name} to its new title",
    )


def _member_missing(member: Tab) -> SourceError:
    return _error(
        "tab_missing",
        member,
        f"{place(member.workbook, member.title)}, one of the family {member.family}, is missing;"
        " its last good rows stay",
        f"{member.words.undo}, or write its title in"
        f" {member.path.name} under archivedTabs to keep its rows or under retiredTabs to let"
        " them go",
    )


def _no_member(family: Tab) -> SourceError:
    pattern = family.options.title_pattern
    return _error(
        "tab_missing",
        family,
        f"no tab of workbook {family.workbook} has a title that matches {pattern!r}",
        f"rename the tabs back, or correct titlePattern in {family.path.name}",
    )


def _claimed_twice(member: Tab, tab: FoundTab, claimants: list[Tab]) -> SourceError:
    files = " and ".join(family.path.name for family in claimants)
    return _error(
        "tab_claimed_twice",
        member,
        f"{place(member.workbook, tab.title)} is claimed by the title patterns of {files}",
        "narrow one of the two patterns, so that the tab is in one family",
    )


def _error(code: ErrorCode, contract: Tab, message: str, fix: str) -> SourceError:
    return SourceError(code, message, fix, contract.workbook, contract.family or contract.name)
