"""Describes a column that the contract lacks by its cells, as `candid discover` would."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from candid_assets.cleaning.header_search import find_header, rows_to_search
from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import header_texts, joined, normalise
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.naming import identifier
from candid_assets.discovery.office_words import PHONE_WORDS, words_of
from candid_assets.discovery.profile_columns import TableCells, column_facts
from candid_assets.discovery.proposal import ColumnProposal
from candid_assets.discovery.type_guess import TypingHabits, guess_type
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.memory import open_scratch


def describe_column(
    landing: Landing, tab: Tab, header: str, extract: CurrentExtract
) -> ColumnProposal:
    """Return a proposal for one header of a tab, typed from all of its cells."""
    table = landing.open(tab.workbook, extract.tab or tab.name, extract.content_hash)
    return describe_header(tab, header, table, landing.root)


def describe_header(tab: Tab, header: str, table: pa.Table, scratch_folder: Path) -> ColumnProposal:
    """Return a proposal for one header of a tab, typed from all cells of an extract.

    Args:
        tab: The contract, which lacks the header.
        header: The header as written.
        table: The extract's cells.
        scratch_folder: Where large counts may spill.
    """
    letters = [n for n in table.column_names if n[0] != "_" and "." not in n]
    rows = table.select(letters).to_pylist()
    lines: list[Sequence[str | None]] = [[row[letter] for letter in letters] for row in rows]
    place, last = _place(tab, header, lines)
    data = range(last + 1, len(lines) + 1)
    with open_scratch(scratch_folder) as scratch:
        install_macros(scratch)
        cells = [TableCells(0, 0, table, data, {0: place})] if place else []
        phones = [(0, 0)] if words_of(header) & PHONE_WORDS else []
        facts = column_facts(scratch, cells, phones).get((0, 0), ColumnFacts())
    guess = guess_type(header, facts, _typing_habits(tab))
    proposal = ColumnProposal(_name(tab, header), header, place, facts, guess)
    if guess.logical != "string":
        proposal.notes.append(f"{guess.logical}: {guess.evidence}")
    return proposal


def _place(tab: Tab, header: str, lines: Sequence[Sequence[str | None]]) -> tuple[int, int]:
    """Return the column's place in the sheet, 0 where it has none, and the header's last row."""
    mapped = find_header(tab, lines[: rows_to_search(tab)])
    if not isinstance(mapped, HeaderMap):
        return 0, 0
    texts = joined(lines[mapped.header_row - 1 : mapped.last_row])
    keys = [normalise(text) for text in header_texts(texts)]
    key = normalise(header)
    return (keys.index(key) + 1 if key in keys else 0), mapped.last_row


def _typing_habits(tab: Tab) -> TypingHabits:
    """Return how the tab is typed, by what its contract says of other columns."""
    numbers = [c for c in tab.columns if c.logical_type in ("number", "integer")]
    dates = [c for c in tab.columns if c.logical_type in ("date", "timestamp")]
    notation = numbers[0].options.notation if numbers else "id"
    return TypingHabits(notation, dates[0].options.date_order if dates else "dmy")


def _name(tab: Tab, header: str) -> str:
    taken = {column.name for column in tab.columns}
    base = identifier(header, digit_prefix="c_") or "column"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
