"""What tables that take one kind of their tab's lines have beside their columns of cells."""

from collections.abc import Mapping
from typing import Final

from candid_assets.contracts.header_text import PARENT_HEADER
from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.line_kinds import LineKind
from candid_assets.discovery.naming import identifier
from candid_assets.discovery.proposal import LineColumn, TableProposal
from candid_assets.discovery.type_guess import TypeGuess
from candid_assets.names import tab_table

_ROW: Final = "row_number"


def add_kind(table: TableProposal, kind: LineKind) -> None:
    """Let a table take one kind of line, and name the rows of its lines and of those above."""
    column = next(c for c in table.columns if c.place == kind.place)
    column.guess = TypeGuess("string", fitting=column.facts.cells, cells=column.facts.cells)
    column.required = True
    column.notes = [f"{kind.name} in each of its lines"]
    if kind.under is None:
        column.enum = (kind.name,)
    taken = {c.name for c in table.columns}
    table.line_columns.append(LineColumn(_free(_ROW, taken), "_row"))
    if kind.under is not None:
        name = f"{identifier(kind.under, digit_prefix='kind_')}_row"
        table.line_columns.append(LineColumn(_free(name, taken), PARENT_HEADER))


def link_kinds(
    workbook: str, groups: Mapping[int, TableGroup], tables: Mapping[int, TableProposal]
) -> None:
    """Let the row of the line above refer to the table that takes such lines."""
    placed = {
        (member.tab.title, member.kind.name): tables[number]
        for number in tables
        for member in groups[number].members
        if member.kind
    }
    for number, table in tables.items():
        member = groups[number].members[0]
        if member.kind is None or member.kind.under is None:
            continue
        parent = placed.get((member.tab.title, member.kind.under))
        if parent is not None:
            target = f"{tab_table(workbook, parent.name)}.{parent.line_columns[0].name}"
            table.line_columns[-1].reference = target


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_of_line"
    return name
