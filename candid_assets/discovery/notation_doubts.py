"""Asks whether commas and points divide thousands or decimals, where nothing says so."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.discovery.office_words import is_of_money
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
    english = habits.notation == "en"
    if habits.of_locale:
        yield from _of_locale(numbers, habits)
        return
    decided = any(column.facts.text_id_only + column.facts.text_en_only for column in numbers)
    doubted = [column for column in numbers if _cells(column)]
    if decided or not doubted:
        return
    sign = "comma" if english else "point"
    yield _question(
        doubted,
        f"Does the {sign} divide thousands in {_named(doubted)}?"
        f" {sum(map(_cells, doubted)):,} cells can be read both ways, and nothing says in which"
        " language they were typed.",
        f"They are read in {'English' if english else 'Indonesian'}: the {sign} divides thousands.",
        f"the {sign} divides decimals",
        habits,
    )


def _of_locale(
    numbers: Sequence[ColumnProposal], habits: TypingHabits
) -> Iterator[ContractQuestion]:
    """Ask about money with three decimals, which are thousands in the other notation."""
    english = habits.notation == "en"
    sign = "point" if english else "comma"
    odd = {
        column.name: facts.point_groups if english else facts.comma_groups
        for column in numbers
        if not (facts := column.facts).text_cents and is_of_money(column.header)
    }
    doubted = [column for column in numbers if odd.get(column.name)]
    if doubted:
        yield _question(
            doubted,
            f"Does the {sign} divide thousands in {_named(doubted)}? {sum(odd.values()):,} cells"
            " have three figures behind it, as amounts of money seldom have.",
            f"They are read as the workbook's locale says: the {sign} divides decimals.",
            f"the {sign} divides thousands",
            habits,
        )


def _question(
    doubted: Sequence[ColumnProposal], text: str, taken: str, when: str, habits: TypingHabits
) -> ContractQuestion:
    answers = tuple(answer for column in doubted for answer in _answers(column, when, habits))
    return ContractQuestion(Damage.MISREAD_VALUES, text, taken, answers)


def _named(columns: Sequence[ColumnProposal]) -> str:
    return ", ".join(column.header for column in columns[:_NAMED])


def _cells(column: ColumnProposal) -> int:
    """Return how many texts of a column are one number in one notation and another in the other."""
    return column.facts.point_groups + column.facts.comma_groups


def _answers(column: ColumnProposal, when: str, habits: TypingHabits) -> Iterator[ContractAnswer]:
    other = TypingHabits("id" if habits.notation == "en" else "en", habits.date_order)
    guess = guess_type(column.header, column.facts, other)
    yield ContractAnswer(when, "notation", other.notation, column.name)
    if guess.logical in _NUMBERS and guess.logical != column.logical:
        yield ContractAnswer(when, "logicalType", guess.logical, column.name)
    if guess.logical in _NUMBERS and guess.physical:
        yield ContractAnswer(when, "physicalType", guess.physical, column.name)
