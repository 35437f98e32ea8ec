"""Reads the values of column rules from a contract, validates them, and formats them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from candid_assets.contracts.catalog import Bound, Column, LogicalType, RuleValue
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

_MOST_LISTED: Final = 8


@dataclass(frozen=True, slots=True)
class Declared:
    """A rule as a contract file declares it."""

    document: YamlDocument
    column: Column
    """The rule's column, complete but for its rules."""
    where: tuple[Step, ...]
    """The path of the rule's key in the file."""
    value: Any
    """The rule's value as YAML reads it."""

    def fault(self, message: str, fix: str, *steps: Step) -> None:
        """Report a problem at the rule, or at a place below it."""
        self.document.fault((*self.where, *steps), message, fix)


def read_bound(declared: Declared) -> Bound | None:
    """Return a minimum or maximum in the column's type."""
    logical = declared.column.logical_type
    value = _value(logical, declared.value)
    if value is None:
        forms = {"integer": "a whole number", "number": "a number"}
        forms["date"] = "a day such as 2025-08-17"
        form = forms.get(logical, "a moment such as 2025-08-17T14:30:00")
        declared.fault(f"{declared.where[-1]} {declared.value!r} is not {form}", "correct it")
    return value


def read_length(declared: Declared) -> int | None:
    """Return a number of characters."""
    value = declared.value
    if type(value) is int and value >= 0:
        return value
    declared.fault(f"{declared.where[-1]} {value!r} is not a whole number", "correct it")
    return None


def read_pattern(declared: Declared) -> str | None:
    """Return a regular expression, reported if Python or DuckDB does not compile it."""
    # DuckDB is loaded where contracts are read, not where their checks are planned.
    from candid_assets.contracts.duckdb_syntax import pattern_fault

    pattern = declared.value
    if not isinstance(pattern, str):
        declared.fault(f"pattern {pattern!r} is not text", "put it in quotes")
        return None
    fault = pattern_fault(pattern)
    if fault:
        fix = "write it as both read it: no look-around, back-reference or possessive repetition"
        declared.fault(f"pattern {pattern!r} does not compile: {fault}", fix)
    return pattern


def read_enum(declared: Declared) -> tuple[str, ...]:
    """Return the allowed values as canonical text."""
    name, logical = declared.column.name, declared.column.logical_type
    options = declared.column.options
    values: list[str] = []
    for index, entry in enumerate(declared.value):
        text = _canonical(logical, entry.value)
        if entry.value is None and declared.document.has_problem(*declared.where, index):
            continue
        if text is None:
            message = f"enum value {entry.value!r} of {name!r} is not a {logical}"
            declared.fault(message, 'write it in the column\'s type; text in quotes: "…"', index)
        elif text in values:
            declared.fault(f"enum value {text!r} is given twice", "remove one of the two", index)
        elif options.letter_case and text != getattr(text, options.letter_case)():
            message = f"enum value {text!r} is not in {options.letter_case} case"
            declared.fault(message, f"write it in {options.letter_case} case", index)
        else:
            values.append(text)
    if not declared.value:
        declared.fault(f"enum of {name!r} is empty", "list its values")
    for word, value in options.synonyms.items():
        if values and value not in values:
            message = f"synonym {word!r} stands for {value!r}, which the enum of {name!r} lacks"
            at = (*declared.where[:-1], "customProperties")
            declared.document.fault(at, message, f"use {nearest(value, values)!r}")
    return tuple(values)


def shown(value: RuleValue) -> str:
    """Return a rule's value as a person writes it in a contract."""
    if isinstance(value, tuple):
        return listed(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def listed(words: Sequence[str]) -> str:
    """Return words joined by commas, the ninth and later ones only counted."""
    more = len(words) - _MOST_LISTED
    return ", ".join(words[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _value(logical: LogicalType, written: Any) -> Bound | None:
    """Return a number, day or moment in a column's type, or None where it is not one."""
    if logical in {"integer", "number"}:
        whole_enough = isinstance(written, int if logical == "integer" else int | float)
        return Decimal(str(written)) if whole_enough and not isinstance(written, bool) else None
    if not isinstance(written, str):
        return None
    try:
        if logical == "date":
            return date.fromisoformat(written) if len(written) == 10 else None
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def _canonical(logical: LogicalType, written: Any) -> str | None:
    """Return an allowed value as canonical text, or None where it is not of the column's type."""
    if logical == "string":
        return written if isinstance(written, str) and written.strip() == written != "" else None
    value = _value(logical, written)
    if value is None:
        return None
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
