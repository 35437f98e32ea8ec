"""Asks whether numbers that a spreadsheet may count as days are days."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from candid_assets.discovery.counted_days import PROPERTY, bare_days, may_be_days
from candid_assets.discovery.office_words import words_of
from candid_assets.discovery.proposal import ColumnProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage

_FIRST: Final = date(1899, 12, 30)
_LAST: Final = 99_999


def counted_day_questions(columns: Sequence[ColumnProposal]) -> Iterator[ContractQuestion]:
    """Yield a question about each column of numbers that are taken for days, or may be days."""
    for column in columns:
        facts, name = column.facts, column.name
        bare = bare_days(facts, words_of(column.header))
        if bare and (column.logical == "date" or bare == facts.cells):
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
    taken = "They are read as days, the year first."
    when, logical, order = "they are numbers", "integer", None
    if column.logical != "date":
        taken, when, logical, order = "They are read as they stand.", "they are days", "date", "ymd"
    return ContractQuestion(
        Damage.MISREAD_VALUES,
        f"Are the figures of {column.header} days, such as 20250301 for 1 March 2025?",
        taken,
        (
            ContractAnswer(when, "logicalType", logical, column.name),
            ContractAnswer(when, "dateOrder", order, column.name),
        ),
    )


def _such_as(number: float) -> str:
    """Return a number as an example of one that is a day, blank where it is none."""
    if not 1 <= number <= _LAST:
        return ""
    day = _FIRST + timedelta(days=int(number))
    return f", such as {int(number)} for {day.day} {day:%B %Y}"
