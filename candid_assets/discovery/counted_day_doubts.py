"""Asks whether numbers that a spreadsheet may count as days are days."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from candid_assets.discovery.counted_days import PROPERTY, are_bare_days, may_be_days
from candid_assets.discovery.office_words import words_of
from candid_assets.discovery.proposal import ColumnProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage

_FIRST: Final = date(1899, 12, 30)
_LAST: Final = 99_999


def counted_day_questions(columns: Sequence[ColumnProposal]) -> Iterator[ContractQuestion]:
    """Yield a question about each column of numbers that are taken for days, or may be days."""
    for column in columns:
        facts, name = column.facts, column.name
        if are_bare_days(facts, words_of(column.header)):
            yield _bare(column)
            continue
        if column.guess.options.get(PROPERTY):
            taken = "They are read as days counted from 30 December 1899."
            when = "they are numbers"
            answers = [ContractAnswer(when, PROPERTY, None, name)]
            if not facts.date + facts.stamp + facts.dmy + facts.mdy + facts.ymd:
                logical = "number" if facts.counted_moments else "integer"
                answers.insert(0, ContractAnswer(when, "logicalType", logical, name))
        elif column.logical in {"integer", "number"} and may_be_days(
            facts, words_of(column.header)
        ):
            taken = "They are read as numbers; at the source, give them the format of a date."
            when = "they are days"
            logical = "timestamp" if facts.counted_moments else "date"
            answers = [
                ContractAnswer(when, "logicalType", logical, name),
                ContractAnswer(when, PROPERTY, True, name),
            ]
        else:
            continue
        yield ContractQuestion(
            Damage.MISREAD_VALUES,
            f"Are the numbers of {column.header} days{_such_as(facts.biggest)}? They have no format"
            " of a date.",
            taken,
            tuple(answers),
        )


def _bare(column: ColumnProposal) -> ContractQuestion:
    return ContractQuestion(
        Damage.MISREAD_VALUES,
        f"Are the figures of {column.header} days, such as 20250301 for 1 March 2025?",
        "They are read as they stand, not as days; to have days, write them with signs at the"
        " source (2025-03-01) or give them the format of a date.",
        (),
    )


def _such_as(number: float) -> str:
    """Return a number as an example of one that is a day, blank where it is none."""
    if not 1 <= number <= _LAST:
        return ""
    day = _FIRST + timedelta(days=int(number))
    return f", such as {int(number)} for {day.day} {day:%B %Y}"
