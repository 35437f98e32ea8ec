"""Asks about amounts that stay text, since units or currencies stand in their cells: `12,5 kg`."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.noted_answers import noted_answer
from candid_assets.discovery.office_words import UNIT_WORDS, names_codes, words_of
from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.questions import ContractQuestion, Damage

_AMOUNT: Final = re.compile(r"[-+]?\d[\d.,]* ?([^\W\d_][^\d]{0,11}|%)")
_MOST_CELLS: Final = 200
_FEWEST: Final = 5
_NEARLY: Final = 0.8
_MOST_UNITS: Final = 4


def cell_units(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about each column of text whose cells are amounts with units or currencies.

    Args:
        table: The proposal.
        group: The tabs that make it.
    """
    for header, column in zip(group.headers, table.columns, strict=True):
        if column.logical != "string" or column.guess.options.get("phone"):
            continue
        marks = list(column.facts.currencies)
        if len(marks) < 2:
            named = names_codes(words_of(column.header))
            marks = [] if named else _units(group, header)
        if marks:
            yield ContractQuestion(
                Damage.MISREAD_VALUES,
                f"Is {column.header} an amount to be added up? Its cells hold numbers with"
                f" {', '.join(marks)} behind or before them.",
                "It is read as text, which nothing adds up; for numbers, write the unit or currency"
                " into the header or a column of its own, and bare numbers into the cells.",
                (noted_answer(table, column, "no, it is text", "No amount to be added up."),),
            )


def _units(group: TableGroup, header: str) -> list[str]:
    """Return the units behind the numbers of a column of text, the commonest first."""
    units: Counter[str] = Counter()
    filled = 0
    for member in group.members:
        for text in _first_texts(member, header):
            amount = _AMOUNT.fullmatch(text)
            unit = amount[1].strip(" .") if amount else ""
            filled += bool(text)
            units[unit] += unit in UNIT_WORDS
    units += Counter()
    letters = len(units) > 1 and any(len(unit) == 1 and unit.isalpha() for unit in units)
    if units.total() < max(_FEWEST, _NEARLY * filled) or len(units) > _MOST_UNITS or letters:
        return []
    return [unit for unit, _ in units.most_common()]


def _first_texts(member: TableTab, header: str) -> Iterator[str]:
    """Yield the texts of a column's first rows of data, in small letters and on one line each."""
    if header not in member.headers:
        return
    # Only the cells that are asked about: a grid of the whole tab for each column of text takes as
    # many times longer as the tab is wide.
    column = member.extract.table.column(member.letter(header))
    rows = [row - 1 for row in member.data_rows[:_MOST_CELLS]]
    for cell in column.take(rows).to_pylist() if rows else ():
        yield " ".join((cell or "").split()).lower()
