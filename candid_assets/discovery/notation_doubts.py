"""Asks whether commas and points divide thousands or decimals, where nothing says so."""

from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.type_guess import TypingHabits, guess_type

_NAMED: Final = 6
_NUMBERS: Final = frozenset({"integer", "number"})


def notations(table: TableProposal, habits: TypingHabits) -> Iterator[ContractQuestion]:
    """Yield a question about the numbers of a table that are two numbers each: `5,421`.

    Args:
        table: The table with its columns typed.
        habits: How its numbers are taken to be typed.
    """
    numbers = [column for column in table.columns if column.logical in _NUMBERS]
    decided = any(column.facts.text_id_only + column.facts.text_en_only for column in numbers)
    doubted = [column for column in numbers if _cells(column)]
    if habits.of_locale or decided or not doubted:
        return
    english = habits.notation == "en"
    sign = "comma" if english else "point"
    named = ", ".join(column.header for column in doubted[:_NAMED])
    yield ContractQuestion(
        Damage.MISREAD_VALUES,
        f"Does the {sign} divide thousands in {named}?"
        f" {sum(map(_cells, doubted)):,} cells can be read both ways, and nothing says in which"
        " language they were typed.",
        f"They are read in {'English' if english else 'Indonesian'}: the {sign} divides thousands.",
        tuple(
            answer
            for column in doubted
            for answer in _answers(column, f"the {sign} divides decimals", habits)
        ),
    )


def _cells(column: ColumnProposal) -> int:
    """Return how many texts of a column are whole in one notation and not so in the other."""
    facts = column.facts
    return abs(facts.text_id_whole - facts.text_en_whole) if facts.text_id and facts.text_en else 0


def _answers(column: ColumnProposal, when: str, habits: TypingHabits) -> Iterator[ContractAnswer]:
    other = TypingHabits("id" if habits.notation == "en" else "en", habits.date_order)
    guess = guess_type(column.header, column.facts, other)
    yield ContractAnswer(when, "notation", other.notation, column.name)
    if guess.logical in _NUMBERS and guess.logical != column.logical:
        yield ContractAnswer(when, "logicalType", guess.logical, column.name)
    if guess.logical in _NUMBERS and guess.physical:
        yield ContractAnswer(when, "physicalType", guess.physical, column.name)
