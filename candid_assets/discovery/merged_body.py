"""Merged cells among the rows of data: columns that are to take the text of the first cell."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.names import column_letter
from candid_assets.sources.content_hash import MERGED

_NAMED: Final = 3
_CELL: Final = re.compile(r"([A-Z]+)([0-9]+)")


def propose_fills(table: TableProposal, tabs: TableGroup) -> None:
    """Propose to fill the columns in which cells of data are merged, with the merges as evidence.

    Cells that are merged side by side are filled where both columns are of one type.

    Args:
        table: The proposal, whose columns are added to.
        tabs: The tabs that make it.
    """
    columns = dict(zip(tabs.headers, table.columns, strict=True))
    merged = [tab for tab in tabs.members if MERGED in tab.extract.table.column_names]
    letters = {tab.number: {h: tab.letter(h) for h in tab.headers} for tab in merged}
    for header, column in columns.items() if merged else ():
        filled = 0
        merges: dict[str, int] = {}
        for tab in merged:
            if header not in tab.headers:
                continue
            typed = {letter: columns[h] for h, letter in letters[tab.number].items()}
            letter = letters[tab.number][header]
            for row, first in _covered(tab, letter):
                if _belongs(column, first, letter, typed):
                    filled += 1
                    merges[first] = max(row, merges.get(first, 0))
        if filled:
            column.filled_cells = filled
            shown = [
                f"{first}:{column_letter(column.place)}{last}" for first, last in merges.items()
            ]
            more = " …" if len(shown) > _NAMED else ""
            column.notes.append(
                f"{filled:,} cells filled from {len(merges):,} merges: "
                + ", ".join(shown[:_NAMED])
                + more
            )


def _covered(tab: TableTab, letter: str) -> Iterator[tuple[int, str]]:
    """Yield each row of data whose cell in a column is merged, and the merge's first cell."""
    merged = tab.extract.table.column(MERGED).to_pylist()
    for row in tab.data_rows:
        cells = orjson.loads(merged[row - 1]) if merged[row - 1] else {}
        if letter in cells:
            yield row, cells[letter]


def _belongs(
    column: ColumnProposal, first: str, letter: str, typed: Mapping[str, ColumnProposal]
) -> bool:
    """Return whether a merge's first cell may stand for a cell of the column."""
    match = _CELL.fullmatch(first)
    other = match[1] if match else ""
    return other == letter or (other in typed and typed[other].logical == column.logical)
