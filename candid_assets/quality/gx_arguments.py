"""A rule's arguments as Great Expectations compares them with the frame's values."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from candid_assets.quality.table_rules import TableRule

PLAIN_CLASSES = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "s": r"[\t\n\f\r ]",
    "S": r"[^\t\n\f\r ]",
}
"""What DuckDB means by a class of characters, written out."""
BRACKET_CLASSES = {
    "d": "0-9",
    "D": "[:^digit:]",
    "w": "0-9A-Za-z_",
    "W": "[:^word:]",
    "s": r"\t\n\f\r ",
    "S": "[:^space:]",
}
"""The same inside brackets."""

MAX_EXACT = 2**53
"""Whole numbers below this are floats without loss."""


def gx_arguments(rule: TableRule, types: dict[str, str]) -> dict[str, object]:
    """Return the arguments of a rule's expectation but for its columns.

    Args:
        rule: The rule.
        types: DuckDB types of the staged table's columns.

    Raises:
        ValueError: A value of the contract cannot be compared with the column; the message says
            which and how to correct it.
    """
    arguments = dict(rule.arguments)
    if not rule.columns:
        return arguments
    column = rule.columns[0]
    kind = types.get(column, "")
    for name in ("min_value", "max_value"):
        bound = arguments.get(name)
        if isinstance(bound, Decimal):
            arguments[name] = _number(bound, kind, column)
        elif isinstance(bound, date):
            arguments[name] = _moment(bound)
    if "regex" in arguments:
        arguments["regex"] = as_duckdb_means(str(arguments["regex"]))
    values = arguments.get("value_set")
    if isinstance(values, list):
        arguments["value_set"] = [_member(str(value), kind, column) for value in values]
    return arguments


def as_duckdb_means(pattern: str) -> str:
    r"""Write out the classes of characters that Python and DuckDB understand differently.

    Cleaning quarantines by DuckDB's regular expressions, where \d, \w and \s are ASCII. pandas
    falls back on Python's for them, where they are not: a value that cleaning let through could
    then stop the table here.
    """
    written, position, within = [], 0, False
    while position < len(pattern):
        one, following = pattern[position], pattern[position + 1 : position + 2]
        if one == "\\":
            classes = BRACKET_CLASSES if within else PLAIN_CLASSES
            written.append(classes.get(following, one + following))
            position += 2
            continue
        if one == "[" and not within:
            within = True
            # A bracket that closes nothing yet is a plain character: []a] and [^]a].
            opening = re.match(r"\[\^?\]?", pattern[position:])
            one = opening.group() if opening else one
        elif one == "]" and within:
            within = False
        written.append(one)
        position += len(one)
    return "".join(written)


def _moment(bound: date) -> datetime:
    if isinstance(bound, datetime):
        return bound
    return datetime(bound.year, bound.month, bound.day)  # noqa: DTZ001 - dates carry no zone


def _number(bound: Decimal, kind: str, column: str) -> float:
    """Return a bound as a float, if comparing floats says the same as comparing exactly."""
    scale = _scale(kind)
    if scale is None:
        return float(bound)
    with localcontext(prec=80):
        step = Decimal(1).scaleb(-scale)
        below = bound.quantize(step, ROUND_FLOOR)
        below = below - step if below == bound else below
        above = bound.quantize(step, ROUND_CEILING)
        above = above + step if above == bound else above
        exact = max(abs(below), abs(above)) / step < MAX_EXACT
    if not exact or not float(below) < float(bound) < float(above):
        raise ValueError(
            f"the bound {bound} of {column} ({kind}) has too many digits to be compared exactly; "
            "give the contract a bound of at most 15 digits"
        )
    return float(bound)


def _scale(kind: str) -> int | None:
    """Return how many decimals an exact type has, or None for any other type."""
    if kind.startswith("DECIMAL"):
        return int(kind.rstrip(")").split(",")[1])
    return 0 if kind.endswith("INT") or kind == "INTEGER" else None


def _member(value: str, kind: str, column: str) -> object:
    """Return a value of an enumeration as the frame holds the column's values."""
    converters: dict[str, Callable[[str], object]] = {
        "BOOLEAN": _boolean,
        "DATE": datetime.fromisoformat,
        "TIMESTAMP": datetime.fromisoformat,
    }
    try:
        if kind.startswith("DECIMAL"):
            return _decimal_text(value, _scale(kind) or 0)
        if _scale(kind) == 0:
            return int(value)
        return converters.get(kind, str)(value)
    except (LookupError, ValueError, ArithmeticError) as error:
        raise ValueError(
            f"the enumeration of {column} ({kind}) names {value!r}, which is no {kind}; "
            "correct the contract's enum"
        ) from error


def _decimal_text(value: str, scale: int) -> str:
    """Return a number as DuckDB writes a DECIMAL of that scale."""
    number = Decimal(value)
    if number != round(number, scale):
        raise ValueError(f"{value} has more than {scale} decimals")
    return f"{number:.{scale}f}"


def _boolean(value: str) -> bool:
    return {"true": True, "false": False}[value.strip().lower()]
