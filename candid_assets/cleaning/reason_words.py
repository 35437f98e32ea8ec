"""What a person reads about a cell that did not pass: the words after the cell's value."""

from decimal import Decimal
from typing import Final

from candid_assets.contracts.catalog import Bound, Column
from candid_assets.contracts.column_types import decimal_scale
from candid_assets.contracts.custom_properties import RUPIAH

_SHOWN: Final = 8
"""The most words of a list that a message names."""


def phrases(column: Column, key_named: str = "") -> dict[str, str]:
    """Return each reason that a cell of the column can have with the words that explain it.

    `key_named` lists the headers of a key of several columns. The cell that repeats the value
    is put behind the last two.
    """
    told = {"error_cell": "is a formula error; mend the formula"}
    if column.options.blocked:
        told["blocked_column"] = f"stands in a blocked column: {column.options.blocked}"
    if column.required or column.primary_key_position is not None:
        told["missing_value"] = "blank, but a value is required"
    if column.logical_type != "string":
        told |= _of_type(column)
    elif column.options.phone:
        told["bad_phone"] = "is not an Indonesian telephone number"
    told |= _rules(column, key_named)
    return {reason: phrase for reason, phrase in told.items() if phrase}


def _rules(column: Column, key_named: str) -> dict[str, str]:
    """Return the words for what a contract asks of a value; blank ones where it asks nothing."""
    told = {}
    told["below_minimum"] = _bounds(column.minimum, "below", column.exclusive_minimum, "above")
    told["above_maximum"] = _bounds(column.maximum, "above", column.exclusive_maximum, "below")
    if column.enum:
        told["not_allowed"] = f"is none of the allowed values: {_some(column.enum)}"
    if column.pattern is not None:
        told["bad_pattern"] = f"does not match the pattern {column.pattern}"
    if column.min_length is not None:
        told["too_short"] = f"is shorter than {column.min_length} characters"
    if column.max_length is not None:
        told["too_long"] = f"is longer than {column.max_length} characters"
    if column.primary_key_position is not None:
        told["duplicate_key"] = f"has the same key {key_named}as "
    if column.unique:
        told["duplicate_value"] = "has the same value as "
    return told


def _of_type(column: Column) -> dict[str, str]:
    yes, no = _some(column.options.true_words), _some(column.options.false_words)
    told = {"out_of_range": f"does not fit {column.physical_type}"}
    if column.logical_type == "number":
        scale = decimal_scale(column.physical_type)
        told["not_a_number"] = f"is not a number {_notation(column)}"
        told["too_precise"] = f"has more decimals than the {scale} that are kept"
    else:
        reason, phrase = {
            "integer": ("not_an_integer", f"is not a whole number {_notation(column)}"),
            "boolean": ("not_a_boolean", f"is neither yes ({yes}) nor no ({no})"),
            "date": ("not_a_date", "is not a date"),
            "timestamp": ("not_a_timestamp", "is not a date with a time of day"),
            "time": ("not_a_time", "is not a time of day"),
        }[column.logical_type]
        told[reason] = phrase
    return told


def _notation(column: Column) -> str:
    if column.options.notation == "id":
        told = "in Indonesian notation (1.250.000,50)"
    else:
        told = "in English notation (1,250,000.50)"
    currency = column.options.currency
    return told if currency == RUPIAH else f"{told}, plain or in {currency}"


def _bounds(plain: Bound | None, beyond: str, exclusive: Bound | None, not_beyond: str) -> str:
    told = []
    if plain is not None:
        told.append(f"is {beyond} {shown(plain)}")
    if exclusive is not None:
        told.append(f"is not {not_beyond} {shown(exclusive)}")
    return " or ".join(told)


def shown(bound: Bound) -> str:
    """Return a bound as a person writes it in a contract."""
    return format(bound, "f") if isinstance(bound, Decimal) else str(bound)


def _some(words: tuple[str, ...]) -> str:
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
