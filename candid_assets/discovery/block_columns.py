"""Blocks columns whose numbers and dates cannot be trusted, and names their cells."""

from collections.abc import Mapping
from typing import Final

import duckdb

from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.locale_misreads import LocaleMisreads, Place
from candid_assets.discovery.proposal import Blocked, ColumnProposal, TableProposal
from candid_assets.discovery.two_scales import read_amounts, two_scales

_SHOWN: Final = 8


def block_columns(
    connection: duckdb.DuckDBPyConnection,
    locale: str,
    groups: Mapping[int, TableGroup],
    tables: Mapping[int, TableProposal],
) -> None:
    """Block the columns that the workbook's locale has misread, and those of two scales.

    Args:
        connection: Where `temp.found_cells` is.
        locale: The workbook's.
        groups: The tabs of each table.
        tables: The tables, whose columns are blocked.
    """
    mixed = LocaleMisreads(connection, locale)
    for look in (mixed.look_at, mixed.look_again):
        for number, table in tables.items():
            place = _places(groups[number])
            for index, column in enumerate(table.columns):
                if look(number, index, column) and column.blocked:
                    cells = mixed.cells(number, index, column.name, place, column.blocked)
                    _note(table, column, cells)
    apart = read_amounts(connection, tables)
    for number, table in tables.items():
        place = _places(groups[number])
        for index, column in enumerate(table.columns):
            if (number, index) in apart and column.blocked is None:
                cells = two_scales(connection, (number, index), column, place)
                _note(table, column, cells)


def _places(group: TableGroup) -> Place:
    members, headers = {m.number: m for m in group.members}, group.headers

    def place(member: int, column: int) -> tuple[str, str]:
        chosen = members[member]
        return chosen.tab.title, chosen.letter(headers[column])

    return place


def _note(table: TableProposal, column: ColumnProposal, blocked: list[Blocked]) -> None:
    table.blocked += blocked
    for item in blocked:
        shown = ", ".join(item.cells[:_SHOWN]) + (" …" if item.count > _SHOWN else "")
        what = "blocked" if column.blocked else item.reason.partition(";")[0]
        column.notes.append(f"{what} in {item.title}: {shown}")
