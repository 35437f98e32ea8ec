"""Names and types the columns of one table."""

import re
from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.code_lengths import propose_length
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.find_tables import (
    TableGroup,
    column_name,
    prefilled_cells,
    words_over,
)
from candid_assets.discovery.form_columns import add_forms
from candid_assets.discovery.header_units import unit_of
from candid_assets.discovery.kind_columns import add_kind
from candid_assets.discovery.notation_doubts import notations
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.section_columns import add_sections
from candid_assets.discovery.tab_options import tab_options
from candid_assets.discovery.type_guess import TypingHabits, guess_type

_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$")
"""What a header says behind its name, such as (kg)."""


def describe_table(
    tabs: TableGroup, facts: dict[int, ColumnFacts], habits: TypingHabits
) -> TableProposal:
    """Return a table with its columns named and typed.

    Args:
        tabs: The tabs that make it.
        facts: What the cells of each column are, by the column's number.
        habits: How numbers and dates of the table are typed.
    """
    first = tabs.members[0]
    table = TableProposal(
        name=tabs.name,
        title=first.tab.title,
        titles=tuple(m.tab.title for m in tabs.members),
        layout=first.layout,
        columns=[],
        pattern=tabs.pattern,
        options=tab_options(tabs),
        regions=tuple((m.tab.title, r) for m in tabs.members for r in m.layout.regions),
        rows=sum(len(m.data_rows) for m in tabs.members),
    )
    table.notes.append("Proposed by `candid discover`; review it and say what things mean.")
    if tabs.pattern:
        table.notes.append(f"Tabs of one layout: {', '.join(table.titles)}.")
    _name_columns(table, tabs, facts, habits)
    table.questions += notations(table, habits)
    if first.kind:
        table.notes.append(f"Lines {first.kind.name} of the tab, which has several kinds.")
        add_kind(table, first.kind)
    add_forms(table, tabs)
    add_sections(table, tabs)
    shown = prefilled_cells(tabs.members)
    if shown:
        names = zip(tabs.headers, table.columns, strict=True)
        table.options["prefilled"] = {c.name: shown[h] for h, c in names if h in shown}
    summed = {
        member.layout.headers[place - 1]
        for member in tabs.members
        for places in member.summaries.sums.values()
        for place in places
    }
    if summed:
        table.options["totalColumns"] = [c.name for c in table.columns if c.header in summed]
    _add_descriptions(table, tabs)
    return table


def _add_descriptions(table: TableProposal, tabs: TableGroup) -> None:
    """Take units and descriptions from the header and the line below it, which is no data."""
    lines = [
        {h: m.layout.described[p] for h, p in m.headers.items() if p in m.layout.described}
        for m in tabs.members
    ]
    line = next((each for each in lines if each), {})
    units: dict[str, str] = {}
    for member in tabs.members:
        places = member.headers.items()
        units |= {h: member.layout.units[p] for h, p in places if p in member.layout.units}
    for header, column in zip(tabs.headers, table.columns, strict=True):
        column.unit = units.get(header)
        column.description = None if column.unit else line.get(header)
        bracketed = _BRACKETED.search(column.header)
        if bracketed and column.logical in {"integer", "number"}:
            column.unit = column.unit or unit_of(bracketed[1])
    if line:
        names = zip(tabs.headers, table.columns, strict=True)
        table.options["descriptionRow"] = {c.name: line[h] for h, c in names if h in line}


def _words_for_no_value(column: ColumnProposal) -> Iterator[str]:
    """Yield how many cells of a column of text are a word for nothing, or for a fault."""
    facts, options = column.facts, column.guess.options
    if column.logical == "string" and "blankWords" in options:
        yield f"{facts.nothing:,} blank: {', '.join(facts.nothing_found)}"
    if column.logical == "string" and "faultWords" in options:
        yield f"{facts.faults:,} faults: {', '.join(facts.faults_found)}"


def _name_columns(
    table: TableProposal,
    tabs: TableGroup,
    facts: dict[int, ColumnFacts],
    habits: TypingHabits,
) -> None:
    taken: set[str] = set()
    for index, header in enumerate(tabs.headers):
        name, written, place = column_name(tabs, header)
        while name in taken:
            name += "_2"
        taken.add(name)
        known = facts.get(index, ColumnFacts())
        guess = guess_type(words_over(tabs, header), known, habits)
        column = ColumnProposal(name, written, place, known, guess)
        others = [m.renamed[header] for m in tabs.members if header in m.renamed]
        column.other_headers = tuple(dict.fromkeys(others))
        column.optional = any(header not in m.headers for m in tabs.members)
        if not known.cells:
            column.notes.append("no cells yet")
        else:
            column.notes.append(f"{guess.logical}: {guess.evidence}")
            column.notes += _words_for_no_value(column)
            propose_length(column)
        table.columns.append(column)
    if all(column.optional for column in table.columns):
        table.columns[0].optional = False
