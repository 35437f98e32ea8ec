"""What a person reads about a cell that did not pass: the words after the cell's value."""

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.column_rules import rules_of
from candid_assets.contracts.column_types import decimal_scale
from candid_assets.contracts.custom_properties import RUPIAH
from candid_assets.contracts.rule_values import listed, shown


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
    for rule, value in rules_of(column):
        phrase = rule.phrase.format(value=shown(value))
        told[rule.reason] = " or ".join(filter(None, (told.get(rule.reason), phrase)))
    if column.primary_key_position is not None:
        told["duplicate_key"] = f"has the same key {key_named}as "
    if column.unique:
        told["duplicate_value"] = "has the same value as "
    return told


def _of_type(column: Column) -> dict[str, str]:
    yes, no = listed(column.options.true_words), listed(column.options.false_words)
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
