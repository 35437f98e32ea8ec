"""Matches the tables of a source with contracts: one by one, or as members of a family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.families import claims_title
from candid_assets.contracts.tables_in_tab import is_one_of_several
from candid_assets.contracts.title_patterns import SlowPatternError
from candid_assets.contracts.titles import folded_title, is_named
from candid_assets.names import member_name
from candid_assets.near_names import near_names
from candid_assets.sources.protocol import Titles
from candid_assets.sources.source_errors import ErrorCode, SourceError, place
from candid_assets.sources.source_metadata import UNREADABLE, TabMetadata


@dataclass(frozen=True)
class TabMatch:
    """The tables of contracts, the errors of contracts without one, and tables without contract.

    A family is represented by its members, each under a name of its own.
    """

    tabs: Mapping[str, TabMetadata]
    errors: Mapping[str, SourceError]
    unknown: tuple[TabMetadata, ...]
    members: Mapping[str, tuple[Tab, ...]] = field(default_factory=dict)
    """Family to its members, without archived ones that are gone."""

    @property
    def unknown_titles(self) -> tuple[str, ...]:
        """The titles of tables without a contract; charts and the like are no tables."""
        tables = (tab for tab in self.unknown if tab.sheet_type in ("GRID", UNREADABLE))
        return tuple(tab.title for tab in tables)

    @property
    def unread(self) -> Mapping[str, str]:
        """Titles of tables without a contract that cannot be opened; why, and what to do."""
        errors = {tab.title: tab.error for tab in self.unknown}
        return {t: f"{e.message}; {e.fix}" for t, e in errors.items() if e is not None}


def match_tabs(
    tabs: Sequence[TabMetadata],
    workbook: Workbook,
    known_sheet_ids: Mapping[str, int],
    known_members: Mapping[str, Titles] | None = None,
) -> TabMatch:
    """Match each contract with a tab: by its last sheet id, by exact title, by folded title.

    Known members of a family are matched by their sheet ids, too. Every other tab whose title
    matches the family's pattern and that no other contract has is a new member, or replaces a
    member of the same title that is gone.
    """
    return _Matching(tabs, workbook, known_sheet_ids, known_members or {}).match()


class _Matching:
    """The state of one matching."""

    def __init__(
        self,
        tabs: Sequence[TabMetadata],
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
        self.by_id: dict[int | None, TabMetadata] = {tab.sheet_id: tab for tab in tabs}
        self.free = {tab.sheet_id: tab for tab in tabs}
        self.matched: dict[str, TabMetadata] = {}
        self.errors: dict[str, SourceError] = {}

    def match(self) -> TabMatch:
        for contract in self._contracts():
            known = self.known.get(contract.name)
            self._claim(contract, self.free.get(known) if known is not None else None)
            if contract.family and is_one_of_several(contract) and known in self.by_id:
                self.matched[contract.name] = self.by_id[known]
        self._by_title()
        self._by_pattern()
        self._by_container()
        for family in self.families:
            self._settle_family(family)
        for contract in self._contracts():
            tab = self.matched.get(contract.name)
            if contract.name not in self.errors and (tab is None or tab.sheet_type != "GRID"):
                self.errors[contract.name] = _unreadable(contract, tab, self.tabs)
        readable = {name: tab for name, tab in self.matched.items() if name not in self.errors}
        members = {name: tuple(tabs) for name, tabs in self.members.items()}
        return TabMatch(readable, self.errors, tuple(self.free.values()), members)

    def _contracts(self) -> list[Tab]:
        return [*self.single, *(m for members in self.members.values() for m in members)]

    def _claim(self, contract: Tab, tab: TabMetadata | None) -> None:
        if tab is not None and tab.sheet_id in self.free:
            self.matched[contract.name] = self.free.pop(tab.sheet_id)

    def _by_title(self) -> None:
        for contract in self.single:
            if contract.name not in self.matched:
                titles = [tab for tab in self.free.values() if tab.title == contract.title]
                self._claim(contract, titles[0] if titles else None)
        for contract in self.single:
            if contract.name not in self.matched:
                folded = folded_title(contract.title)
                alike = [tab for tab in self.free.values() if folded_title(tab.title) == folded]
                self._claim(contract, alike[0] if len(alike) == 1 else None)
        for contract in self.single:
            if contract.name not in self.matched and _may_share(contract):
                self._share(contract)

    def _share(self, contract: Tab) -> None:
        """Give a kind of line, or one of several tables, the tab that another of its title has."""
        title = folded_title(contract.title)
        for other in self.single:
            tab = self.matched.get(other.name)
            if tab and _may_share(other) and folded_title(other.title) == title:
                self.matched[contract.name] = tab
                return

    def _by_pattern(self) -> None:
        single = {
            self.matched[t.name].sheet_id
            for t in self.single
            if t.name in self.matched and not is_one_of_several(t)
        }
        for tab in self.tabs:
            if tab.sheet_type not in ("GRID", UNREADABLE) or tab.sheet_id in single:
                continue
            claimants = [f for f in self.families if self._claims(f, tab.title)]
            sharing = all(is_one_of_several(family) for family in claimants)
            for family in claimants:
                member = self._member(family, tab)
                if len(claimants) > 1 and not sharing:
                    self.errors[member.name] = _claimed_twice(member, tab, claimants)
                self._claim(member, tab)
                if sharing:
                    self.matched[member.name] = tab

    def _claims(self, family: Tab, title: str) -> bool:
        """Whether a family's pattern matches; one that takes too long fails the family alone."""
        if family.name in self.errors:
            return False
        try:
            return claims_title(family, title)
        except SlowPatternError as error:
            message = f"the tabs of {place(family.workbook, family.title)} cannot be chosen"
            self.errors[family.name] = _error(
                "malformed",
                family,
                f"{message}: {error.message}",
                f"{error.fix}, in titlePattern of {family.path.name}",
            )
            return False

    def _by_container(self) -> None:
        """Give contracts without a table the error of the file that held it, `file/table`."""
        unreadable = {
            folded_title(tab.title): tab for tab in self.tabs if tab.sheet_type == UNREADABLE
        }
        for contract in self._contracts():
            container, mark, _ = contract.title.rpartition("/")
            tab = unreadable.get(folded_title(container)) if mark else None
            if contract.name not in self.matched and tab is not None:
                self.errors.setdefault(contract.name, _not_opened(contract, tab))
                self.free.pop(tab.sheet_id, None)

    def _member(self, family: Tab, tab: TabMetadata) -> Tab:
        """Return the family's member that a tab is: a known one, one it replaces, or a new one."""
        members = self.members[family.name]
        for member in members:
            matched = self.matched.get(member.name)
            if matched is not None and matched.sheet_id == tab.sheet_id:
                return member
        title = folded_title(tab.title)
        for member in members:
            if member.name not in self.matched and folded_title(member.title) == title:
                return member
        new = family.member(member_name(family.name, tab.sheet_id), tab.title)
        while any(member.name == new.name for member in members):
            new = family.member(f"{new.name}+", tab.title)
        members.append(new)
        return new

    def _settle_family(self, family: Tab) -> None:
        """Drop archived members that are gone; report other missing members, and a lack of any."""
        kept = []
        for member in self.members[family.name]:
            tab = self.matched.get(member.name)
            if tab is not None:
                kept.append(family.member(member.name, tab.title))
            elif member.name in self.errors:
                kept.append(member)
            elif not is_named(family.options.archived_tabs, member.title):
                kept.append(member)
                self.errors[member.name] = _member_missing(member)
        if family.name in self.errors:
            self.errors |= {member.name: self.errors[family.name] for member in kept}
        elif not self.members[family.name]:
            self.errors[family.name] = _no_member(family)
        self.members[family.name] = kept


def _may_share(contract: Tab) -> bool:
    """Return whether other contracts may have the same tab: of other lines, or other tables."""
    return bool(contract.options.lines_where) or is_one_of_several(contract)


def _unreadable(contract: Tab, tab: TabMetadata | None, tabs: Sequence[TabMetadata]) -> SourceError:
    where = place(contract.workbook, contract.title)
    if tab is not None and tab.error is not None:
        return _not_opened(contract, tab)
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


def _not_opened(contract: Tab, tab: TabMetadata) -> SourceError:
    message, fix = (tab.error.message, tab.error.fix) if tab.error is not None else ("", "")
    where = place(contract.workbook, contract.title)
    return _error("file_damaged", contract, f"{where} cannot be read: {message}", fix)


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


def _claimed_twice(member: Tab, tab: TabMetadata, claimants: list[Tab]) -> SourceError:
    files = " and ".join(family.path.name for family in claimants)
    return _error(
        "tab_claimed_twice",
        member,
        f"{place(member.workbook, tab.title)} is claimed by the title patterns of {files}",
        "narrow one of the two patterns, so that the tab is in one family",
    )


def _error(code: ErrorCode, contract: Tab, message: str, fix: str) -> SourceError:
    return SourceError(code, message, fix, contract.workbook, contract.family or contract.name)
