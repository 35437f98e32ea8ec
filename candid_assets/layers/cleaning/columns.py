"""The SQL of one column: how its cell is parsed and which values are refused, with why."""

from dataclasses import dataclass
from datetime import date, datetime

from candid_assets.contracts.model import Bound, Column
from candid_assets.warehouse.tables import literal

EXPECTED = {
    "missing_value": "a value, since it must not be blank",
    "not_a_number": "a number such as 1.250.000,50",
    "not_an_integer": "a whole number",
    "not_a_boolean": "yes or no in words",
    "not_a_date": "a date such as 17/08/2025",
    "not_a_timestamp": "a date and time such as 17/08/2025 14.30",
    "not_a_time": "a time such as 14.30",
    "error_cell": "a value; the formula shows an error",
    "bad_phone": "one Indonesian telephone number",
}
"""What a message says was expected, for the reasons that no rule of the contract explains."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that a parsed value breaks, and what was expected instead."""

    reason: str
    broken: str
    expected: str


def word_list(words: tuple[str, ...]) -> str:
    """Return an SQL list of words in lower case."""
    return "[" + ", ".join(literal(w.casefold()) for w in words) + "]::varchar[]"


def scale_of(physical_type: str) -> int:
    """Return the decimals that an SQL type keeps."""
    inside = physical_type.partition("(")[2].rstrip(")")
    return int(inside.split(",")[1]) if "," in inside else 0


def cleaned(column: Column, letter: str) -> str:
    """Return the SQL of a cell's text without the words that mean blank."""
    text = f"clean_text({letter})"
    if not column.options.blank_words:
        return text
    words = word_list(column.options.blank_words)
    return f"case when list_contains({words}, lower({text})) then null else {text} end"


def parsed(column: Column, text: str, kind: str) -> str:
    """Return the SQL of STRUCT(value, reason) for a cell's clean text and kind."""
    options = column.options
    match column.logical_type:
        case "number":
            return f"read_number({text}, {kind}, {literal(options.notation)})"
        case "integer":
            return f"parse_integer({text}, {kind}, {literal(options.notation)})"
        case "boolean":
            words = f"{word_list(options.true_words)}, {word_list(options.false_words)}"
            return f"parse_boolean({text}, {kind}, {words})"
        case "date":
            return f"parse_date({text}, {kind}, {literal(options.date_order)})"
        case "timestamp":
            return f"parse_timestamp({text}, {kind}, {literal(options.date_order)})"
        case "time":
            return f"parse_time({text}, {kind})"
        case "string":
            if options.phone:
                return f"parse_phone({text}, {kind})"
            return (
                f"{{'value': case when {kind} <> 'e' then {text} end,"
                f" 'reason': case when {kind} = 'e' then 'error_cell' end}}"
            )


def typed(column: Column, cell: str) -> str:
    """Return the SQL of a parsed cell's value in the column's type; NULL where it does not fit."""
    kind = column.physical_type
    if column.logical_type == "number":
        fitted = f"try_cast({cell}.digits as {kind})"
        if not column.options.round_to_scale:
            return fitted
        scale = scale_of(kind)
        step = f"1e-{scale}::{kind}"
        return f"half_even({cell}, {fitted}, {scale}, {step})::{kind}"
    if column.logical_type == "string":
        return f"{_spelled(column, f'{cell}.value')}::{kind}"
    return f"try_cast({cell}.value as {kind})"


def parse_reason(column: Column, cell: str, value: str) -> str:
    """Return the SQL of why a cell could not be read as the column's type, or NULL."""
    if column.logical_type != "number":
        return (
            f"coalesce({cell}.reason, case when {cell}.value is not null and {value} is null"
            " then 'out_of_range' end)"
        )
    scale = 38 if column.options.round_to_scale else scale_of(column.physical_type)
    return f"number_reason({cell}, {value}, {scale})"


def rules(column: Column, value: str) -> list[Rule]:
    """Return the rules that a value which could be read may still break."""
    found: list[Rule] = []
    if column.enum:
        allowed = "[" + ", ".join(literal(v) for v in column.enum) + "]"
        told = "one of " + ", ".join(column.enum)
        found.append(Rule("not_allowed", f"not list_contains({allowed}, {value})", told))
    bounds = (
        ("below_minimum", "<", column.minimum, "at least"),
        ("below_minimum", "<=", column.exclusive_minimum, "more than"),
        ("above_maximum", ">", column.maximum, "at most"),
        ("above_maximum", ">=", column.exclusive_maximum, "less than"),
    )
    for reason, operator, bound, told in bounds:
        if bound is not None:
            broken = f"{value} {operator} {_bound(bound)}"
            found.append(Rule(reason, broken, f"{told} {bound}"))
    if column.min_length is not None:
        broken = f"length({value}) < {column.min_length}"
        found.append(Rule("too_short", broken, f"at least {column.min_length} characters"))
    if column.max_length is not None:
        broken = f"length({value}) > {column.max_length}"
        found.append(Rule("too_long", broken, f"at most {column.max_length} characters"))
    if column.pattern is not None:
        broken = f"not regexp_full_match({value}, {literal(column.pattern)})"
        found.append(Rule("bad_pattern", broken, f"text of the form {column.pattern}"))
    return found


def _spelled(column: Column, value: str) -> str:
    """Return text brought to the one spelling that the contract wants."""
    spelled = value
    if column.options.letter_case:
        spelled = f"{column.options.letter_case}({spelled})"
    if not column.options.synonyms:
        return spelled
    cases = " ".join(
        f"when {literal(seen.casefold())} then {literal(meant)}"
        for seen, meant in column.options.synonyms.items()
    )
    return f"case lower({value}) {cases} else {spelled} end"


def _bound(bound: Bound) -> str:
    if isinstance(bound, datetime):
        return f"timestamp {literal(str(bound))}"
    if isinstance(bound, date):
        return f"date {literal(bound.isoformat())}"
    return str(bound)
