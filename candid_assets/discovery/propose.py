"""Proposes contracts for a whole workbook: reads, counts, guesses, rehearses, and says why not."""

from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.cleaning.macros import install_macros
from candid_assets.discovery.block_columns import block_columns
from candid_assets.discovery.borrowed import borrow_keys, borrow_types
from candid_assets.discovery.contained_tabs import contained
from candid_assets.discovery.days_of_period import add_years
from candid_assets.discovery.describe_table import describe_table
from candid_assets.discovery.doubts import show_and_ask
from candid_assets.discovery.find_tables import TableGroup, TableTab, look_at, words_over
from candid_assets.discovery.keys import add_rules, ask_of_broken_key
from candid_assets.discovery.kind_columns import link_kinds
from candid_assets.discovery.merged_body import propose_fills
from candid_assets.discovery.number_formats import NumberFormats
from candid_assets.discovery.office_words import PHONE_WORDS, words_of
from candid_assets.discovery.outer_references import OtherTables, add_outer_references
from candid_assets.discovery.profile_columns import column_facts, forget_cells
from candid_assets.discovery.proposal import LeftOut, Proposal, TableProposal
from candid_assets.discovery.references import add_references
from candid_assets.discovery.rehearsal import Rehearsal, Rehearsed
from candid_assets.discovery.row_rules import add_row_rules
from candid_assets.discovery.shared_types import share_types
from candid_assets.discovery.source_declarations import (
    add_declared,
    add_declared_references,
    add_declared_types,
    declared_of,
)
from candid_assets.discovery.tab_options import add_strangers
from candid_assets.discovery.table_groups import group
from candid_assets.discovery.table_layout import NotATable
from candid_assets.discovery.type_guess import TypeGuess
from candid_assets.discovery.typing_habits import typing_habits, usual_habits
from candid_assets.discovery.worst_column import worst_column
from candid_assets.refresh.context import Progress, Quiet
from candid_assets.sources.read_undescribed import UndescribedTab, UndescribedWorkbook
from candid_assets.warehouse.memory import open_scratch

MOST_QUARANTINED: Final = 0.2
"""Columns are left as text until no greater part of the rows goes to quarantine."""
_LOOK, _TYPES, _REHEARSE = "looking for tables", "choosing types", "rehearsing the cleaning"
_PLACED: Final = ("headerRow", "tableInTab")


def propose(
    book: UndescribedWorkbook,
    workbook: str,
    scratch: Path,
    skip: Collection[str] = (),
    progress: Progress | None = None,
    others: OtherTables | None = None,
) -> Proposal:
    """Return the contracts proposed for a workbook's tabs.

    Args:
        book: The workbook as read.
        workbook: Its name in the catalog.
        scratch: An empty folder for contracts while they are tried.
        skip: Names that tables already have.
        progress: Where it is shown how far it is.
        others: The tables of other workbooks, to which columns may refer.
    """

    def proposed(part: UndescribedWorkbook) -> Proposal:
        with open_scratch(scratch, threads=1) as connection:
            install_macros(connection)
            discovery = _Discovery(connection, part, workbook, scratch, progress or Quiet())
            return discovery.run(skip, others or OtherTables())

    proposal, failed = contained(book, proposed)
    proposal.left_out += [LeftOut(title, "unforeseen", why) for title, why in failed.items()]
    return proposal


class _Discovery:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        book: UndescribedWorkbook,
        name: str,
        scratch: Path,
        progress: Progress,
    ) -> None:
        self.connection, self.book, self.name = connection, book, name
        self.progress = progress
        self.rehearsal = Rehearsal(connection, scratch / "workbooks" / name, name)
        self.proposal = Proposal(book.metadata.title)
        self.groups: dict[int, TableGroup] = {}
        self.tables: dict[int, TableProposal] = {}
        self.outcomes: dict[int, Rehearsed] = {}
        self.strange: dict[int, dict[str, Any]] = {}
        """Custom properties that only a family as a whole has, by table."""
        self.formats: NumberFormats

    def run(self, skip: Collection[str], others: OtherTables) -> Proposal:
        members = self._members()
        self.groups = dict(enumerate(group(members, skip, listed=bool(self.book.metadata.tabs))))
        self._describe()
        add_years(self.connection, self.book.metadata.locale, self.groups, self.tables)
        left_out = {item.title: item.code for item in self.proposal.left_out}
        for number in self.tables:
            add_strangers(self.groups[number], self.strange.setdefault(number, {}), left_out)
        block_columns(self.connection, self.book.metadata.locale, self.groups, self.tables)
        share_types(self.connection, self.tables)
        forget_cells(self.connection)
        borrow_types(self.tables)
        for number, table in self.tables.items():
            self.formats.propose(table, number, self.groups[number])
            propose_fills(table, self.groups[number])
        for number in self._each_table(_TYPES):
            self._settle(number)
        for number in [n for n in self.tables if self._refused(n)]:
            del self.tables[number]
        declared = {}
        for number, table in self.tables.items():
            said = declared_of(self.groups[number])
            if table.rows:
                add_rules(self.connection, table, number)
            if said is not None:
                add_declared(table, said)
                declared[number] = said
        borrow_keys(self.tables)
        add_references(self.connection, self.name, self.tables)
        link_kinds(self.name, self.groups, self.tables)
        add_declared_references(self.name, self.tables, declared)
        add_outer_references(self.connection, self.tables, others)
        add_row_rules(self.connection, self.tables)
        for number in self._each_table(_REHEARSE):
            self._finish(number)
        self.proposal.tables = list(self.tables.values())
        order = {tab.title: n for n, tab in enumerate(self.book.tabs)}
        self.proposal.left_out.sort(key=lambda item: order[item.title])
        return self.proposal

    def _each_table(self, stage: str) -> Iterator[int]:
        """Yield the number of each table and show how far the stage is."""
        if self.tables:
            self.progress.stage(stage, len(self.tables))
        for number in list(self.tables):
            self.progress.step(stage, self.tables[number].name)
            yield number

    def _members(self) -> list[TableTab]:
        members: list[TableTab] = []
        self.progress.stage(_LOOK, len(self.book.tabs))
        for tab in self.book.tabs:
            self.progress.step(_LOOK, tab.title)
            result = look_at(len(members), tab)
            if isinstance(result, NotATable):
                self._leave_out(tab, result.code, result.reason)
                continue
            for member in result:
                members.append(member)
                self.rehearsal.load(member.number, member.extract.table)
        return members

    def _leave_out(self, tab: UndescribedTab, code: str, reason: str) -> None:
        self.proposal.left_out.append(LeftOut(tab.title, code, reason))

    def _describe(self) -> None:
        """Name and type the columns of every table."""
        cells = [
            member.cells(number, table.headers)
            for number, table in self.groups.items()
            for member in table.members
        ]
        phones = [
            (number, index)
            for number, table in self.groups.items()
            for index, header in enumerate(table.headers)
            if words_of(words_over(table, header)) & PHONE_WORDS
        ]
        facts = column_facts(self.connection, cells, phones)
        self.formats = NumberFormats(self.connection)
        facts = self.formats.with_money(facts)
        written = {
            number: [words_over(table, header) for header in table.headers]
            for number, table in self.groups.items()
        }
        usual = usual_habits(self.book.metadata.locale, chain(*written.values()))
        usual = typing_habits(((written[t][n], f) for (t, n), f in facts.items()), usual)
        for number, table_group in self.groups.items():
            ours = {n: f for (t, n), f in facts.items() if t == number}
            habits = typing_habits(((written[number][n], f) for n, f in ours.items()), usual)
            table = describe_table(table_group, ours, habits)
            self.tables[number] = table
            if (said := declared_of(table_group)) is not None:
                add_declared_types(table, said)

    def _settle(self, number: int) -> None:
        """Rehearse a table and leave columns as text until few rows go to quarantine."""
        table = self.tables[number]
        outcome = self._try(number)
        for _ in range(len(table.columns)):
            kept = outcome.clean + outcome.quarantined
            blocked = any(column.blocked for column in table.columns)
            if outcome.problems or outcome.quarantined <= MOST_QUARANTINED * kept or blocked:
                break
            worst = worst_column(table, outcome)
            if worst is None:
                break
            column, count = worst
            column.guess = TypeGuess("string", fitting=column.facts.cells, cells=column.facts.cells)
            column.notes.append(f"left as text: {count:,} of {column.facts.cells:,} would not fit")
            outcome = self._try(number)

    def _refused(self, number: int) -> bool:
        """Leave a table's tabs out where even the reader of contracts refuses what was proposed."""
        outcome = self.outcomes[number]
        for member in self.groups[number].members if outcome.problems else ():
            self._leave_out(member.tab, "not_accepted", outcome.problems[0])
        return bool(outcome.problems)

    def _too_many(self, number: int, outcome: Rehearsed) -> bool:
        """Leave a table's tabs out where more rows would be clean than are data."""
        rows = self.tables[number].rows
        if outcome.clean > rows:
            what = f"{outcome.clean:,} rows would be clean, but {rows:,} look like data"
            fix = "mark totals and notes by a word of their own in the first column"
            for member in self.groups[number].members:
                self._leave_out(member.tab, "rows_unclear", f"{what}; {fix}")
        return outcome.clean > rows

    def _finish(self, number: int) -> None:
        table = self.tables[number]
        outcome = self._try(number, last=True)
        if declared_of(self.groups[number]) is None and ask_of_broken_key(table, outcome.reasons):
            outcome = self._try(number, last=True)
        if self._refused(number) or self._too_many(number, outcome):
            del self.tables[number]
            return
        table.options |= self.strange[number]
        table.clean, table.quarantined = outcome.clean, outcome.quarantined
        table.accounted = outcome.clean + outcome.quarantined + outcome.dropped.total()
        note = f"{table.rows:,} rows of data: {outcome.clean:,} clean"
        dropped = {
            rule: n
            for rule, n in sorted(outcome.dropped.items())
            if rule not in {"header", "above_header", "blank_row"}
        }
        for rule, count in dropped.items():
            note += f", {count:,} dropped as {rule}"
        table.notes.append(f"{note}, {outcome.quarantined:,} to quarantine.")
        show_and_ask(table, self.groups[number], outcome)

    def _try(self, number: int, *, last: bool = False) -> Rehearsed:
        """Rehearse; say the header's row and the words of sums where a run would not know them."""
        outcome = self._tried(number, last=last)
        if not outcome.problems and self._name_summaries(number, outcome):
            outcome = self._tried(number, last=last)
        self.outcomes[number] = outcome
        return outcome

    def _name_summaries(self, number: int, outcome: Rehearsed) -> bool:
        """Name the rows that sum others up and would be kept; return whether there are any."""
        options = self.tables[number].options
        phrases: list[str] = list(options.get("summaryRows", ()))
        wrong = False
        for member in self.groups[number].members:
            dropped, labelled = outcome.summaries[member.number], member.summaries.labelled
            wrong = wrong or bool(dropped & set(member.data_rows))
            phrases += [phrase for row, phrase in labelled.items() if row not in dropped]
        if wrong and "totalWords" not in options:
            # A row of data begins with such a word; only whole phrases can be relied on.
            options["totalWords"] = []
            phrases += [
                p for m in self.groups[number].members for p in m.summaries.labelled.values()
            ]
        named = list(dict.fromkeys(filter(None, phrases)))
        if named == options.get("summaryRows", []) and not wrong:
            return False
        if named:
            options["summaryRows"] = named
        return True

    def _tried(self, number: int, *, last: bool) -> Rehearsed:
        table, table_group = self.tables[number], self.groups[number]
        members = {m.number: m.tab.title for m in table_group.members}
        outcome = self.rehearsal.try_on(table, number, members, last=last)
        rows = {m.number: m.layout.header_row for m in table_group.members}
        wrong = outcome.problems or outcome.header_rows != rows
        if wrong and len(set(rows.values())) == 1 and not {*_PLACED} & table.options.keys():
            table.options = {"headerRow": next(iter(rows.values())), **table.options}
            outcome = self.rehearsal.try_on(table, number, members, last=last)
        return outcome
