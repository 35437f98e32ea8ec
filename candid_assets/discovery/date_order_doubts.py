"""Asks which of two figures is the day where the cells of a column leave it open, or disagree."""

from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.typing_habits import usual_habits

_FIRST: Final = {"dmy": "day", "mdy": "month"}
_ENOUGH: Final = 0.88
"""The part of a text column's cells that are dates in either order."""


def date_orders(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about each column whose dates may have their day and month exchanged.

    No cell can be read in one way only, or some only in the one and some only in the other, or a
    few against the workbook's locale decide for many.

    Args:
        table: The proposal.
        group: The tabs that make it.
    """
    locale = group.members[0].extract.locale
    usual = usual_habits(locale, ()).date_order if locale else None
    for column in table.columns:
        order = column.guess.options.get("dateOrder", "dmy")
        if column.logical in {"date", "timestamp"}:
            if column.facts.either_order and order in _FIRST and not column.blocked:
                yield from _which(column, order, usual or order)
        elif column.logical == "string" and _are_dates(column):
            yield _text(column)


def _which(column: ColumnProposal, order: str, usual: str) -> Iterator[ContractQuestion]:
    """Ask which order is meant, unless cells of one order alone decide."""
    facts, other = column.facts, "mdy" if order == "dmy" else "dmy"
    first, second = _FIRST[order], _FIRST[other]
    proof, against = facts.dmy_only, facts.mdy_only
    if order == "mdy":
        proof, against = against, proof
    why = f"{_cells(facts.either_order)} can be read both ways"
    taken = f"The {first} is taken to come first."
    if against:
        why = (
            f"{_cells(proof)} can only be read so, and {against:,} only with the {second} first;"
            f" {why}"
        )
        taken = f"The {first} is taken to come first; what cannot be read so goes to quarantine."
    elif proof and (order == usual or proof >= facts.either_order):
        return
    elif proof:
        why = f"The locale says otherwise; {_cells(proof)} can only be read so, but {why}"
    yield ContractQuestion(
        Damage.MISREAD_VALUES,
        f"Does the {first} come first in the dates of {column.header}? {why}.",
        taken,
        (ContractAnswer(f"the {second} comes first", "dateOrder", other, column.name),),
    )


def _are_dates(column: ColumnProposal) -> bool:
    """Whether nearly all texts of a column are dates, some in one order only, some in the other."""
    facts = column.facts
    read = max(facts.dmy, facts.stamp_dmy) + facts.mdy_only
    return min(facts.dmy_only, facts.mdy_only) > 0 and read >= _ENOUGH * facts.cells


def _text(column: ColumnProposal) -> ContractQuestion:
    facts = column.facts
    logical = "timestamp" if facts.stamp_dmy > facts.dmy else "date"
    answers = []
    for order, first in _FIRST.items():
        when = f"the {first} comes first, and the others are faults"
        answers.append(ContractAnswer(when, "logicalType", logical, column.name))
        answers.append(ContractAnswer(when, "dateOrder", order, column.name))
    return ContractQuestion(
        Damage.MISREAD_VALUES,
        f"Are the dates of {column.header} typed in two orders?"
        f" {_cells(facts.dmy_only)} can only be read with the day first, {facts.mdy_only:,} only"
        f" with the month first, {facts.either_order:,} both ways.",
        "They stay text as they are; to have days, type them in one order at the source.",
        tuple(answers),
    )


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
