"""The text of a message about a cell that did not pass: the words after the cell's value."""

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.column_rules import rules_of
from candid_assets.contracts.column_types import decimal_scale
from candid_assets.contracts.custom_properties import ANY_CELL, RUPIAH
from candid_assets.contracts.rule_values import listed, shown


def phrases(column: Column, key_named: str = "") -> dict[str, str]:
    """Return each reason that a cell of the column can have with the words that explain it.

    `key_named` lists the headers of a key of several columns. The cell that repeats the value
    is put behind the last two.
    """
    words = {"error_cell": "is a formula error; correct the formula"}
    if column.options.blocked:
        words["blocked_column"] = f"is in a blocked column: {column.options.blocked}"
    if column.options.implausible == "quarantine":
        words["implausible"] = "is far from what the column holds"
    if column.required or column.primary_key_position is not None:
        words["missing_value"] = "blank, but a value is required"
    if column.options.fault_words:
        words["fault_word"] = "stands for a fault; type the value, or leave the cell blank"
    words |= _of_text(column) if column.logical_type == "string" else _of_type(column)
    if column.logical_type in {"string", "integer"} and not column.options.phone:
        words["damaged_id"] = (
            "lost figures where it was read as a number; restore it and keep it as text"
        )
    for rule, value in rules_of(column):
        phrase = rule.phrase.format(value=shown(value))
        words[rule.reason] = " or ".join(filter(None, (words.get(rule.reason), phrase)))
    if column.primary_key_position is not None:
        words["duplicate_key"] = f"has the same key {key_named}as "
    if column.unique:
        words["duplicate_value"] = "has the same value as "
    return words


def _of_text(column: Column) -> dict[str, str]:
    if column.options.phone:
        return {"bad_phone": "is not an Indonesian telephone number"}
    made = "is a date that was made of what was typed"
    return {
        "date_in_text": f"{made}; format the cell as text and type it again",
        "unpadded_code": "has fewer figures than the column's padded codes; give the cell their"
        " number format",
    }


def _of_type(column: Column) -> dict[str, str]:
    yes, no = listed(column.options.true_words), listed(column.options.false_words)
    words = {"out_of_range": f"does not fit {column.physical_type}"}
    if column.options.duration:
        words["not_a_duration"] = "is not a length of time (37:30:00, 2 jam 30 menit, PT2H30M)"
    if column.logical_type in {"number", "integer"}:
        words["other_unit"] = "is shown with another unit than its column: "
    if column.logical_type == "number":
        scale = decimal_scale(column.physical_type)
        words["not_a_number"] = f"is not a number {_notation(column)}"
        words["too_precise"] = f"has more decimals than the {scale} that are kept"
    else:
        reason, phrase = {
            "integer": ("not_an_integer", f"is not a whole number {_notation(column)}"),
            "boolean": ("not_a_boolean", f"is neither yes ({yes}) nor no ({no})"),
            "date": ("not_a_date", "is not a date"),
            "timestamp": ("not_a_timestamp", "is not a date with a time of day"),
            "time": ("not_a_time", "is not a time of day"),
        }[column.logical_type]
        words[reason] = phrase
        words |= _of_period(column.options.year_from)
        words["too_precise"] = "has a part of a microsecond, which is not kept"
    return words


def _of_period(label: str | None) -> dict[str, str]:
    """Return the reasons against days that take their year from a period above the header."""
    if label is None:
        return {}
    period = "the period above the header" + (f" ('{label}')" if label != ANY_CELL else "")
    return {
        "no_year": f"has no year, for {period} is missing, given twice or cannot be read; write it"
        " as 01/12/2024 - 31/12/2024",
        "outside_period": f"is no day of {period}; correct one of the two",
        "ambiguous_year": f"is a day of several years in {period}; give the cell its year",
    }


def _notation(column: Column) -> str:
    if column.options.notation == "id":
        words = "in Indonesian notation (1.250.000,50)"
    else:
        words = "in English notation (1,250,000.50)"
    currency = column.options.currency
    return words if currency == RUPIAH else f"{words}, plain or in {currency}"
