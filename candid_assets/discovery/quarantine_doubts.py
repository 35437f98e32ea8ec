"""Asks about rows that would go to quarantine, and says what of the contract would keep them."""

from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.noted_answers import noted_answer
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.rehearsal import Rehearsed
from candid_assets.discovery.shown_rows import HeldRows
from candid_assets.vocabulary import BLANK_WORDS

_MOST_WORDS: Final = 8
_CELLS: Final = 6
_UNREADABLE: Final = "not_a"
"""How the reasons of cells begin that are not of their column's type."""
_SETTINGS: Final = {
    "fault_word": ("they are values like the others", "faultWords", None),
    "date_in_text": ("they are the texts that are shown", "datesAsShown", True),
    "too_precise": ("they may be rounded", "roundToScale", True),
    "bad_phone": ("they are no telephone numbers, but text", "phone", None),
    "below_minimum": ("they may be below it", "logicalTypeOptions", None),
    "too_short": ("they may be shorter", "logicalTypeOptions", None),
    "not_allowed": ("they are values like the others", "enum", None),
    "missing_value": ("the cell may be blank", "required", None),
}
"""Reason to the answer in words, and the setting of the column that keeps such cells."""


def quarantined_rows(
    table: TableProposal, group: TableGroup, outcome: Rehearsed
) -> Iterator[ContractQuestion]:
    """Ask about rows that a run would put in quarantine, once for each column and reason."""
    columns = {column.name: column for column in table.columns}
    blocked = {item.column for item in table.blocked}
    asked: set[tuple[str, str]] = set()
    for member in group.members:
        for held in outcome.held_rows.get(member.number, ()):
            if held.column in blocked or (held.column, held.reason) in asked:
                continue
            asked.add((held.column, held.reason))
            count = outcome.reasons[held.column, held.reason]
            column = columns.get(held.column)
            answers = _answers(table, column, held) if column else ()
            yield ContractQuestion(
                Damage.LOST_ROWS,
                f"{count:,} {'rows go' if count > 1 else 'row goes'} to quarantine,"
                f" such as {held.messages[0]}. Right?",
                "They are kept there with the reason, and counted in no figure.",
                (*answers, _right(table, column, held)),
                member.tab.title,
                held.cells[:_CELLS],
            )


def _right(table: TableProposal, column: ColumnProposal | None, held: HeldRows) -> ContractAnswer:
    """Return the answer that such rows belong into quarantine."""
    note = f"Rows such as {', '.join(held.cells[:1])} go to quarantine ({held.reason})."
    return noted_answer(table, column, "yes", note)


def _answers(
    table: TableProposal, column: ColumnProposal, held: HeldRows
) -> Iterator[ContractAnswer]:
    """Return what of a column's line would keep such rows."""
    name, keyed = column.name, column.key_position is not None
    if held.reason.startswith(_UNREADABLE):
        words = held.values
        if words and len(words) <= _MOST_WORDS and not keyed:
            before = column.guess.options.get("blankWords", BLANK_WORDS)
            value = [*before, *(word.lower() for word in words if word.lower() not in before)]
            when = f"{', '.join(words)} stands for no value"
            yield ContractAnswer(when, "blankWords", value, name)
            if column.required:
                yield ContractAnswer(when, "required", None, name)
        yield ContractAnswer("the column holds text", "logicalType", "string", name)
    elif held.reason == "duplicate_key":
        when = "they are different things"
        for key in table.primary_key:
            yield ContractAnswer(when, "primaryKey", None, key)
        yield ContractAnswer("the lower row corrects the upper", "duplicateKeys", "keep_last")
    elif held.reason in _SETTINGS:
        when, setting, kept = _SETTINGS[held.reason]
        yield ContractAnswer(when, setting, kept, name)
        if keyed and setting == "required":
            yield ContractAnswer(when, "primaryKey", None, name)
        if column.enum and setting == "faultWords":
            yield ContractAnswer(when, "enum", None, name)
