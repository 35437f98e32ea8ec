"""Looks once more at a source that has contracts: what is new, as edits that only add to them.

New is what nobody was offered before: tabs, members of families, columns, listed values. What a
person changed, added or took out stays as it is (docs/decisions/0033).
"""

import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.cleaning.header_search import HeaderProblem, find_header, rows_to_search
from candid_assets.cleaning.macros import install_macros
from candid_assets.contract_changes.accept import next_version
from candid_assets.contract_changes.new_columns import describe_header
from candid_assets.contract_changes.new_copies import copy_by_hand
from candid_assets.contract_changes.new_values import refused_values
from candid_assets.contract_changes.schema_log import SchemaLogEntry
from candid_assets.contract_changes.source_news import SecondLook, SourceNews
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.titles import folded_title, is_named
from candid_assets.contracts.undescribed import is_undescribed
from candid_assets.contracts.workbook_file import WorkbookDraft
from candid_assets.contracts.yaml_edits import ByHandError, YamlFile
from candid_assets.discovery.contract_text import column_item, table_yaml, text
from candid_assets.discovery.offered import Offered
from candid_assets.discovery.proposal import ColumnProposal, Proposal
from candid_assets.discovery.propose import propose
from candid_assets.discovery.rehearsal import Rehearsal
from candid_assets.discovery.title_families import title_form
from candid_assets.refresh.context import Progress, Quiet
from candid_assets.sources.content_hash import letters_of
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.read_undescribed import UndescribedTab, UndescribedWorkbook
from candid_assets.warehouse.memory import open_scratch

_COMPARE: Final = "comparing with contracts"
_FEWEST_COLUMNS: Final = 3
"""Tabs with fewer headers in common are no family by them."""
_FEWEST_ROWS: Final = 3
"""A value in fewer rows is a slip of the pen until it comes again."""


@dataclass(slots=True)
class _Additions:
    """What one contract would get."""

    members: list[UndescribedTab] = field(default_factory=list)
    """Tabs that feed its table now."""
    joining: list[str] = field(default_factory=list)
    """Titles of new members that its pattern does not claim yet."""
    columns: list[tuple[ColumnProposal, str]] = field(default_factory=list)
    """New columns, each with the title of the first tab that has it."""
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows by column and a value that its list refuses."""


def look_again(
    book: UndescribedWorkbook,
    draft: WorkbookDraft,
    offered: Offered,
    scratch: Path,
    asked: Sequence[str] = (),
    progress: Progress | None = None,
) -> SecondLook:
    """Return what is new in a workbook that has contracts.

    Args:
        book: The workbook as read now.
        draft: Its contracts; those with problems are named and left alone.
        offered: What was offered before; it is not changed.
        scratch: An empty folder.
        asked: Titles of tabs that a person names, which are offered once more.
        progress: Where it is shown how far it is.
    """
    with open_scratch(scratch, threads=1) as connection:
        install_macros(connection)
        looking = _Looking(connection, book, draft, offered, scratch)
        return looking.run(asked, progress or Quiet())


class _Looking:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        book: UndescribedWorkbook,
        draft: WorkbookDraft,
        offered: Offered,
        scratch: Path,
    ) -> None:
        self.connection, self.book, self.draft, self.scratch = connection, book, draft, scratch
        self.workbook = draft.finished()
        self.before = offered
        self.look = SecondLook(Proposal(book.metadata.title), deepcopy(offered))
        self.additions = {tab.name: _Additions() for tab in self.workbook.living_tabs}

    def run(self, asked: Sequence[str], progress: Progress) -> SecondLook:
        look = self.look
        look.by_hand += [
            f"{p.path.name}:{p.line}: {p.message}; {p.fix}" for p in self.draft.problems
        ]
        fresh = [tab for tab in self.book.tabs if self._is_fresh(tab, asked)]
        progress.stage(_COMPARE, len(self.workbook.living_tabs))
        for contract in self.workbook.living_tabs:
            progress.step(_COMPARE, contract.name)
            additions = self.additions[contract.name]
            if additions.members:
                self._compare(contract, additions)
            elif not asked and not contract.is_family:
                what = f"the tab '{contract.title}' of {contract.path.name} is gone"
                look.by_hand.append(f"{what}: `candid contracts diff --write` retires it")
            self._edit(contract, additions)
        self._raise_version()
        self._describe(fresh, progress)
        return look

    def _is_fresh(self, tab: UndescribedTab, asked: Sequence[str]) -> bool:
        """Give a tab to the contracts that name it; return whether it is to be described."""
        folded = folded_title(tab.title)
        owners = [
            each
            for each in self.workbook.living_tabs
            if may_claim_title(each, tab.title)
            or (not each.is_family and folded_title(each.title) == folded)
        ]
        for owner in owners:
            self.additions[owner.name].members.append(tab)
        if owners or not is_undescribed(self.workbook, tab.title):
            return False
        if self.before.has_title(tab.title) and not is_named(asked, tab.title):
            self.look.declined.append(tab.title)
            return False
        if copy := None if is_named(asked, tab.title) else copy_by_hand(tab, self.book):
            self.look.by_hand.append(copy)
            return False
        family = self._family_of(tab)
        if family is None:
            return is_named(asked, tab.title) or not self._is_next_of_kin(tab)
        self.additions[family.name].joining.append(" ".join(tab.title.split()))
        self.additions[family.name].members.append(tab)
        return False

    def _is_next_of_kin(self, tab: UndescribedTab) -> bool:
        """Say where a tab is the next month's (or number's) of one that has a contract alone."""
        form = title_form(tab.title)
        for single in self.workbook.living_tabs:
            other = title_form(single.title)
            alike = form and other and form.mould == other.mould and not single.is_family
            if not alike or form is None or not self._has_headers_of(single, tab):
                continue
            pattern = f"{{property: titlePattern, value: {text(form.pattern)}}}"
            column = "{name: tab_title, physicalName: _tab, logicalType: string, required: true}"
            self.look.by_hand.append(
                f"'{tab.title}' has the headers of '{single.title}': for one table, add {pattern}"
                f" to the customProperties of {single.path.name} and {column} to its properties;"
                f" for another, --tab '{tab.title}' offers it"
            )
            return True
        return False

    def _has_headers_of(self, contract: Tab, tab: UndescribedTab) -> bool:
        """Whether a tab has all headers of a contract, and no others."""
        if tab.extract is None:
            return False
        header = _header_of(contract, tab.extract)
        if isinstance(header, HeaderProblem) or header.unclaimed:
            return False
        return all(c.name in header.positions for c in contract.columns if c.in_sheet)

    def _family_of(self, tab: UndescribedTab) -> Tab | None:
        """Return the family that a tab has all headers of, and no others."""
        for family in self.workbook.living_tabs:
            columns = [column for column in family.columns if column.in_sheet]
            enough = family.is_family and len(columns) >= _FEWEST_COLUMNS
            if enough and self._has_headers_of(family, tab):
                return family
        return None

    def _compare(self, contract: Tab, additions: _Additions) -> None:
        """Note the columns and listed values of a contract's tabs that nobody was offered."""
        rehearsal = Rehearsal(self.connection, self.scratch / "again", self.workbook.name)
        headers: dict[str, list[UndescribedTab]] = {}
        for number, tab in enumerate(additions.members):
            if tab.extract is None:
                if tab.error is not None:
                    self.look.by_hand.append(f"'{tab.title}' could not be read: {tab.error}")
                continue
            header = _header_of(contract, tab.extract)
            if isinstance(header, HeaderProblem):
                self.look.by_hand.append(f"{contract.path.name}: {header}")
                continue
            rehearsal.load(number, tab.extract.table)
            for unclaimed in header.unclaimed:
                headers.setdefault(unclaimed, []).append(tab)
            additions.values.update(refused_values(rehearsal, contract, number))
        for header_text, tabs in headers.items():
            if not self.before.has_header(contract.name, header_text):
                self._add_column(contract, additions, header_text, tabs)

    def _add_column(
        self, contract: Tab, additions: _Additions, header: str, tabs: Sequence[UndescribedTab]
    ) -> None:
        """Describe a new column by the first of the tabs that have it."""
        if tabs[0].extract is None:
            return
        taken = {each.name for each in contract.columns} | {c.name for c, _ in additions.columns}
        column = describe_header(contract, header, tabs[0].extract.table, self.scratch)
        while column.name in taken:
            column.name += "_2"
        column.optional = len(tabs) < len(additions.members)
        additions.columns.append((column, tabs[0].title))

    def _edit(self, contract: Tab, additions: _Additions) -> None:
        """Make the edits that a contract would get."""
        path = contract.path
        file = YamlFile.read(path)
        news: list[SourceNews] = []
        name, offered = contract.name, self.look.offered
        if additions.joining:
            patterns = [contract.options.title_pattern or "", *map(re.escape, additions.joining)]
            place = file.place_of(("customProperties",), "property", "titlePattern")
            file.set((*place, "value"), text("|".join(patterns)))
        for title in additions.joining:
            what = f"the tab '{title}' has the headers of this family and joins it"
            news.append(SourceNews("new_member", name, title, what))
            offered.add_titles([title])
        for column, title in additions.columns:
            what = f"column '{column.header}' as {column.name}, {column.logical}"
            try:
                file.add_item(("properties",), column_item(column))
            except ByHandError as reason:
                self.look.by_hand.append(f"{what}: {reason}")
                continue
            news.append(SourceNews("new_column", name, title, what))
            offered.add_column(name, column.header)
            entry = f"`clean.{contract.table}.{column.name}`: {column.logical}, header"
            self.look.entries.append(SchemaLogEntry("Added", f"{entry} '{column.header}'"))
        headers = {column.name: column.header for column in contract.columns}
        for (column_name, value), rows in additions.values.items():
            header = headers[column_name]
            if rows < _FEWEST_ROWS or value in self.before.values(name, header):
                continue
            what = f"value '{value}' of {column_name}, in {rows:,} rows"
            try:
                place = file.place_of(("properties",), "name", column_name)
                file.add_item((*place, "enum"), f"{{value: {text(value)}}}")
            except ByHandError as reason:
                self.look.by_hand.append(f"{what}: {reason}")
                continue
            news.append(SourceNews("new_value", name, contract.title, what))
            offered.add_column(name, header, [value])
        if news:
            self.look.news += news
            self.look.edited[path] = file

    def _raise_version(self) -> None:
        """Raise the workbook's version where a contract of it is edited."""
        if not self.look.edited:
            return
        head = YamlFile.read(self.workbook.path)
        try:
            head.set(("version",), next_version(head.value(("version",)) or "", breaking=False))
        except ByHandError as reason:
            self.look.by_hand.append(f"raise the version in {head.path.name}: {reason}")
        else:
            self.look.edited[head.path] = head

    def _describe(self, fresh: Sequence[UndescribedTab], progress: Progress) -> None:
        """Propose contracts for new tabs."""
        if not fresh:
            return
        book = UndescribedWorkbook(self.book.metadata, tuple(fresh))
        taken = frozenset(path.stem for path in self.draft.tabs)
        name = self.workbook.name
        scratch = self.scratch / "rehearsal"
        self.look.proposal = propose(book, name, scratch, taken, progress)
        for table in self.look.proposal.tables:
            path = self.workbook.path.with_name(f"{table.name}.yaml")
            self.look.created[path] = table_yaml(table, family=True)
            self.look.offered.add_table(table)
            what = f"'{table.title}' as {path.name}: {table.rows:,} rows of data"
            self.look.news.append(SourceNews("new_table", table.name, table.title, what))


def _header_of(contract: Tab, extract: TabExtract) -> HeaderMap | HeaderProblem:
    table = extract.table
    rows = (
        table.slice(0, rows_to_search(contract)).select(letters_of(table.column_names)).to_pylist()
    )
    return find_header(contract, [list(row.values()) for row in rows])
