"""Where the line of YAML that answers a question goes in a contract that was written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from open_data_contract_standard.model import (
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)

from candid_assets.contracts.catalog import LogicalType
from candid_assets.contracts.column_types import physical_type
from candid_assets.contracts.columns import OPTION_TYPES
from candid_assets.contracts.workbook_file import HEAD
from candid_assets.contracts.yaml_edits import ByHandError, Step, YamlFile
from candid_assets.discovery.contract_text import yaml_value
from candid_assets.discovery.questions import COLUMN_LINE, ContractAnswer, ContractQuestion

_OWN: Final = {
    "head": frozenset(OpenDataContractStandard.model_fields),
    "table": frozenset(SchemaObject.model_fields),
    "column": frozenset(SchemaProperty.model_fields),
}
"""Keys of the standard; every other is a custom property."""
_NUMBERS: Final = frozenset({"number", "integer"})


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer as it is typed into a file."""

    when: str
    file: str
    """Name of the file in the workbook's folder."""
    line: int
    """The line that it changes or stands beside, counted from 1."""
    place: str
    """What to do there: `in the line of harga, add`."""
    yaml: str
    """What to type, or to take out."""
    edited: str = field(repr=False)
    """The whole file with this answer."""


def answer_line(answer: ContractAnswer, contract: YamlFile) -> AnswerLine:
    """Return where an answer goes.

    Args:
        answer: The answer.
        contract: The contract it is about, without edits: the table's or the head.

    Raises:
        ByHandError: The file has no such column, or nothing to add to there.
    """
    file = YamlFile(contract.path, contract.content)
    where: tuple[Step, ...] = ()
    if answer.column is not None:
        where = file.place_of(("properties",), "name", answer.column)
    if answer.key == COLUMN_LINE and where:
        line, typed = file.line_of(where), file.text_at(where)
        file.take_out(where)
        return AnswerLine(
            answer.when, contract.path.name, line, "take out the line", typed, file.edited
        )
    kind = "head" if answer.in_head else "column" if where else "table"
    if answer.key in _OWN[kind]:
        line, verb, typed = _own_key(file, where, answer)
    else:
        line, verb, typed = _custom_property(file, where, answer)
    name = HEAD if answer.in_head else contract.path.name
    return AnswerLine(answer.when, name, line, _place(verb, answer), typed, file.edited)


def _own_key(
    file: YamlFile, where: tuple[Step, ...], answer: ContractAnswer
) -> tuple[int, str, str]:
    """Set or take out a key of the standard; return the line, what to do and what to type."""
    here = (*where, answer.key)
    line = file.line_of(here if file.has(here) else where or ("name",))
    if answer.value is None:
        typed = f"{answer.key}: {file.text_at(here)}"
        file.take_out(here)
        return line, "take out", typed
    value = yaml_value(answer.value)
    return line, file.put(where, answer.key, value), f"{answer.key}: {value}"


def _custom_property(
    file: YamlFile, where: tuple[Step, ...], answer: ContractAnswer
) -> tuple[int, str, str]:
    """Set or take out a custom property; return the line, what to do and what to type."""
    properties = (*where, "customProperties")
    if answer.value is None:
        listed = file.place_of(properties, "property", answer.key)
        line, typed = file.line_of(listed), file.text_at(listed)
        file.take_out(listed)
        return line, "take out", typed
    listed_there = file.find(properties, "property", answer.key)
    if listed_there is not None:
        line = file.line_of(listed_there)
    elif where or file.has(properties):
        line = file.line_of(where or properties)
    else:
        # The list begins in the line below its key.
        line = file.line_of(("properties",)) - 1 if file.has(("properties",)) else 1
    typed = f"{{property: {answer.key}, value: {yaml_value(answer.value)}}}"
    verb = file.put_property(where, answer.key, yaml_value(answer.value))
    if verb == "add" and not file.has(properties):
        typed = f"customProperties: [{typed}]" if where else f"customProperties:\n  - {typed}"
    elif verb == "add" and not where:
        typed = f"- {typed}"
    return line, verb, typed


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the lines that answer it."""

    question: ContractQuestion
    table: str
    """The table's name; blank for a tab that is no table."""
    lines: tuple[AnswerLine, ...]

    def facts(self) -> dict[str, Any]:
        """Return what `candid discover --json` shows of it."""
        asked = self.question
        return {
            "damage": asked.damage.code,
            "damage_words": asked.damage.value,
            "table": self.table or None,
            "tab": asked.tab or None,
            "cells": list(asked.cells),
            "question": asked.text,
            "taken": asked.taken,
            "answers": [
                {"when": a.when, "file": a.file, "line": a.line, "place": a.place, "yaml": a.yaml}
                for a in self.lines
            ],
        }


def asked_questions(
    tables: Mapping[str, Sequence[ContractQuestion]], contracts: Mapping[str, YamlFile]
) -> list[AskedQuestion]:
    """Return questions with the lines that answer them, the worst damage first.

    Args:
        tables: The questions by the table's name, blank for those of the workbook.
        contracts: The contracts as written, by the file's name.
    """
    asked = []
    for table, questions in tables.items():
        for question in questions:
            lines = []
            for answer in whole_answers(question, contracts.get(f"{table}.yaml")):
                file = contracts.get(HEAD if answer.in_head else f"{table}.yaml")
                # A contract that lacks what an answer would change is asked about without it.
                with suppress(ByHandError):
                    lines += [answer_line(answer, file)] if file else []
            asked.append(AskedQuestion(question, table, tuple(lines)))
    return sorted(asked, key=lambda each: each.question.damage.rank)


def whole_answers(
    question: ContractQuestion, contract: YamlFile | None
) -> Sequence[ContractAnswer]:
    """Return a question's answers, and what they displace in their column's line.

    Args:
        question: The question.
        contract: The contract as written; None of a workbook's questions.
    """
    given = {(answer.when, answer.column, answer.key) for answer in question.answers}
    more = [
        ContractAnswer(answer.when, key, None, answer.column)
        for answer in question.answers
        if answer.column and contract is not None
        for key in _displaced(contract, answer)
        if (answer.when, answer.column, key) not in given
    ]
    whens = list(dict.fromkeys(answer.when for answer in question.answers))
    return sorted([*question.answers, *more], key=lambda answer: whens.index(answer.when))


def _displaced(contract: YamlFile, answer: ContractAnswer) -> Iterator[str]:
    """Yield the settings of an answer's column that cannot stand beside it."""
    where = contract.find(("properties",), "name", answer.column or "")
    if where is None:
        return
    if answer.key == "logicalType":
        yield from _unfit(contract, where, answer.value)
    elif answer.key == "optional" and answer.value and contract.has((*where, "required")):
        yield "required"


def _unfit(contract: YamlFile, where: tuple[Step, ...], logical: LogicalType) -> Iterator[str]:
    """Yield the settings of a column that mean nothing for a type, or do not suit it."""
    for option, types in OPTION_TYPES.items():
        listed = contract.find((*where, "customProperties"), "property", option)
        if listed is not None and logical not in types:
            yield option
    physical = contract.value((*where, "physicalType"))
    if physical is not None and physical_type(logical, physical) is None:
        yield "physicalType"
    if contract.has((*where, "logicalTypeOptions", "minimum")) and logical not in _NUMBERS:
        yield "logicalTypeOptions"
    yield from (key for key in ("relationships", "enum") if contract.has((*where, key)))


def _place(verb: str, answer: ContractAnswer) -> str:
    """Return what to do at the line, in words."""
    where = f"in the line of {answer.column}" if answer.column else "in the table's part"
    where = "in the head" if answer.in_head else where
    if verb == "take out":
        return f"{where}, take out"
    if verb == "replace":
        return f"{where}, put in place of the present {answer.key}"
    return f"{where}, add"
