"""The call of the parser that reads a column's cells."""

from collections.abc import Mapping
from typing import Final

from candid_assets.cleaning.macros import folded
from candid_assets.cleaning.stated_period import StatedPeriod
from candid_assets.contracts.catalog import Column
from candid_assets.contracts.custom_properties import RUPIAH, DurationUnit
from candid_assets.sql import literal, text_list

UNIT_SECONDS: Final[Mapping[DurationUnit, int]] = {
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}
CELL_TEXT: Final = "cell.text"
"""The text of the cell that a call reads."""
CELL_KIND: Final = "cell.kind"
"""The kind of the cell that a call reads."""


def is_read_as_it_is(column: Column) -> bool:
    """Return whether a column's text goes to its parser as it stands, no word of it replaced."""
    return not column.options.synonyms and prepared_sql(column, "", "") == ("", "")


def prepared_sql(column: Column, text: str, kind: str) -> tuple[str, str]:
    """Return the text and the kind that a column's parser is given, as SQL.

    They are columns of their own beside the call: a parser names its text many times, and DuckDB
    would plan and compute what makes it as often.
    """
    if column.options.days_counted:
        return f"counted_day({text}, {kind})", f"counted_kind({text}, {kind})"
    if column.logical_type == "date" and column.options.date_order == "ymd":
        return f"bare_day({text}, {kind})", f"bare_kind({text}, {kind})"
    if column.logical_type in {"number", "integer"} and not column.options.duration:
        return _unmarked_sql(column, text), kind
    return text, kind


def parser_sql(column: Column, period: StatedPeriod | None = None) -> str | None:
    """Return the parser's call on `CELL_TEXT` and `CELL_KIND`; None for what stays text.

    `period` is the one above the header that gives days without a year theirs.
    """
    options = column.options
    cell = f"{CELL_TEXT}, {CELL_KIND}"
    notation, order = literal(options.notation), literal(options.date_order)
    if options.duration:
        return f"read_duration({cell}, {UNIT_SECONDS[options.duration]})"
    if column.logical_type in {"number", "integer"}:
        return f"read_number({cell}, {notation})"
    if column.logical_type == "boolean":
        true, false = ([folded(w) for w in ws] for ws in (options.true_words, options.false_words))
        return f"parse_boolean({cell}, {text_list(true)}, {text_list(false)})"
    if column.logical_type == "string":
        return f"parse_phone({cell})" if options.phone else None
    if column.logical_type == "time":
        return f"parse_time({cell})"
    more = f"_of_period({cell}, {order}, {days_sql(period)})"
    return f"parse_{column.logical_type}" + (more if options.year_from else f"({cell}, {order})")


def days_sql(period: StatedPeriod | None) -> str:
    """Return a period's first and last day as SQL, both NULL where it is not known."""
    if period is None:
        return "NULL::DATE, NULL::DATE"
    return f"DATE {literal(str(period.first))}, DATE {literal(str(period.last))}"


def _unmarked_sql(column: Column, text: str) -> str:
    """Return a number's text without its currency and with the sign of its mark."""
    options = column.options
    if options.currency != RUPIAH:
        text = f"without_currency({text}, {literal(options.currency)})"
    if options.negative_marks or options.positive_marks:
        marks = (options.negative_marks, options.positive_marks)
        words = ", ".join(text_list([folded(mark) for mark in listed]) for listed in marks)
        text = f"without_mark({text}, {words})"
    return text
